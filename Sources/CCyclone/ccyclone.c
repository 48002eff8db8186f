#include "ccyclone.h"
#include "dds/version.h"

#if DDS_VERSION_MAJOR != 0 || DDS_VERSION_MINOR != 10
#error "Drawbridge needs Cyclone DDS 0.10 (Debian 12: cyclonedds-dev); other versions differ inside"
#endif

const char *ccyclone_version(void)
{
  return DDS_VERSION;
}
