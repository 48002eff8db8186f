#ifndef DRAWBRIDGE_CMICROHTTPD_SHIM_H
#define DRAWBRIDGE_CMICROHTTPD_SHIM_H
/* libmicrohttpd for Swift: only what the importer cannot express, which is its variadic functions. */
#include <microhttpd.h>

#if MHD_VERSION < 0x00097500
#error "Drawbridge needs libmicrohttpd 0.9.75 or later (Debian 12: libmicrohttpd-dev)"
#endif

/* MHD_start_daemon is variadic; every option comes in `options`, which ends with MHD_OPTION_END. */
static inline struct MHD_Daemon *_Nullable
cmhd_start(unsigned int flags, MHD_AccessHandlerCallback _Nonnull handler, void *_Nullable context,
           const struct MHD_OptionItem *_Nonnull options)
{
  return MHD_start_daemon(flags, 0, NULL, NULL, handler, context, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

/* MHD_get_daemon_info is variadic in 0.9.75. */
static inline int cmhd_epoll_descriptor(struct MHD_Daemon *_Nonnull daemon)
{
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
  return info == NULL ? -1 : info->epoll_fd;
}

/* MHD_get_connection_info is variadic in 0.9.75. */
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

#endif
