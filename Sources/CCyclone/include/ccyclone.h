#ifndef DRAWBRIDGE_CCYCLONE_H
#define DRAWBRIDGE_CCYCLONE_H
/* CCyclone: Cyclone DDS behind plain C types, so that Swift imports none of the DDS headers.
 *
 * Owns the use of Cyclone's internal headers, which differ between releases: 0.10.2 to 0.10.5 are alike. */

/* The version of the library that this was compiled against: "0.10.2". */
const char *_Nonnull ccyclone_version(void);

#endif
