/* The few lines of protobuf that a dRPC call and its response need (DAOS src/proto/drpc.proto). */
#ifndef DRAWBRIDGE_BENCH_DRPC_H
#define DRAWBRIDGE_BENCH_DRPC_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What a raw-framed C engine receives at most; also our bound for HTTP bodies. */
#define DRPC_PACKET_MAX 131072

struct drpc_fields {
  uint64_t varint[5]; /* by field number; 0 when absent */
  const uint8_t *bytes; /* the message's only length-delimited field */
  size_t size;
};

static inline uint8_t *drpc_put_varint(uint8_t *to, uint64_t value)
{
  while (value >= 0x80) {
    *to++ = (uint8_t)(value | 0x80);
    value >>= 7;
  }
  *to++ = (uint8_t)value;
  return to;
}

static inline uint8_t *drpc_put_bytes(uint8_t *to, unsigned field, const void *bytes, size_t size)
{
  if (size == 0)
    return to;
  *to++ = (uint8_t)(field << 3 | 2);
  to = drpc_put_varint(to, size);
  memcpy(to, bytes, size);
  return to + size;
}

static inline uint8_t *drpc_put_number(uint8_t *to, unsigned field, uint64_t value)
{
  if (value == 0)
    return to;
  *to++ = (uint8_t)(field << 3);
  return drpc_put_varint(to, value);
}

static inline int drpc_get_varint(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
  *value = 0;
  for (unsigned shift = 0; shift < 64 && *at < end; shift += 7) {
    uint8_t byte = *(*at)++;
    *value |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80)
      return 1;
  }
  return 0;
}

/* Reads a Call or a Response; 0 when the bytes are neither. */
static inline int drpc_parse(const uint8_t *at, size_t size, struct drpc_fields *fields)
{
  const uint8_t *end = at + size;
  memset(fields, 0, sizeof *fields);
  while (at < end) {
    uint64_t tag, value;
    if (!drpc_get_varint(&at, end, &tag) || !drpc_get_varint(&at, end, &value))
      return 0;
    if (tag >> 3 == 0 || tag >> 3 > 4)
      return 0;
    if ((tag & 7) == 0) {
      fields->varint[tag >> 3] = value;
    } else if ((tag & 7) == 2 && value <= (uint64_t)(end - at)) {
      fields->bytes = at;
      fields->size = value;
      at += value;
    } else {
      return 0;
    }
  }
  return 1;
}

#endif
