#define _GNU_SOURCE
#include "CSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

int cspawn_start(
  pid_t *process, const char *program, char *const arguments[], char *const variables[], const int streams[3],
  const char *folder)
{
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  int code = posix_spawn_file_actions_init(&actions);
  if (code)
    return code;
  code = posix_spawnattr_init(&attributes);
  if (code) {
    posix_spawn_file_actions_destroy(&actions);
    return code;
  }
  for (int number = 0; !code && number < 3; number++)
    code = posix_spawn_file_actions_adddup2(&actions, streams[number], number);
  if (!code)
    code = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  if (!code && folder)
    code = posix_spawn_file_actions_addchdir_np(&actions, folder);
  if (!code)
    code = posix_spawnattr_setsigmask(&attributes, &none);
  if (!code)
    code = posix_spawnattr_setsigdefault(&attributes, &all);
  if (!code)
    code = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  if (!code)
    code = posix_spawn(process, program, &actions, &attributes, arguments, variables);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return code;
}

int cspawn_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC) ? errno : 0; }
