/*
 * The reference: what a hand-written C relay of the same shape does. One loop, CONNECTIONS dRPC connections
 * with raw framing and one call in flight each, a queue in front of them; HTTP bodies go to the server as they
 * are and come back as they are, without any translation.
 *
 *   relay PORT SOCKET [CONNECTIONS]
 */
#include "drpc.h"
#include "http.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CONNECTIONS_MAX 64
#define MODULE 2
#define METHOD 203

/* One HTTP request, from its head to the end of its answer. */
struct exchange {
  struct MHD_Connection *connection;
  uint8_t *body; /* the request's, then the answer's */
  size_t size, capacity;
  int called;
  struct exchange *next; /* in the queue */
};

/* One dRPC connection; free when `current` is NULL. */
struct link {
  int descriptor;
  uint64_t sequence;
  struct exchange *current;
};

static struct link links[CONNECTIONS_MAX];
static int link_count = 8;
static struct exchange *queue_head, *queue_tail;
static uint8_t packet[2 * DRPC_PACKET_MAX + 64];

static void fail(const char *what)
{
  perror(what);
  exit(1);
}

static void append(struct exchange *exchange, const void *bytes, size_t size)
{
  if (exchange->size + size > DRPC_PACKET_MAX) {
    errno = EMSGSIZE;
    fail("relay: body");
  }
  if (exchange->size + size > exchange->capacity) {
    exchange->capacity = 2 * (exchange->size + size);
    exchange->body = realloc(exchange->body, exchange->capacity);
    if (!exchange->body)
      fail("relay");
  }
  memcpy(exchange->body + exchange->size, bytes, size);
  exchange->size += size;
}

static void send_call(struct link *link, struct exchange *exchange)
{
  link->current = exchange;
  uint8_t *end = drpc_put_number(packet, 1, MODULE);
  end = drpc_put_number(end, 2, METHOD);
  end = drpc_put_number(end, 3, ++link->sequence);
  end = drpc_put_bytes(end, 4, exchange->body, exchange->size);
  if (send(link->descriptor, packet, (size_t)(end - packet), MSG_NOSIGNAL) < 0)
    fail("relay: send");
}

static void submit(struct exchange *exchange)
{
  for (int i = 0; i < link_count; i++)
    if (!links[i].current) {
      send_call(&links[i], exchange);
      return;
    }
  exchange->next = NULL;
  if (queue_tail)
    queue_tail->next = exchange;
  else
    queue_head = exchange;
  queue_tail = exchange;
}

static void receive(struct link *link)
{
  ssize_t size = recv(link->descriptor, packet, sizeof packet, 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  struct drpc_fields response;
  struct exchange *exchange = link->current;
  if (size <= 0 || !drpc_parse(packet, (size_t)size, &response) || !exchange ||
      response.varint[1] != link->sequence) {
    errno = EPROTO;
    fail("relay: receive");
  }
  link->current = NULL;
  exchange->size = 0;
  append(exchange, response.bytes, response.size);
  MHD_resume_connection(exchange->connection);
  struct exchange *waiting = queue_head;
  if (waiting) {
    queue_head = waiting->next;
    if (!queue_head)
      queue_tail = NULL;
    send_call(link, waiting);
  }
}

static enum MHD_Result handle(
  void *context, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
  const char *upload, size_t *upload_size, void **request)
{
  (void)context, (void)url, (void)method, (void)version;
  struct exchange *exchange = *request;
  if (!exchange) {
    *request = exchange = calloc(1, sizeof *exchange);
    if (!exchange)
      return MHD_NO;
    exchange->connection = connection;
    return MHD_YES;
  }
  if (*upload_size) {
    append(exchange, upload, *upload_size);
    *upload_size = 0;
    return MHD_YES;
  }
  if (!exchange->called) {
    exchange->called = 1;
    MHD_suspend_connection(connection);
    submit(exchange);
    return MHD_YES;
  }
  /* The body lives until `completed`, which comes after the last byte is sent. */
  return http_answer(
    connection, exchange->body, exchange->size, "application/x-protobuf", MHD_RESPMEM_PERSISTENT);
}

static void completed(
  void *context, struct MHD_Connection *connection, void **request, enum MHD_RequestTerminationCode code)
{
  (void)context, (void)connection, (void)code;
  struct exchange *exchange = *request;
  if (!exchange)
    return;
  free(exchange->body);
  free(exchange);
  *request = NULL;
}

int main(int count, char **arguments)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (count > 3)
    link_count = atoi(arguments[3]);
  if (count < 3 || count > 4 || strlen(arguments[2]) >= sizeof address.sun_path || link_count < 1 ||
      link_count > CONNECTIONS_MAX) {
    fprintf(stderr, "usage: relay PORT SOCKET [CONNECTIONS]\n");
    return 2;
  }
  strcpy(address.sun_path, arguments[2]);
  struct http_server server;
  if (http_start(&server, arguments[1], handle, completed) < 0)
    fail("relay: start");
  for (int i = 0; i < link_count; i++) {
    links[i].descriptor = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connect(links[i].descriptor, (struct sockaddr *)&address, sizeof address) < 0)
      fail("relay: connect");
    struct epoll_event event = {.events = EPOLLIN, .data.fd = links[i].descriptor};
    if (epoll_ctl(server.poll, EPOLL_CTL_ADD, links[i].descriptor, &event) < 0)
      fail("relay: epoll");
  }
  for (;;) {
    struct epoll_event events[CONNECTIONS_MAX + 1];
    int ready = http_wait(&server, events, CONNECTIONS_MAX + 1);
    for (int i = 0; i < ready; i++)
      for (int j = 0; j < link_count; j++)
        if (links[j].descriptor == events[i].data.fd)
          receive(&links[j]);
    MHD_run(server.daemon);
  }
}
