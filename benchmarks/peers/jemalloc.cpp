// SPDX-License-Identifier: MIT OR Apache-2.0
// jemalloc, Debian's libjemalloc2.
#include "../harness/register.hpp"
#include "../harness/shared_library.hpp"
#include "c_malloc.hpp"
#include "peers.hpp"

namespace bench {
namespace {

struct Jemalloc {
  static inline void* (*plain)(std::size_t size);
  static inline void* (*aligned)(std::size_t alignment, std::size_t size);
  static inline void (*release)(void* p);
  static void release_aligned(void* p) { release(p); }
};

}  // namespace

void add_jemalloc(Rows& rows) {
  SharedLibrary library("libjemalloc.so.2");
  library.find(Jemalloc::plain, "malloc");
  library.find(Jemalloc::aligned, "aligned_alloc");
  library.find(Jemalloc::release, "free");
  if (!library.ok()) return rows.leave_out("jemalloc", library.error());
  add_general<CMalloc<Jemalloc>>(rows, "jemalloc");
}

}  // namespace bench
