#include "internal.h"
#include "dds/ddsi/ddsi_typelookup.h"
#include <stdatomic.h>

static atomic_uint_fast64_t discarded;

/* Does nothing, in place of the library's function of that name.
 *
 * Cyclone 0.10 hands every reply to a type lookup that any participant of the domain sends to this function, and its
 * own dereferences NULL on type objects that it cannot read: one peer with a newer Cyclone next to one with 0.10 ends
 * every process of 0.10 on the domain. Topics of raw CDR never look types up.
 *
 * The library calls it through its procedure linkage table, so that the dynamic linker takes the definition of the
 * program before the library's own. It is exported from the program because the library, which is linked
 * to, defines the same symbol. Goes when 0.10 is no longer supported. */
__attribute__((visibility("default"), used)) void ddsi_tl_handle_reply(
  struct ddsi_domaingv *domain, struct ddsi_serdata *reply)
{
  (void) domain, (void) reply;
  atomic_fetch_add_explicit(&discarded, 1, memory_order_relaxed);
}

uint64_t ccyclone_discarded_type_replies(void) { return atomic_load_explicit(&discarded, memory_order_relaxed); }
