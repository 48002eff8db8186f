#include "internal.h"
#include <string.h>

/* Endpoints read at a time. */
enum { READ_BATCH = 16 };

/* Bits of those that an endpoint has announced; XCDR1 when it is silent (DDS-XTypes 1.3, section 7.6.3.1.1). */
static uint32_t representations(const dds_qos_t *qos)
{
  uint32_t count = 0, bits = 0;
  dds_data_representation_id_t *values = NULL;
  if (qos == NULL || !dds_qget_data_representation(qos, &count, &values) || count == 0) return CCYCLONE_XCDR1;
  for (uint32_t i = 0; i < count; i++) {
    if (values[i] == DDS_DATA_REPRESENTATION_XCDR1) bits |= CCYCLONE_XCDR1;
    if (values[i] == DDS_DATA_REPRESENTATION_XCDR2) bits |= CCYCLONE_XCDR2;
  }
  dds_free(values);
  return bits;
}

int32_t ccyclone_list_endpoints(
  int32_t participant, bool readers, const char *topic, size_t limit, void *context,
  void (*found)(void *context, const char *type_name, uint32_t representations))
{
  /* The built-in topics keep what is known, so that a new reader has it at once. */
  const dds_entity_t reader = dds_create_reader(
    participant, readers ? DDS_BUILTIN_TOPIC_DCPSSUBSCRIPTION : DDS_BUILTIN_TOPIC_DCPSPUBLICATION, NULL, NULL);
  if (reader < 0) return reader;
  size_t seen = 0;
  int32_t count;
  do {
    void *samples[READ_BATCH] = { 0 };
    dds_sample_info_t info[READ_BATCH];
    count = dds_take(reader, samples, info, READ_BATCH, READ_BATCH);
    for (int32_t i = 0; i < count; i++) {
      const dds_builtintopic_endpoint_t *endpoint = samples[i];
      if (!info[i].valid_data || info[i].instance_state != DDS_IST_ALIVE) continue;
      if (strcmp(endpoint->topic_name, topic) != 0) continue;
      found(context, endpoint->type_name, representations(endpoint->qos));
    }
    if (count > 0) {
      (void) dds_return_loan(reader, samples, count);
      seen += (size_t) count;
    }
  } while (count > 0 && seen < limit);
  (void) dds_delete(reader);
  return count < 0 ? count : 0;
}

int32_t ccyclone_other_participants(int32_t participant, size_t limit)
{
  dds_guid_t own;
  const int32_t result = dds_get_guid(participant, &own);
  if (result < 0) return result;
  const dds_entity_t reader = dds_create_reader(participant, DDS_BUILTIN_TOPIC_DCPSPARTICIPANT, NULL, NULL);
  if (reader < 0) return reader;
  int32_t others = 0, count;
  size_t seen = 0;
  do {
    void *samples[READ_BATCH] = { 0 };
    dds_sample_info_t info[READ_BATCH];
    count = dds_take(reader, samples, info, READ_BATCH, READ_BATCH);
    for (int32_t i = 0; i < count; i++) {
      const dds_builtintopic_participant_t *other = samples[i];
      if (!info[i].valid_data || info[i].instance_state != DDS_IST_ALIVE) continue;
      if (memcmp(&other->key, &own, sizeof(own)) != 0) others++;
    }
    if (count > 0) {
      (void) dds_return_loan(reader, samples, count);
      seen += (size_t) count;
    }
  } while (count > 0 && seen < limit);
  (void) dds_delete(reader);
  return count < 0 ? count : others;
}
