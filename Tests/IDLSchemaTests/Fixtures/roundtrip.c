/* Reads a file of lines `request HEX` and `reply HEX`, takes each sample through the C structs that idlc made, and prints it again.
   PREFIX names the type: robot_RobotControl. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dds/dds.h"
#include "dds/ddsi/ddsi_serdata.h"
#include "dds/ddsi/ddsi_sertype.h"
#include "service.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define REQUEST JOIN(PREFIX, _Request)
#define REPLY JOIN(PREFIX, _Reply)

static void check(dds_return_t code, const char *what) {
  if (code < 0) {
    fprintf(stderr, "%s: %s\n", what, dds_strretcode(code));
    exit(1);
  }
}

/* Cyclone 0.10 gives a type's serializer only through a sample: an all-zero one, written and taken here. */
static const struct ddsi_sertype *serializer(dds_entity_t participant, const char *name,
                                              const dds_topic_descriptor_t *type) {
  dds_qos_t *qos = dds_create_qos();
  dds_qset_reliability(qos, DDS_RELIABILITY_RELIABLE, DDS_SECS(10));
  dds_entity_t topic = dds_create_topic(participant, type, name, qos, NULL);
  check(topic, "topic");
  dds_entity_t reader = dds_create_reader(participant, topic, qos, NULL);
  check(reader, "reader");
  dds_entity_t writer = dds_create_writer(participant, topic, qos, NULL);
  check(writer, "writer");
  void *sample = calloc(1, type->m_size);
  check(dds_write(writer, sample), "write");
  struct ddsi_serdata *taken = NULL;
  dds_sample_info_t info;
  if (dds_takecdr(reader, &taken, 1, &info, DDS_ANY_STATE) != 1) {
    fprintf(stderr, "nothing to take\n");
    exit(1);
  }
  return taken->type;
}

static int digit(char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; }

int main(int count_of_arguments, char **arguments) {
  FILE *input = count_of_arguments > 1 ? fopen(arguments[1], "r") : NULL;
  if (input == NULL) return 2;
  dds_entity_t participant = dds_create_participant(DDS_DOMAIN_DEFAULT, NULL, NULL);
  check(participant, "participant");
  const struct ddsi_sertype *types[2];
  size_t sizes[2] = {sizeof(REQUEST), sizeof(REPLY)};
  types[0] = serializer(participant, "requests", &JOIN(REQUEST, _desc));
  types[1] = serializer(participant, "replies", &JOIN(REPLY, _desc));
  static char line[1 << 16];
  static unsigned char bytes[1 << 15];
  while (fgets(line, sizeof line, input)) {
    int which = strncmp(line, "reply ", 6) == 0;
    const char *hex = strchr(line, ' ') + 1;
    size_t count = 0;
    while (hex[0] > ' ' && hex[1] > ' ') {
      bytes[count++] = (unsigned char)(digit(hex[0]) << 4 | digit(hex[1]));
      hex += 2;
    }
    ddsrt_iovec_t whole = {.iov_base = bytes, .iov_len = count};
    struct ddsi_serdata *read = ddsi_serdata_from_ser_iov(types[which], SDK_DATA, 1, &whole, count);
    void *sample = calloc(1, sizes[which]);
    if (read == NULL || !ddsi_serdata_to_sample(read, sample, NULL, NULL)) {
      printf("refused\n");
      continue;
    }
    struct ddsi_serdata *again = ddsi_serdata_from_sample(types[which], SDK_DATA, sample);
    uint32_t size = ddsi_serdata_size(again);
    ddsi_serdata_to_ser(again, 0, size, bytes);
    for (uint32_t i = 0; i < size; i++) printf("%02x", bytes[i]);
    printf("\n");
  }
  return 0;
}
