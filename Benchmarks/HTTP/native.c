/*
 * What a dRPC client costs without HTTP: CONNECTIONS connections with raw framing, one call in flight on each, one
 * loop. Prints calls a second and the 50th and 99th percentile of latency in microseconds.
 *
 *   native SOCKET CONNECTIONS SECONDS BODY
 */
#include "drpc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 64
#define MODULE 2
#define METHOD 203
#define SAMPLES_MAX 4000000

struct link {
  int descriptor;
  uint64_t sequence;
  uint64_t sent; /* nanoseconds */
};

static struct link links[CONNECTIONS_MAX];
static uint8_t packet[2 * DRPC_PACKET_MAX + 64], body[DRPC_PACKET_MAX];
static size_t body_size;
static uint32_t *samples;

static void fail(const char *what)
{
  perror(what);
  exit(1);
}

static uint64_t now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void send_call(struct link *link)
{
  uint8_t *end = drpc_put_number(packet, 1, MODULE);
  end = drpc_put_number(end, 2, METHOD);
  end = drpc_put_number(end, 3, ++link->sequence);
  end = drpc_put_bytes(end, 4, body, body_size);
  link->sent = now();
  if (send(link->descriptor, packet, (size_t)(end - packet), MSG_NOSIGNAL) < 0)
    fail("native: send");
}

static int compare(const void *a, const void *b)
{
  uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
  return left < right ? -1 : left > right;
}

int main(int count, char **arguments)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int connections = count == 5 ? atoi(arguments[2]) : 0, seconds = count == 5 ? atoi(arguments[3]) : 0;
  if (connections < 1 || connections > CONNECTIONS_MAX || seconds < 1 ||
      strlen(arguments[1]) >= sizeof address.sun_path) {
    fprintf(stderr, "usage: native SOCKET CONNECTIONS SECONDS BODY\n");
    return 2;
  }
  strcpy(address.sun_path, arguments[1]);
  FILE *file = fopen(arguments[4], "rb");
  samples = malloc(SAMPLES_MAX * sizeof *samples);
  int poll = epoll_create1(EPOLL_CLOEXEC);
  if (!file || !samples || poll < 0)
    fail("native: start");
  body_size = fread(body, 1, sizeof body, file);
  fclose(file);
  for (int i = 0; i < connections; i++) {
    links[i].descriptor = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connect(links[i].descriptor, (struct sockaddr *)&address, sizeof address) < 0)
      fail("native: connect");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &links[i]};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, links[i].descriptor, &event) < 0)
      fail("native: epoll");
  }
  uint64_t start = now(), end = start + (uint64_t)seconds * 1000000000, time = start;
  uint64_t calls = 0;
  for (int i = 0; i < connections; i++)
    send_call(&links[i]);
  while (time < end) {
    struct epoll_event events[CONNECTIONS_MAX];
    int ready = epoll_wait(poll, events, CONNECTIONS_MAX, 1000);
    for (int i = 0; i < ready; i++) {
      struct link *link = events[i].data.ptr;
      ssize_t size = recv(link->descriptor, packet, sizeof packet, 0);
      if (size < 0 && (errno == EAGAIN || errno == EINTR))
        continue;
      struct drpc_fields response;
      if (size <= 0 || !drpc_parse(packet, (size_t)size, &response) || response.varint[1] != link->sequence ||
          response.size != body_size)
        fail("native: reply");
      time = now();
      if (calls < SAMPLES_MAX)
        samples[calls] = (uint32_t)(time - link->sent);
      calls++;
      send_call(link);
    }
  }
  size_t kept = calls < SAMPLES_MAX ? calls : SAMPLES_MAX;
  if (kept == 0) {
    errno = ETIMEDOUT;
    fail("native: no reply");
  }
  qsort(samples, kept, sizeof *samples, compare);
  printf("%.1f %.1f %.1f\n", (double)calls * 1e9 / (double)(time - start), samples[kept / 2] / 1000.0,
         samples[kept * 99 / 100] / 1000.0);
}
