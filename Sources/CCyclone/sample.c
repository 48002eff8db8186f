/* The serdata: what Cyclone calls a sample in serialised form. Bytes go in and come out as they are. */
#include "internal.h"
#include "dds/ddsi/q_radmin.h"
#include <stdlib.h>
#include <string.h>

sample *sample_create(const struct ddsi_sertype *type, enum ddsi_serdata_kind kind, size_t count)
{
  if (count > SAMPLE_LIMIT) return NULL;
  const uint32_t size = ((uint32_t) count + 3) & ~UINT32_C(3);
  sample *created = malloc(sizeof(*created) + size);
  if (created == NULL) return NULL;
  ddsi_serdata_init(&created->base, type, kind);
  /* Without a key all samples are of one instance. */
  created->base.hash = type->serdata_basehash;
  created->count = (uint32_t) count;
  created->size = size;
  created->is_related = false;
  memset(created->bytes + count, 0, size - count);
  return created;
}

static const sample *as_sample(const struct ddsi_serdata *base) { return (const sample *) base; }

static void destroy(struct ddsi_serdata *base) { free(base); }

static uint32_t get_size(const struct ddsi_serdata *base) { return as_sample(base)->size; }

static bool has_equal_key(const struct ddsi_serdata *left, const struct ddsi_serdata *right)
{
  (void) left, (void) right;
  return true;
}

/* From the network: a chain of fragments in order of their offsets, which may overlap. */
static struct ddsi_serdata *from_fragments(
  const struct ddsi_sertype *type, enum ddsi_serdata_kind kind, const struct nn_rdata *fragment, size_t size)
{
  sample *created = sample_create(type, kind, size);
  if (created == NULL) return NULL;
  created->is_related = find_related(fragment, &created->related);
  uint32_t filled = 0;
  for (; fragment != NULL && filled < size; fragment = fragment->nextfrag) {
    if (fragment->maxp1 <= filled) continue;
    if (fragment->min > filled) break;
    const uint32_t end = fragment->maxp1 < size ? fragment->maxp1 : (uint32_t) size;
    const unsigned char *payload = NN_RMSG_PAYLOADOFF(fragment->rmsg, NN_RDATA_PAYLOAD_OFF(fragment));
    memcpy(created->bytes + filled, payload + (filled - fragment->min), end - filled);
    filled = end;
  }
  if (filled < size) {
    destroy(&created->base);
    return NULL;
  }
  return &created->base;
}

static struct ddsi_serdata *from_vectors(
  const struct ddsi_sertype *type, enum ddsi_serdata_kind kind, ddsrt_msg_iovlen_t vectors,
  const ddsrt_iovec_t *vector, size_t size)
{
  sample *created = sample_create(type, kind, size);
  if (created == NULL) return NULL;
  size_t filled = 0;
  for (ddsrt_msg_iovlen_t i = 0; i < vectors && filled < size; i++) {
    const size_t part = vector[i].iov_len < size - filled ? vector[i].iov_len : size - filled;
    memcpy(created->bytes + filled, vector[i].iov_base, part);
    filled += part;
  }
  memset(created->bytes + filled, 0, size - filled);
  return &created->base;
}

/* What stands for the instance: an encapsulation header and no key. Goes out when a writer disposes. */
static struct ddsi_serdata *header_only(const struct ddsi_sertype *type, const uint8_t *representation)
{
  sample *created = sample_create(type, SDK_KEY, 4);
  if (created == NULL) return NULL;
  memcpy(created->bytes, representation, 2);
  memset(created->bytes + 2, 0, 2);
  return &created->base;
}

static struct ddsi_serdata *from_key_hash(const struct ddsi_sertype *type, const struct ddsi_keyhash *hash)
{
  (void) hash;
  return header_only(type, (const uint8_t[]) { 0, 1 });
}

static struct ddsi_serdata *to_untyped(const struct ddsi_serdata *base)
{
  static const uint8_t plain[] = { 0, 1 };
  struct ddsi_serdata *untyped =
    header_only(base->type, as_sample(base)->count >= 2 ? as_sample(base)->bytes : plain);
  if (untyped != NULL) untyped->type = NULL;
  return untyped;
}

static void to_bytes(const struct ddsi_serdata *base, size_t offset, size_t size, void *buffer)
{
  memcpy(buffer, as_sample(base)->bytes + offset, size);
}

static struct ddsi_serdata *to_reference(
  const struct ddsi_serdata *base, size_t offset, size_t size, ddsrt_iovec_t *reference)
{
  reference->iov_base = (void *) (as_sample(base)->bytes + offset);
  reference->iov_len = (ddsrt_iov_len_t) size;
  return ddsi_serdata_ref(base);
}

static void release_reference(struct ddsi_serdata *base, const ddsrt_iovec_t *reference)
{
  (void) reference;
  ddsi_serdata_unref(base);
}

/* There is no deserialised form: dds_read, dds_take and dds_write are not used with these topics. */

static struct ddsi_serdata *from_application(
  const struct ddsi_sertype *type, enum ddsi_serdata_kind kind, const void *data)
{
  (void) type, (void) kind, (void) data;
  return NULL;
}

static bool to_application(const struct ddsi_serdata *base, void *data, void **buffer, void *limit)
{
  (void) base, (void) data, (void) buffer, (void) limit;
  return false;
}

static bool untyped_to_application(
  const struct ddsi_sertype *type, const struct ddsi_serdata *base, void *data, void **buffer, void *limit)
{
  (void) type, (void) base, (void) data, (void) buffer, (void) limit;
  return false;
}

static size_t print(const struct ddsi_sertype *type, const struct ddsi_serdata *base, char *text, size_t size)
{
  (void) type, (void) base;
  if (size > 0) text[0] = 0;
  return 0;
}

static void get_key_hash(const struct ddsi_serdata *base, struct ddsi_keyhash *hash, bool force_md5)
{
  (void) base, (void) force_md5;
  memset(hash, 0, sizeof(*hash));
}

const struct ddsi_serdata_ops sample_operations = {
  .eqkey = has_equal_key,
  .get_size = get_size,
  .from_ser = from_fragments,
  .from_ser_iov = from_vectors,
  .from_keyhash = from_key_hash,
  .from_sample = from_application,
  .to_ser = to_bytes,
  .to_ser_ref = to_reference,
  .to_ser_unref = release_reference,
  .to_sample = to_application,
  .to_untyped = to_untyped,
  .untyped_to_sample = untyped_to_application,
  .free = destroy,
  .print = print,
  .get_keyhash = get_key_hash,
};
