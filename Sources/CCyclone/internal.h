/* What the files of this target share. */
#ifndef DRAWBRIDGE_CCYCLONE_INTERNAL_H
#define DRAWBRIDGE_CCYCLONE_INTERNAL_H

#include "ccyclone.h"
#include "dds/dds.h"
#include "dds/ddsi/ddsi_serdata.h"
#include "dds/ddsi/ddsi_sertype.h"
#include "dds/version.h"
#include <pthread.h>

#if DDS_VERSION_MAJOR != 0 || DDS_VERSION_MINOR != 10
#error "Drawbridge needs Cyclone DDS 0.10 (Debian 12: cyclonedds-dev); other versions differ inside"
#endif

struct ccyclone_topic {
  dds_entity_t entity;
  /* As registered with the domain; the topic holds it. */
  struct ddsi_sertype *type;
};

struct ccyclone_reader {
  dds_entity_t entity;
  const ccyclone_topic *topic;
  ccyclone_callbacks callbacks;
  dds_guid_t guid;
};

struct ccyclone_writer {
  dds_entity_t entity;
  const struct ddsi_sertype *type;
  ccyclone_callbacks callbacks;
  ccyclone_guid guid;
  pthread_mutex_t lock;
  /* That of the last sample that the library took; it counts them from 1. */
  int64_t sequence;
};

/* A sample as Cyclone passes it around. */
typedef struct sample {
  struct ddsi_serdata base;
  /* As written or received, without filling. */
  uint32_t count;
  /* A multiple of four, which is what stands on the wire. */
  uint32_t size;
  /* What a received one answers. */
  bool is_related;
  ccyclone_identity related;
  uint8_t bytes[];
} sample;

/* Larger ones do not fit the sizes of the protocol. */
#define SAMPLE_LIMIT ((size_t)INT32_MAX)

extern const struct ddsi_serdata_ops sample_operations;

/* Room for `count` bytes, to be filled by the caller; NULL when there is no memory. */
sample *sample_create(const struct ddsi_sertype *type, enum ddsi_serdata_kind kind, size_t count);

struct nn_rdata;

/* Whether a sample's inline QoS says what it answers; from the packet of its first fragment. */
bool find_related(const struct nn_rdata *fragment, ccyclone_identity *found);

ccyclone_guid guid_from_bytes(const void *bytes);

#endif
