/// Calls of the allocator since the program began.
unsigned long malloc_calls(void);
