/* What a reply answers, when the transport says so and not the sample: a parameter of its inline QoS. */
#include "internal.h"
#include "dds/ddsi/q_protocol.h"
#include "dds/ddsi/q_radmin.h"

enum {
  SENTINEL = 0x0001,
  /* PID_RELATED_SAMPLE_IDENTITY of OMG DDS-RPC 1.0. */
  RELATED_SAMPLE_IDENTITY = 0x0083,
  /* The same of eProsima, before it had the number above. */
  FAST_RELATED_SAMPLE_IDENTITY = 0x800f,
  /* May be set in any number. */
  MUST_UNDERSTAND = 0x4000,
  HEAD_SIZE = 4,
  IDENTITY_SIZE = 24
};

static uint16_t read16(const uint8_t *bytes, bool is_little_endian)
{
  return (uint16_t) (is_little_endian ? bytes[0] | bytes[1] << 8 : bytes[1] | bytes[0] << 8);
}

static uint32_t read32(const uint8_t *bytes, bool is_little_endian)
{
  const uint32_t first = read16(bytes, is_little_endian), second = read16(bytes + 2, is_little_endian);
  return is_little_endian ? first | second << 16 : second | first << 16;
}

bool ccyclone_related_identity(
  const uint8_t *list, size_t count, bool is_little_endian, ccyclone_identity *found)
{
  bool is_found = false;
  size_t position = 0;
  while (count - position >= HEAD_SIZE) {
    const uint16_t id = read16(list + position, is_little_endian) & (uint16_t) ~MUST_UNDERSTAND;
    const size_t length = read16(list + position + 2, is_little_endian);
    position += HEAD_SIZE;
    if (id == SENTINEL) return is_found;
    if (length > count - position) return false;
    const bool is_ours = id == RELATED_SAMPLE_IDENTITY || (id == FAST_RELATED_SAMPLE_IDENTITY && !is_found);
    if (is_ours && length >= IDENTITY_SIZE) {
      const uint8_t *number = list + position + 16;
      const uint64_t high = read32(number, is_little_endian), low = read32(number + 4, is_little_endian);
      *found = (ccyclone_identity) { guid_from_bytes(list + position), (int64_t) (high << 32 | low) };
      is_found = true;
    }
    position += length;
  }
  return false;
}

bool find_related(const struct nn_rdata *fragment, ccyclone_identity *found)
{
  if (fragment == NULL) return false;
  const unsigned char *packet = NN_RMSG_PAYLOAD(fragment->rmsg);
  const size_t submessage = NN_RDATA_SUBMSG_OFF(fragment), payload = NN_RDATA_PAYLOAD_OFF(fragment);
  const Data_DataFrag_common_t *head = (const Data_DataFrag_common_t *) (packet + submessage);
  if ((head->smhdr.flags & DATA_FLAG_INLINE_QOS) == 0) return false;
  /* The library has put the head's numbers into this host's order, and left the list as it came. */
  const size_t start = submessage + offsetof(Data_DataFrag_common_t, octetsToInlineQos)
    + sizeof(head->octetsToInlineQos) + head->octetsToInlineQos;
  return start < payload
    && ccyclone_related_identity(
         packet + start, payload - start, (head->smhdr.flags & SMFLAG_ENDIANNESS) != 0, found);
}
