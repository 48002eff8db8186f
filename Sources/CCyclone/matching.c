/* Whom endpoints are matched with, and which writers know of a reader. */
#include "internal.h"
#include "dds/ddsi/ddsi_domaingv.h"
#include "dds/ddsi/ddsi_entity_index.h"
#include "dds/ddsi/ddsi_entity_match.h"
#include "dds/ddsi/ddsi_proxy_endpoint.h"
#include "dds/ddsi/q_thread.h"
#include "dds/ddsrt/avl.h"
#include "dds/ddsrt/bswap.h"
#include <stdlib.h>
#include <string.h>

static ccyclone_peer make_peer(const dds_builtintopic_endpoint_t *endpoint, dds_instance_handle_t handle)
{
  return (ccyclone_peer) {
    .endpoint = guid_from_bytes(&endpoint->key), .participant = guid_from_bytes(&endpoint->participant_key),
    .handle = handle };
}

int32_t ccyclone_writer_peers(ccyclone_writer *writer, ccyclone_peer *peers, size_t capacity)
{
  dds_instance_handle_t *handles = calloc(capacity, sizeof(*handles));
  if (handles == NULL) return DDS_RETCODE_OUT_OF_RESOURCES;
  const int32_t matched = dds_get_matched_subscriptions(writer->entity, handles, capacity);
  int32_t count = 0;
  for (int32_t i = 0; i < matched && (size_t) i < capacity; i++) {
    dds_builtintopic_endpoint_t *endpoint = dds_get_matched_subscription_data(writer->entity, handles[i]);
    if (endpoint == NULL) continue;
    peers[count++] = make_peer(endpoint, handles[i]);
    dds_builtintopic_free_endpoint(endpoint);
  }
  free(handles);
  return matched < 0 ? matched : count;
}

/* As the library numbers its entities inside. */
static ddsi_guid_t inner_guid(const dds_guid_t *guid)
{
  uint32_t words[4];
  memcpy(words, guid, sizeof(words));
  return (ddsi_guid_t) {
    .prefix = { .u = { ddsrt_fromBE4u(words[0]), ddsrt_fromBE4u(words[1]), ddsrt_fromBE4u(words[2]) } },
    .entityid = { .u = ddsrt_fromBE4u(words[3]) } };
}

/* Whether a remote writer has sent the reader a heartbeat; a heartbeat that another reader here had before does not count. The
 * library has no event for it. */
static bool has_sent_heartbeat(struct ddsi_proxy_writer *writer, const ddsi_guid_t *reader)
{
  ddsrt_mutex_lock(&writer->e.lock);
  const struct ddsi_pwr_rd_match *match = ddsrt_avl_lookup(&ddsi_pwr_readers_treedef, &writer->readers, reader);
  const bool has = match != NULL && match->t_heartbeat_accepted.v != 0;
  ddsrt_mutex_unlock(&writer->e.lock);
  return has;
}

static bool was_heard(const ccyclone_reader *reader, const dds_guid_t *key)
{
  struct ddsi_domaingv *domain = ddsrt_atomic_ldvoidp(&reader->topic->type->gv);
  const ddsi_guid_t guid = inner_guid(key), own = inner_guid(&reader->guid);
  /* Entities are not freed under a thread that is awake. */
  struct thread_state *thread = lookup_thread_state();
  thread_state_awake(thread, domain);
  struct ddsi_proxy_writer *remote = entidx_lookup_proxy_writer_guid(domain->entity_index, &guid);
  /* One of this process matches both sides at once, and sends no heartbeats. */
  const bool heard = remote != NULL ? has_sent_heartbeat(remote, &own)
                                    : entidx_lookup_writer_guid(domain->entity_index, &guid) != NULL;
  thread_state_asleep(thread);
  return heard;
}

int32_t ccyclone_reader_peers(ccyclone_reader *reader, ccyclone_peer *peers, size_t capacity)
{
  dds_instance_handle_t *handles = calloc(capacity, sizeof(*handles));
  if (handles == NULL) return DDS_RETCODE_OUT_OF_RESOURCES;
  const int32_t matched = dds_get_matched_publications(reader->entity, handles, capacity);
  int32_t count = 0;
  for (int32_t i = 0; i < matched && (size_t) i < capacity; i++) {
    dds_builtintopic_endpoint_t *endpoint = dds_get_matched_publication_data(reader->entity, handles[i]);
    if (endpoint == NULL) continue;
    peers[count] = make_peer(endpoint, handles[i]);
    peers[count].was_heard = was_heard(reader, &endpoint->key);
    count++;
    dds_builtintopic_free_endpoint(endpoint);
  }
  free(handles);
  return matched < 0 ? matched : count;
}
