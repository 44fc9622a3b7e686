// SPDX-License-Identifier: MIT OR Apache-2.0
// A peer with the interface of malloc. `Functions` says how to reach it.
#pragma once

#include "../harness/peer.hpp"

namespace bench {

// Functions: static void* plain(size), aligned(alignment, size); void release(p),
// release_aligned(p).
template <class Functions>
class CMalloc {
 public:
  static constexpr bool kFreesEach = true;
  // What plain() guarantees for nothing.
  static constexpr std::size_t kAlignment = alignof(std::max_align_t);

  struct Session : UniformSession<Session> {
    [[gnu::always_inline]] void* take(std::size_t size, std::size_t alignment) {
      return alignment <= kAlignment ? Functions::plain(size) : Functions::aligned(alignment, size);
    }
    [[gnu::always_inline]] void drop(void* p, std::size_t, std::size_t alignment) {
      if (alignment <= kAlignment) return Functions::release(p);
      Functions::release_aligned(p);
    }
  };

  Session open() { return {}; }
  void close(Session&) {}
};

}  // namespace bench
