#include "internal.h"
#include <string.h>

/* Endpoints read at a time. */
enum { READ_BATCH = 16 };

int32_t ccyclone_list_endpoints(
  int32_t participant, bool readers, const char *topic, size_t limit, void *context,
  void (*found)(void *context, const char *type_name, ccyclone_guid participant))
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
      found(context, endpoint->type_name, guid_from_bytes(&endpoint->participant_key));
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
