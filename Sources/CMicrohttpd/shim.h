#ifndef DRAWBRIDGE_CMICROHTTPD_SHIM_H
#define DRAWBRIDGE_CMICROHTTPD_SHIM_H
/* libmicrohttpd for Swift: only what the importer cannot express, which is its variadic functions. */
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#if MHD_VERSION < 0x00097500
#error "Drawbridge needs libmicrohttpd 0.9.75 or later (Debian 12: libmicrohttpd-dev)"
#endif

/* What one daemon is started with. Every callback gets `context`. */
struct cmhd_options {
  void *_Nullable context;
  MHD_AccessHandlerCallback _Nonnull access;
  /* The raw target as it came; what it returns is the first value of the request's `con_cls`. */
  void *_Nullable (*_Nonnull target)(void *_Nullable context, const char *_Nonnull target,
                                     struct MHD_Connection *_Nonnull connection);
  MHD_RequestCompletedCallback _Nonnull completed;
  MHD_NotifyConnectionCallback _Nonnull notify;
  size_t memory_per_connection;
  unsigned int connection_limit;
};

/* What the importer cannot read: casts of numbers. */
static const uint64_t cmhd_size_unknown = MHD_SIZE_UNKNOWN;
static const ssize_t cmhd_stream_ended = MHD_CONTENT_READER_END_OF_STREAM;
static const ssize_t cmhd_stream_failed = MHD_CONTENT_READER_END_WITH_ERROR;

/* The library would decode the path and the query in place; Drawbridge decodes them itself, once. */
static inline size_t cmhd_keep_escapes(void *_Nullable context, struct MHD_Connection *_Nullable connection,
                                       char *_Nonnull text)
{
  size_t length = 0;
  (void) context;
  (void) connection;
  while (text[length] != '\0')
    length++;
  return length;
}

/* The library found its own state broken: say where, and end, since nothing it holds can be trusted. */
static inline void cmhd_panic(void *_Nullable context, const char *_Nullable file, unsigned int line,
                              const char *_Nullable reason)
{
  (void) context;
  fprintf(stderr, "drawbridge: libmicrohttpd gave up at %s:%u: %s\n", file ? file : "?", line,
          reason ? reason : "no reason given");
  abort();
}

/* MHD_start_daemon is variadic. The daemon has no listen socket and is driven by `MHD_run` from our epoll. */
static inline struct MHD_Daemon *_Nullable cmhd_start(const struct cmhd_options *_Nonnull o)
{
  MHD_set_panic_func(cmhd_panic, NULL);
  return MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
                          o->access, o->context,
                          MHD_OPTION_URI_LOG_CALLBACK, o->target, o->context,
                          MHD_OPTION_UNESCAPE_CALLBACK, cmhd_keep_escapes, NULL,
                          MHD_OPTION_NOTIFY_COMPLETED, o->completed, o->context,
                          MHD_OPTION_NOTIFY_CONNECTION, o->notify, o->context,
                          MHD_OPTION_CONNECTION_MEMORY_LIMIT, o->memory_per_connection,
                          MHD_OPTION_CONNECTION_LIMIT, o->connection_limit,
                          MHD_OPTION_STRICT_FOR_CLIENT, 1,
                          MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
                          MHD_OPTION_END);
}

/* MHD_get_daemon_info is variadic. */
static inline int cmhd_epoll_descriptor(struct MHD_Daemon *_Nonnull daemon)
{
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
  return info == NULL ? -1 : info->epoll_fd;
}

/* MHD_get_connection_info is variadic. */
static inline int cmhd_connection_descriptor(struct MHD_Connection *_Nonnull connection)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info == NULL ? -1 : info->connect_fd;
}

/* Likewise: the pointer that the connection-notify callback left in `socket_context`. */
static inline void *_Nullable cmhd_socket_context(struct MHD_Connection *_Nonnull connection)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info == NULL ? NULL : info->socket_context;
}

/* Likewise: bytes of the request's head, from the method to the empty line. */
static inline size_t cmhd_head_size(struct MHD_Connection *_Nonnull connection)
{
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  return info == NULL ? 0 : info->header_size;
}

/* Hands an accepted socket to the daemon, which owns it from here, also when it refuses. The library wants an
 * address; ours are kept elsewhere, and Unix sockets have none, so every connection gets the loopback one. */
static inline enum MHD_Result cmhd_add_connection(struct MHD_Daemon *_Nonnull daemon, int descriptor)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  return MHD_add_connection(daemon, descriptor, (const struct sockaddr *) &address, sizeof address);
}

#endif
