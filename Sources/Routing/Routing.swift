// Routing: path templates, the route trie, and what a URL binds.
