// SPDX-License-Identifier: MIT OR Apache-2.0
// The C library's malloc, which is also what this program itself uses.
//   glibc-reserve  W6 with a perfect reserve: the best that a vector on malloc can do
#include <cstdlib>

#include "../harness/register.hpp"
#include "c_malloc.hpp"
#include "peers.hpp"

namespace bench {
namespace {

struct Glibc {
  static void* plain(std::size_t size) { return std::malloc(size); }
  static void* aligned(std::size_t alignment, std::size_t size) {
    return std::aligned_alloc(alignment, (size + alignment - 1) & ~(alignment - 1));
  }
  static void release(void* p) { std::free(p); }
  static void release_aligned(void* p) { std::free(p); }
};

}  // namespace

void add_glibc(Rows& rows) {
  add_general<CMalloc<Glibc>>(rows, "glibc");
  add_standard_vectors<CMalloc<Glibc>, Reserve::Exact>(rows, "glibc-reserve");
}

}  // namespace bench
