#include "internal.h"

const int32_t ccyclone_timeout = DDS_RETCODE_TIMEOUT;

const char *ccyclone_version(void) { return DDS_VERSION; }

const char *ccyclone_message(int32_t code) { return dds_strretcode(code); }

int32_t ccyclone_create_domain(uint32_t id, const char *configuration)
{
  return dds_create_domain(id, configuration);
}

int32_t ccyclone_create_participant(uint32_t domain) { return dds_create_participant(domain, NULL, NULL); }

int32_t ccyclone_delete(int32_t entity) { return dds_delete(entity); }

static uint64_t big_endian(const uint8_t *bytes)
{
  uint64_t word = 0;
  for (int i = 0; i < 8; i++) word = word << 8 | bytes[i];
  return word;
}

ccyclone_guid guid_from_bytes(const void *bytes)
{
  return (ccyclone_guid) { big_endian(bytes), big_endian((const uint8_t *) bytes + 8) };
}
