/* Reads lines `TYPE VERSION HEX` and takes each value, which is in XCDR1 or XCDR2 without its header, through the C struct that
   idlc made: what is written again is printed, `refused` when it cannot be read, `none` when the type has no such form.
   types.inc names the types: TYPE(name). No entity is made: nothing but the serialiser of Cyclone DDS runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dds/dds.h"
#include "dds/ddsi/ddsi_cdrstream.h"
#include "oracle.h"

static const struct {
  const char *name;
  const dds_topic_descriptor_t *descriptor;
} types[] = {
#define TYPE(name) {#name, &oracle_##name##_desc},
#include "types.inc"
};

static int digit(char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; }

static void pass(const dds_topic_descriptor_t *descriptor, uint32_t version, unsigned char *bytes, uint32_t count) {
  struct ddsi_sertype_default type;
  memset(&type, 0, sizeof type);
  type.type.size = descriptor->m_size;
  type.type.align = descriptor->m_align;
  type.type.flagset = descriptor->m_flagset;
  type.type.ops.ops = (uint32_t *)descriptor->m_ops;
  type.type.ops.nops = dds_stream_countops(descriptor->m_ops, descriptor->m_nkeys, descriptor->m_keys);
  if (dds_stream_minimum_xcdr_version(descriptor->m_ops) > version) {
    printf("none\n");
    return;
  }
  uint32_t size = 0;
  if (!dds_stream_normalize(bytes, count, false, version, &type, false, &size) || size != count) {
    printf("refused\n");
    return;
  }
  dds_istream_t input;
  dds_istream_init(&input, count, bytes, version);
  void *sample = calloc(1, descriptor->m_size);
  dds_stream_read_sample(&input, sample, &type);
  dds_ostream_t output;
  dds_ostream_init(&output, 0, version);
  if (!dds_stream_write_sample(&output, sample, &type)) printf("unwritable");
  for (uint32_t i = 0; i < output.m_index; i++) printf("%02x", output.m_buffer[i]);
  printf("\n");
  dds_ostream_fini(&output);
  dds_stream_free_sample(sample, descriptor->m_ops);
  free(sample);
}

int main(int count_of_arguments, char **arguments) {
  FILE *input = count_of_arguments > 1 ? fopen(arguments[1], "r") : NULL;
  if (input == NULL) return 2;
  static char line[1 << 16];
  static unsigned char bytes[1 << 15];
  while (fgets(line, sizeof line, input)) {
    char name[64];
    unsigned version;
    int start;
    if (sscanf(line, "%63s %u %n", name, &version, &start) != 2) return 3;
    uint32_t count = 0;
    for (const char *hex = line + start; hex[0] > ' ' && hex[1] > ' '; hex += 2)
      bytes[count++] = (unsigned char)(digit(hex[0]) << 4 | digit(hex[1]));
    const dds_topic_descriptor_t *found = NULL;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
      if (strcmp(types[i].name, name) == 0) found = types[i].descriptor;
    if (found == NULL) return 4;
    pass(found, version, bytes, count);
  }
  return 0;
}
