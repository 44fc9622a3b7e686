// SPDX-License-Identifier: MIT OR Apache-2.0
// Floor: no allocator at all, only the user's own writes to memory that is already there.
#include "../harness/register.hpp"
#include "peers.hpp"

namespace bench {
namespace {

class Touch {
 public:
  static constexpr bool kFreesEach = false;

  struct Session : UniformSession<Session> {
    explicit Session(std::byte* at) : next(at) {}
    [[gnu::always_inline]] void* take(std::size_t size, std::size_t) {
      std::byte* p = next;
      next += size;
      return p;
    }
    std::byte* next;
  };

  Session open() { return Session(memory_.begin()); }
  void close(Session&) {}

 private:
  WarmBuffer memory_{kArenaBytes};
};

}  // namespace

void add_floor_touch(Rows& rows) {
  add_bursts<Touch>(rows, "floor-touch", Guarantee::TouchOnly);
  add_frames<Touch>(rows, "floor-touch", Guarantee::TouchOnly);
}

}  // namespace bench
