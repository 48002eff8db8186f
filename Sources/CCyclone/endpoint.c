#include "internal.h"
#include <stdlib.h>
#include <string.h>

/* Samples taken from a reader at a time. */
enum { TAKE_BATCH = 16 };

/* ---- Callbacks ---- */

static void on_data(dds_entity_t entity, void *argument)
{
  const ccyclone_reader *reader = argument;
  struct ddsi_serdata *taken[TAKE_BATCH];
  dds_sample_info_t info[TAKE_BATCH];
  int count;
  do {
    count = dds_takecdr(entity, taken, TAKE_BATCH, info, DDS_ANY_STATE);
    for (int i = 0; i < count; i++) {
      const sample *received = (const sample *) taken[i];
      /* Others tell of a writer that has gone, and hold no data. */
      if (info[i].valid_data)
        reader->callbacks.sample(
          reader->callbacks.context, received->bytes, received->count, info[i].publication_handle,
          received->is_related ? &received->related : NULL);
      ddsi_serdata_unref(taken[i]);
    }
  } while (count == TAKE_BATCH);
}

static void on_subscription(dds_entity_t entity, const dds_subscription_matched_status_t status, void *argument)
{
  const ccyclone_reader *reader = argument;
  (void) entity, (void) status;
  reader->callbacks.matched(reader->callbacks.context);
}

static void on_requested(
  dds_entity_t entity, const dds_requested_incompatible_qos_status_t status, void *argument)
{
  const ccyclone_reader *reader = argument;
  (void) entity;
  reader->callbacks.incompatible(reader->callbacks.context, status.last_policy_id);
}

static void on_publication(dds_entity_t entity, const dds_publication_matched_status_t status, void *argument)
{
  const ccyclone_writer *writer = argument;
  (void) entity, (void) status;
  writer->callbacks.matched(writer->callbacks.context);
}

static void on_offered(dds_entity_t entity, const dds_offered_incompatible_qos_status_t status, void *argument)
{
  const ccyclone_writer *writer = argument;
  (void) entity;
  writer->callbacks.incompatible(writer->callbacks.context, status.last_policy_id);
}

/* ---- Creation ---- */

static dds_qos_t *make_qos(ccyclone_qos qos)
{
  dds_qos_t *made = dds_create_qos();
  if (made == NULL) return NULL;
  dds_qset_reliability(
    made, qos.is_reliable ? DDS_RELIABILITY_RELIABLE : DDS_RELIABILITY_BEST_EFFORT, qos.max_blocking_nanoseconds);
  dds_qset_durability(
    made, qos.is_transient_local ? DDS_DURABILITY_TRANSIENT_LOCAL : DDS_DURABILITY_VOLATILE);
  dds_qset_history(
    made, qos.history_depth > 0 ? DDS_HISTORY_KEEP_LAST : DDS_HISTORY_KEEP_ALL, qos.history_depth);
  /* A writer that goes does not dispose of the one instance, which others may write too. */
  dds_qset_writer_data_lifecycle(made, false);
  if (qos.deadline_nanoseconds > 0) dds_qset_deadline(made, qos.deadline_nanoseconds);
  if (qos.lifespan_nanoseconds > 0) dds_qset_lifespan(made, qos.lifespan_nanoseconds);
  if (qos.partition[0] != 0) dds_qset_partition1(made, qos.partition);
  dds_data_representation_id_t representations[2];
  uint32_t count = 0;
  if (qos.representations & CCYCLONE_XCDR1) representations[count++] = DDS_DATA_REPRESENTATION_XCDR1;
  if (qos.representations & CCYCLONE_XCDR2) representations[count++] = DDS_DATA_REPRESENTATION_XCDR2;
  dds_qset_data_representation(made, count, representations);
  return made;
}

