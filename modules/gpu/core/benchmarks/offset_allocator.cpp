// SPDX-License-Identifier: MIT OR Apache-2.0
// Sebastian Aaltonen's OffsetAllocator. It knows no alignment, so its ranges are not aligned: it
// does less than the others.
#include "typed_peer.hpp"

#include <offsetAllocator.cpp>

namespace bench {
namespace {

class Aaltonen {
 public:
  static constexpr const char* kName = "OffsetAllocator";
  static constexpr bool kAligns = false;
  using Slot = OffsetAllocator::Allocation;

  explicit Aaltonen(const Workload& workload)
      : allocator_(static_cast<std::uint32_t>(workload.range), 128 * 1024) {}
  bool allocate(Slot& slot, std::uint64_t size, std::uint64_t) {
    slot = allocator_.allocate(static_cast<std::uint32_t>(size));
    return slot.offset != OffsetAllocator::Allocation::NO_SPACE;
  }
  void free(Slot& slot) { allocator_.free(slot); }
  static std::uint64_t offset(const Slot& slot) { return slot.offset; }

 private:
  OffsetAllocator::Allocator allocator_;
};

}  // namespace

std::unique_ptr<Peer> make_offset_allocator() { return std::make_unique<TypedPeer<Aaltonen>>(); }

}  // namespace bench
