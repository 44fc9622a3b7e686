// SPDX-License-Identifier: MIT OR Apache-2.0
// tcmalloc of gperftools, Debian's libtcmalloc-minimal4.
#include "../harness/register.hpp"
#include "../harness/shared_library.hpp"
#include "c_malloc.hpp"
#include "peers.hpp"

namespace bench {
namespace {

struct Tcmalloc {
  static inline void* (*plain)(std::size_t size);
  static inline void* (*aligned)(std::size_t alignment, std::size_t size);
  static inline void (*release)(void* p);
  static void release_aligned(void* p) { release(p); }
};

}  // namespace

void add_tcmalloc(Rows& rows) {
  SharedLibrary library("libtcmalloc_minimal.so.4");
  library.find(Tcmalloc::plain, "tc_malloc");
  library.find(Tcmalloc::aligned, "tc_memalign");
  library.find(Tcmalloc::release, "tc_free");
  if (!library.ok()) return rows.leave_out("tcmalloc", library.error());
  add_general<CMalloc<Tcmalloc>>(rows, "tcmalloc");
}

}  // namespace bench
