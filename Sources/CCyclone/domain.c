#define _GNU_SOURCE /* dladdr */
#include "internal.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

static char plugin_folder[4096];

static void find_plugins(void)
{
  Dl_info library;
  if (dladdr((const void *) dds_create_domain, &library) == 0 || library.dli_fname == NULL) return;
  const char *end = strrchr(library.dli_fname, '/');
  const int length = end == NULL ? 0 : (int) (end - library.dli_fname);
  char folder[sizeof(plugin_folder) - 32];
  const int written = snprintf(folder, sizeof(folder), "%.*s/libddsc0debian", length, library.dli_fname);
  if (written < 0 || (size_t) written >= sizeof(folder)) return;
  char plugin[sizeof(plugin_folder)];
  snprintf(plugin, sizeof(plugin), "%s/libdds_security_auth.so", folder);
  if (access(plugin, R_OK) == 0) memcpy(plugin_folder, folder, (size_t) written + 1);
}

const char *ccyclone_plugin_folder(void)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, find_plugins);
  return plugin_folder[0] == 0 ? NULL : plugin_folder;
}
