/*
 * Counts the calls of the allocator in a program that it is preloaded into (LD_PRELOAD), in the first eight bytes of the
 * file that MALLOC_COUNTER names, where another process reads them.
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static atomic_ulong early;
static atomic_ulong *calls = &early;

__attribute__((constructor)) static void open_counter(void)
{
  const char *path = getenv("MALLOC_COUNTER");
  int descriptor = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
  if (descriptor < 0 || ftruncate(descriptor, sizeof *calls) < 0)
    return;
  void *page = mmap(NULL, sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (page != MAP_FAILED)
    calls = page;
  close(descriptor);
}

static void count(void) { atomic_fetch_add_explicit(calls, 1, memory_order_relaxed); }

void *malloc(size_t size)
{
  count();
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
  count();
  return __libc_calloc(number, size);
}

void *realloc(void *block, size_t size)
{
  count();
  return __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
  count();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
  count();
  *block = __libc_memalign(alignment, size);
  return *block ? 0 : 12;
}
