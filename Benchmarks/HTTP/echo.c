/*
 * A dRPC server with raw framing that answers each call with the call's own body.
 *
 *   echo SOCKET
 *
 * What is no call gets what a Go server of DAOS 2.6 answers: sequence -1, FAILED_UNMARSHAL_CALL. That is also
 * the answer to the chunked probe of a client that finds out the framing by itself.
 */
#define _GNU_SOURCE
#include "drpc.h"

#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Packets answered in a row before other connections have their turn. */
#define TURN 64
#define EVENTS 64

static uint8_t in[2 * DRPC_PACKET_MAX], out[2 * DRPC_PACKET_MAX + 64];

static size_t answer(size_t size)
{
  static const uint8_t failed_unmarshal_call[] = {
    0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x10, 0x05};
  struct drpc_fields call;
  if (!drpc_parse(in, size, &call)) {
    memcpy(out, failed_unmarshal_call, sizeof failed_unmarshal_call);
    return sizeof failed_unmarshal_call;
  }
  uint8_t *end = drpc_put_number(out, 1, call.varint[3]);
  return (size_t)(drpc_put_bytes(end, 3, call.bytes, call.size) - out);
}

static void serve(int descriptor)
{
  for (int turn = 0; turn < TURN; turn++) {
    ssize_t size = recv(descriptor, in, sizeof in, 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
      return;
    if (size <= 0 || send(descriptor, out, answer((size_t)size), MSG_NOSIGNAL) < 0) {
      close(descriptor);
      return;
    }
  }
}

int main(int count, char **arguments)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (count != 2 || strlen(arguments[1]) >= sizeof address.sun_path) {
    fprintf(stderr, "usage: echo SOCKET\n");
    return 2;
  }
  strcpy(address.sun_path, arguments[1]);
  unlink(address.sun_path);
  int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int poll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  if (listener < 0 || poll < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
      listen(listener, 128) < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event) < 0) {
    perror("echo");
    return 1;
  }
  for (;;) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(poll, events, EVENTS, -1);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.fd != listener) {
        serve(events[i].data.fd);
        continue;
      }
      int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (client < 0)
        continue;
      event.data.fd = client;
      if (epoll_ctl(poll, EPOLL_CTL_ADD, client, &event) < 0)
        close(client);
    }
  }
}
