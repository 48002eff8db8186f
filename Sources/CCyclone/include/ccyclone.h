#ifndef DRAWBRIDGE_CCYCLONE_H
#define DRAWBRIDGE_CCYCLONE_H
/* CCyclone: topics of Cyclone DDS that carry CDR bytes untouched, behind plain C types, so that Swift imports none
 * of the DDS headers.
 *
 * Owns the use of Cyclone's internal headers, which differ between releases: 0.10.2 to 0.10.5 are alike.
 *
 * A sample is an encapsulation header of four bytes (representation, options) and the CDR bytes behind it. Types
 * have no key and no type information: peers match by topic name, type name and QoS.
 *
 * Callbacks run on Cyclone's receive thread, or on the thread that writes when the peer lives in this process. They
 * may copy, look up and wake; they must not write, block, or create or delete anything here. No callback runs, nor
 * will run, once the deletion of its endpoint has returned.
 *
 * Functions that return `int32_t` return 0 or a positive result, or a negative code for `ccyclone_message`.
 *
 * Files
 *   domain.c     domains, participants, versions and messages
 *   sample.c     the serdata: header and bytes in one allocation
 *   related.c    what a sample answers, from its inline QoS
 *   topic.c      the sertype and its topics
 *   endpoint.c   readers and writers
 *   matching.c   whom they are matched with
 *   discovery.c  what others have announced
 *   guard.c      keeps Cyclone 0.10 from reading type objects of peers
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The version of the library that this was compiled against: "0.10.2". */
const char *_Nonnull ccyclone_version(void);

/* Text for a negative result; static. */
const char *_Nonnull ccyclone_message(int32_t code);

/* Replies to type lookups, which Cyclone 0.10 does not survive reading, that were kept from it. */
uint64_t ccyclone_discarded_type_replies(void);

/* The code that a write gives back whose sample the writer has no room for; nothing was sent. */
extern const int32_t ccyclone_timeout;

/* A GUID in wire order, eight bytes a word, most significant first. The first twelve bytes name the participant. */
typedef struct ccyclone_guid {
  uint64_t first, second;
} ccyclone_guid;

/* A sample: its writer, and the number that the writer gave it. */
typedef struct ccyclone_identity {
  ccyclone_guid writer;
  int64_t sequence;
} ccyclone_identity;

/* Finds which sample another one answers, in its inline QoS: a list of parameters (RTPS 2.5, section 9.4.2.11) whose numbers have
 * the given byte order. False when the list does not say, or ends too early. */
bool ccyclone_related_identity(
  const uint8_t *_Nonnull list, size_t count, bool is_little_endian, ccyclone_identity *_Nonnull found);

/* Domains: entities by handle, deleted with all that they hold by `ccyclone_delete`. */

int32_t ccyclone_create_domain(uint32_t id, const char *_Nonnull configuration);
int32_t ccyclone_create_participant(uint32_t domain);
int32_t ccyclone_delete(int32_t entity);

/* The folder with the library's plugins for DDS Security, which Debian keeps off the linker's path; NULL when they are not
 * there. Static. */
const char *_Nullable ccyclone_plugin_folder(void);

/* Topics. */

typedef struct ccyclone_topic ccyclone_topic;

ccyclone_topic *_Nullable ccyclone_create_topic(
  int32_t participant, const char *_Nonnull name, const char *_Nonnull type_name, int32_t *_Nonnull code);
/* After the endpoints that use it. */
void ccyclone_delete_topic(ccyclone_topic *_Nonnull topic);

/* Endpoints. */

enum { CCYCLONE_XCDR1 = 1, CCYCLONE_XCDR2 = 2 };

typedef struct ccyclone_qos {
  /* Bits of the enumeration above; one for a writer. */
  uint32_t representations;
  bool is_reliable;
  bool is_transient_local;
  /* Samples kept for each peer that has not taken them; 0: all. */
  int32_t history_depth;
  /* How long a reliable writer may wait for room. */
  int64_t max_blocking_nanoseconds;
  /* How often samples come at least, and for how long they are of use; 0: nothing is said. */
  int64_t deadline_nanoseconds, lifespan_nanoseconds;
  /* Empty: the partition without a name. Copied. */
  const char *_Nonnull partition;
} ccyclone_qos;

typedef struct ccyclone_callbacks {
  void *_Nullable context;
  /* A reader's: one sample, the handle of its writer, and what it answers, if its inline QoS says so. The bytes and that live as
   * long as the call. */
  void (*_Nullable sample)(
    void *_Nullable context, const uint8_t *_Nonnull bytes, size_t count, uint64_t writer,
    const ccyclone_identity *_Nullable related);
  /* The endpoint is matched with others than before. */
  void (*_Nonnull matched)(void *_Nullable context);
  /* A peer with the same topic and type has another QoS: the number of the policy. */
  void (*_Nonnull incompatible)(void *_Nullable context, uint32_t policy);
} ccyclone_callbacks;

typedef struct ccyclone_reader ccyclone_reader;
typedef struct ccyclone_writer ccyclone_writer;

ccyclone_reader *_Nullable ccyclone_create_reader(
  int32_t participant, const ccyclone_topic *_Nonnull topic, ccyclone_qos qos, ccyclone_callbacks callbacks,
  int32_t *_Nonnull code);
void ccyclone_delete_reader(ccyclone_reader *_Nonnull reader);

ccyclone_writer *_Nullable ccyclone_create_writer(
  int32_t participant, const ccyclone_topic *_Nonnull topic, ccyclone_qos qos, ccyclone_callbacks callbacks,
  int32_t *_Nonnull code);
void ccyclone_delete_writer(ccyclone_writer *_Nonnull writer);

ccyclone_guid ccyclone_writer_guid(const ccyclone_writer *_Nonnull writer);

/* Writing takes three steps, so that the sample's sequence number is known before anybody can have seen it: lock,
 * which returns the number; write, which uses it up unless it fails; unlock. */
int64_t ccyclone_lock_writer(ccyclone_writer *_Nonnull writer);
/* Copies `count` bytes, at least four; fills up to a multiple of four and says so in the options. */
int32_t ccyclone_write(ccyclone_writer *_Nonnull writer, const uint8_t *_Nonnull bytes, size_t count);
void ccyclone_unlock_writer(ccyclone_writer *_Nonnull writer);

/* An endpoint at the other side. */
typedef struct ccyclone_peer {
  ccyclone_guid endpoint;
  ccyclone_guid participant;
  /* What the library calls it in this process. */
  uint64_t handle;
  /* Of a writer, to a reliable reader: it has sent the reader a heartbeat, and so knows of it; or it is one of this process. */
  bool was_heard;
} ccyclone_peer;

/* Fills at most `capacity` peers and returns how many. */
int32_t ccyclone_writer_peers(ccyclone_writer *_Nonnull writer, ccyclone_peer *_Nonnull peers, size_t capacity);
int32_t ccyclone_reader_peers(ccyclone_reader *_Nonnull reader, ccyclone_peer *_Nonnull peers, size_t capacity);

/* Discovery. */

/* How many other participants the domain has, this process's not counted; at most `limit` are looked at. */
int32_t ccyclone_other_participants(int32_t participant, size_t limit);

/* Calls `found` with the type name and the representations of each live reader (or writer) of the topic that a participant of
 * the domain, this process's own included, has announced; at most `limit` of any topic are looked at. */
int32_t ccyclone_list_endpoints(
  int32_t participant, bool readers, const char *_Nonnull topic, size_t limit, void *_Nullable context,
  void (*_Nonnull found)(void *_Nullable context, const char *_Nonnull type_name, uint32_t representations));

#endif
