// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/gpu/offset_allocator.hpp>

#include "typed_peer.hpp"

namespace bench {
namespace {

class Ours {
 public:
  static constexpr const char* kName = "framealloc";
  static constexpr bool kAligns = true;
  using Slot = framealloc::gpu::OffsetRange;

  explicit Ours(const Workload& workload)
      : allocator_(
            framealloc::gpu::OffsetAllocator::create(workload.range, {.reserve = workload.slots})
                .value()) {}
  bool allocate(Slot& slot, std::uint64_t size, std::uint64_t alignment) {
    slot = allocator_.allocate(size, alignment);
    return static_cast<bool>(slot);
  }
  void free(Slot& slot) { allocator_.free(slot); }
  static std::uint64_t offset(const Slot& slot) { return slot.offset; }

 private:
  framealloc::gpu::OffsetAllocator allocator_;
};

}  // namespace

std::unique_ptr<Peer> make_ours() { return std::make_unique<TypedPeer<Ours>>(); }

}  // namespace bench
