/*
 * The ceiling: libmicrohttpd alone. Reads a request's body, drops it and answers with the bytes of a file.
 *
 *   constant PORT FILE
 */
#include "http.h"

#include <stdio.h>

static char body[1 << 20];
static size_t size;

static enum MHD_Result handle(
  void *context, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
  const char *upload, size_t *upload_size, void **request)
{
  (void)context, (void)url, (void)method, (void)version, (void)upload;
  /* An answer on the first call would close the connection. */
  if (!*request) {
    *request = body;
    return MHD_YES;
  }
  if (*upload_size) {
    *upload_size = 0;
    return MHD_YES;
  }
  return http_answer(connection, body, size, "application/json", MHD_RESPMEM_PERSISTENT);
}

static void completed(
  void *context, struct MHD_Connection *connection, void **request, enum MHD_RequestTerminationCode code)
{
  (void)context, (void)connection, (void)code;
  *request = NULL;
}

int main(int count, char **arguments)
{
  if (count != 3) {
    fprintf(stderr, "usage: constant PORT FILE\n");
    return 2;
  }
  FILE *file = fopen(arguments[2], "rb");
  struct http_server server;
  if (!file || (size = fread(body, 1, sizeof body, file)) == 0 ||
      http_start(&server, arguments[1], handle, completed) < 0) {
    perror("constant");
    return 1;
  }
  fclose(file);
  for (;;) {
    struct epoll_event event;
    http_wait(&server, &event, 1);
    MHD_run(server.daemon);
  }
}
