// SPDX-License-Identifier: MIT OR Apache-2.0
// TBB's scalable allocator, Debian's libtbbmalloc2.
#include "../harness/register.hpp"
#include "../harness/shared_library.hpp"
#include "c_malloc.hpp"
#include "peers.hpp"

namespace bench {
namespace {

struct Tbb {
  static inline void* (*plain)(std::size_t size);
  static inline void* (*aligned_by)(std::size_t size, std::size_t alignment);
  static void* aligned(std::size_t alignment, std::size_t size) {
    return aligned_by(size, alignment);
  }
  static inline void (*release)(void* p);
  static inline void (*release_aligned)(void* p);
};

}  // namespace

void add_tbb(Rows& rows) {
  SharedLibrary library("libtbbmalloc.so.2");
  library.find(Tbb::plain, "scalable_malloc");
  library.find(Tbb::aligned_by, "scalable_aligned_malloc");
  library.find(Tbb::release, "scalable_free");
  library.find(Tbb::release_aligned, "scalable_aligned_free");
  if (!library.ok()) return rows.leave_out("tbb", library.error());
  add_general<CMalloc<Tbb>>(rows, "tbb");
}

}  // namespace bench
