/* The sertype: a type that is nothing but its name. */
#include "internal.h"
#include <stdlib.h>

static void destroy(struct ddsi_sertype *type)
{
  ddsi_sertype_fini(type);
  free(type);
}

/* Cyclone has compared names and operations before it asks. */
static bool is_equal(const struct ddsi_sertype *left, const struct ddsi_sertype *right)
{
  (void) left, (void) right;
  return true;
}

static uint32_t hash(const struct ddsi_sertype *type)
{
  (void) type;
  return 0;
}

/* Memory for deserialised samples, of which there are none. */

static void zero_samples(const struct ddsi_sertype *type, void *samples, size_t count)
{
  (void) type, (void) samples, (void) count;
}

static void reallocate_samples(
  void **samples, const struct ddsi_sertype *type, void *old, size_t old_count, size_t count)
{
  (void) type, (void) old, (void) old_count;
  for (size_t i = 0; i < count; i++) samples[i] = NULL;
}

static void free_samples(const struct ddsi_sertype *type, void **samples, size_t count, dds_free_op_t operation)
{
  (void) type, (void) samples, (void) count, (void) operation;
}

/* Without type_id, type_map and type_info nothing about the type is announced or looked up. */
static const struct ddsi_sertype_ops type_operations = {
  .version = ddsi_sertype_v0,
  .free = destroy,
  .zero_samples = zero_samples,
  .realloc_samples = reallocate_samples,
  .free_samples = free_samples,
  .equal = is_equal,
  .hash = hash,
};

ccyclone_topic *ccyclone_create_topic(
  int32_t participant, const char *name, const char *type_name, int32_t *code)
{
  struct ddsi_sertype *type = calloc(1, sizeof(*type));
  ccyclone_topic *topic = calloc(1, sizeof(*topic));
  if (type == NULL || topic == NULL) {
    free(type);
    free(topic);
    *code = DDS_RETCODE_OUT_OF_RESOURCES;
    return NULL;
  }
  ddsi_sertype_init_flags(
    type, type_name, &type_operations, &sample_operations, DDSI_SERTYPE_FLAG_TOPICKIND_NO_KEY);
  type->allowed_data_representation = DDS_DATA_REPRESENTATION_FLAG_XCDR1 | DDS_DATA_REPRESENTATION_FLAG_XCDR2;
  /* Puts the type that the domain knows already in place of an equal one. */
  const dds_entity_t entity = dds_create_topic_sertype(participant, name, &type, NULL, NULL, NULL);
  if (entity < 0) {
    /* Only success passes the ownership. */
    ddsi_sertype_unref(type);
    free(topic);
    *code = entity;
    return NULL;
  }
  topic->entity = entity;
  topic->type = type;
  *code = 0;
  return topic;
}

void ccyclone_delete_topic(ccyclone_topic *topic)
{
  (void) dds_delete(topic->entity);
  free(topic);
}
