#ifndef DRAWBRIDGE_CLINUX_SHIM_H
#define DRAWBRIDGE_CLINUX_SHIM_H
/* Linux system calls that Swift's Glibc module leaves out: epoll, eventfd, signalfd, prctl, accept4, ucred. */
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

/* `struct ucred` and accept4 are declared only under _GNU_SOURCE, which a module map cannot rely on. */
struct clinux_peer_credentials {
  int32_t pid;
  uint32_t uid;
  uint32_t gid;
};
extern int accept4(int, struct sockaddr *_Nullable, socklen_t *_Nullable, int);

/* SO_PEERCRED of a Unix socket; 0, or -1 with errno. */
static inline int clinux_get_peer_credentials(int descriptor, struct clinux_peer_credentials *_Nonnull out)
{
  socklen_t size = sizeof *out;
  return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, out, &size);
}

/* Has the kernel send this process `signal` when the thread that started it ends, however that ends. */
static inline int clinux_signal_at_parents_end(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }

#endif
