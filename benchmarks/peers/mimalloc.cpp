// SPDX-License-Identifier: MIT OR Apache-2.0
// mimalloc 2, Debian's libmimalloc2.0.
#include "../harness/register.hpp"
#include "../harness/shared_library.hpp"
#include "c_malloc.hpp"
#include "peers.hpp"

namespace bench {
namespace {

struct Mimalloc {
  static inline void* (*plain)(std::size_t size);
  static inline void* (*aligned_by)(std::size_t size, std::size_t alignment);
  static void* aligned(std::size_t alignment, std::size_t size) {
    return aligned_by(size, alignment);
  }
  static inline void (*release)(void* p);
  static void release_aligned(void* p) { release(p); }
};

}  // namespace

void add_mimalloc(Rows& rows) {
  SharedLibrary library("libmimalloc.so.2");
  library.find(Mimalloc::plain, "mi_malloc");
  library.find(Mimalloc::aligned_by, "mi_malloc_aligned");
  library.find(Mimalloc::release, "mi_free");
  if (!library.ok()) return rows.leave_out("mimalloc", library.error());
  add_general<CMalloc<Mimalloc>>(rows, "mimalloc");
}

}  // namespace bench