ccyclone_reader *ccyclone_create_reader(
  int32_t participant, const ccyclone_topic *topic, ccyclone_qos qos, ccyclone_callbacks callbacks, int32_t *code)
{
  ccyclone_reader *reader = calloc(1, sizeof(*reader));
  dds_qos_t *made = make_qos(qos);
  dds_listener_t *listener = dds_create_listener(reader);
  *code = DDS_RETCODE_OUT_OF_RESOURCES;
  if (reader != NULL && made != NULL && listener != NULL) {
    reader->topic = topic;
    reader->callbacks = callbacks;
    dds_lset_data_available(listener, on_data);
    dds_lset_subscription_matched(listener, on_subscription);
    dds_lset_requested_incompatible_qos(listener, on_requested);
    *code = reader->entity = dds_create_reader(participant, topic->entity, made, listener);
  }
  dds_delete_listener(listener);
  dds_delete_qos(made);
  if (*code >= 0) {
    const int32_t result = dds_get_guid(reader->entity, &reader->guid);
    if (result < 0) {
      (void) dds_delete(reader->entity);
      *code = result;
    }
  }
  if (*code < 0) {
    free(reader);
    return NULL;
  }
  return reader;
}

void ccyclone_delete_reader(ccyclone_reader *reader)
{
  (void) dds_delete(reader->entity);
  free(reader);
}

ccyclone_writer *ccyclone_create_writer(
  int32_t participant, const ccyclone_topic *topic, ccyclone_qos qos, ccyclone_callbacks callbacks, int32_t *code)
{
  ccyclone_writer *writer = calloc(1, sizeof(*writer));
  dds_qos_t *made = make_qos(qos);
  dds_listener_t *listener = dds_create_listener(writer);
  *code = DDS_RETCODE_OUT_OF_RESOURCES;
  if (writer != NULL && made != NULL && listener != NULL) {
    writer->type = topic->type;
    writer->callbacks = callbacks;
    dds_lset_publication_matched(listener, on_publication);
    dds_lset_offered_incompatible_qos(listener, on_offered);
    *code = writer->entity = dds_create_writer(participant, topic->entity, made, listener);
  }
  dds_delete_listener(listener);
  dds_delete_qos(made);
  dds_guid_t guid;
  if (*code >= 0) {
    const int32_t result = dds_get_guid(writer->entity, &guid);
    if (result < 0) {
      (void) dds_delete(writer->entity);
      *code = result;
    }
  }
  if (*code < 0) {
    free(writer);
    return NULL;
  }
  writer->guid = guid_from_bytes(&guid);
  pthread_mutex_init(&writer->lock, NULL);
  return writer;
}

void ccyclone_delete_writer(ccyclone_writer *writer)
{
  (void) dds_delete(writer->entity);
  pthread_mutex_destroy(&writer->lock);
  free(writer);
}

ccyclone_guid ccyclone_writer_guid(const ccyclone_writer *writer) { return writer->guid; }

/* ---- Writing ---- */

int64_t ccyclone_lock_writer(ccyclone_writer *writer)
{
  pthread_mutex_lock(&writer->lock);
  return writer->sequence + 1;
}

int32_t ccyclone_write(ccyclone_writer *writer, const uint8_t *bytes, size_t count)
{
  if (count < 4 || count > SAMPLE_LIMIT) return DDS_RETCODE_BAD_PARAMETER;
  sample *created = sample_create(writer->type, SDK_DATA, count);
  if (created == NULL) return DDS_RETCODE_OUT_OF_RESOURCES;
  memcpy(created->bytes, bytes, count);
  /* DDS-XTypes 1.3, section 7.6.3.1.2: the two low bits of the options count the bytes that were filled up. */
  created->bytes[3] = (uint8_t) ((created->bytes[3] & ~3u) | (created->size - created->count));
  created->base.statusinfo = 0;
  created->base.timestamp.v = dds_time();
  /* Takes the reference over, also when it fails. */
  const int32_t result = dds_forwardcdr(writer->entity, &created->base);
  /* A sample that the library refuses uses no number. */
  if (result == 0) writer->sequence++;
  return result;
}

void ccyclone_unlock_writer(ccyclone_writer *writer) { pthread_mutex_unlock(&writer->lock); }
