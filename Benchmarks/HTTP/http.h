/* A libmicrohttpd daemon on 127.0.0.1 in external epoll mode, as HTTPFront runs it: one thread, one loop. */
#ifndef DRAWBRIDGE_BENCH_HTTP_H
#define DRAWBRIDGE_BENCH_HTTP_H

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/epoll.h>

/* Longest epoll wait, so that the library sees its own timeouts. */
#define WAIT_MAX 1000

struct http_server {
  struct MHD_Daemon *daemon;
  int poll;   /* the loop's epoll */
  int nested; /* the library's, watched by it */
};

static inline int http_start(
  struct http_server *server, const char *port, MHD_AccessHandlerCallback handler,
  MHD_RequestCompletedCallback completed)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons((uint16_t)atoi(port)),
    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  server->daemon = MHD_start_daemon(
    MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handler, NULL, MHD_OPTION_SOCK_ADDR, &address,
    MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_END);
  if (!server->daemon)
    return -1;
  server->nested = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
  server->poll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = server->nested};
  return epoll_ctl(server->poll, EPOLL_CTL_ADD, server->nested, &event);
}

/* Waits as long as the library permits. */
static inline int http_wait(struct http_server *server, struct epoll_event *events, int count)
{
  MHD_UNSIGNED_LONG_LONG wish;
  int timeout = -1;
  if (MHD_get_timeout(server->daemon, &wish) == MHD_YES)
    timeout = wish < WAIT_MAX ? (int)wish : WAIT_MAX;
  return epoll_wait(server->poll, events, count, timeout);
}

static inline enum MHD_Result http_answer(
  struct MHD_Connection *connection, void *body, size_t size, const char *type, enum MHD_ResponseMemoryMode mode)
{
  struct MHD_Response *response = MHD_create_response_from_buffer(size, body, mode);
  if (!response)
    return MHD_NO;
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
  enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);
  MHD_destroy_response(response);
  return result;
}

#endif
