// SPDX-License-Identifier: MIT OR Apache-2.0
// snmalloc, header-only: compiled in and inlined, so nothing replaces malloc. No Debian package;
// measured when CMake is told where it is. It reserves more address space than valgrind can follow,
// so its instructions are not counted.
#include <snmalloc/snmalloc.h>

#include "../harness/register.hpp"
#include "c_malloc.hpp"
#include "peers.hpp"

namespace bench {
namespace {

struct Snmalloc {
  static void* plain(std::size_t size) { return snmalloc::alloc(size); }
  static void* aligned(std::size_t alignment, std::size_t size) {
    return snmalloc::alloc_aligned(alignment, size);
  }
  static void release(void* p) { snmalloc::dealloc(p); }
  static void release_aligned(void* p) { snmalloc::dealloc(p); }
};

}  // namespace

void add_snmalloc(Rows& rows) {
  add_general<CMalloc<Snmalloc>>(rows, "snmalloc");
  rows.do_not_count("snmalloc");
}

}  // namespace bench
