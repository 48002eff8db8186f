// How the tests start programs: posix_spawn(3) with what Swift does not see of it.
#ifndef CSPAWN_H
#define CSPAWN_H

#include <sys/types.h>

/// Starts `program` with `streams` as its standard input, output and error output and no other descriptors, with no signal
/// blocked or ignored, in `folder` unless that is NULL. Returns 0 and the process, or an `errno`.
int cspawn_start(
  pid_t *process, const char *program, char *const arguments[], char *const variables[], const int streams[3],
  const char *folder);

/// A pipe whose ends no child gets by itself: the one to read from, then the one to write to. Returns 0, or an `errno`.
int cspawn_pipe(int ends[2]);

#endif
