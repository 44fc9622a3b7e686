// SPDX-License-Identifier: MIT OR Apache-2.0
// Floor of the handoff: no allocator. The producer walks round a fixed array and writes its
// objects, the ring passes them, the consumer reads them. The array is larger than the ring, so an
// object is never written again before it was read.
#include "../harness/register.hpp"
#include "peers.hpp"

namespace bench {
namespace {

class RingOnly {
 public:
  struct Session {
    template <class T>
    [[gnu::always_inline]] T* make() {
      return reinterpret_cast<T*>(memory + (next++ % kSlots) * sizeof(T));
    }
    template <class T>
    [[gnu::always_inline]] void give_back(T*) {}
    std::byte* memory;
    std::size_t next;
  };

  Session open() { return {memory_.begin(), next_}; }
  void close(Session& session) { next_ = session.next; }

 private:
  // 4 MiB: large enough that the lines come back from the second-level cache of the other core.
  static constexpr std::size_t kSlots = 65536;
  WarmBuffer memory_{kSlots * sizeof(Block<64>)};
  std::size_t next_ = 0;
};

}  // namespace

void add_floor_ring(Rows& rows) {
  add_case<Handoff<RingOnly>>(rows, "W4", "floor-ring", Guarantee::Distinct, false);
}

}  // namespace bench
