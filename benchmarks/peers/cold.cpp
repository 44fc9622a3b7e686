// SPDX-License-Identifier: MIT OR Apache-2.0
// W9, first touch: what the kernel itself asks for 16 MiB under each policy, and what the library
// makes of it.
//   floor-kernel      mmap, a bump over the pages, munmap
//   framealloc-arena  an allocator of its own, one frame
// No malloc is here: each keeps a block of this size when it is freed, and the next round would
// find its pages already there.
#include <sys/mman.h>

#include <framealloc/smart_alloc.hpp>

#include "../harness/register.hpp"
#include "../workloads/cold_arena.hpp"
#include "peers.hpp"

namespace bench {
namespace {

enum class Policy { Plain, Prefault, Huge };
constexpr std::size_t kBytes = std::size_t{16} << 20;
constexpr std::size_t kHugePage = std::size_t{2} << 20;

template <Policy policy>
class Kernel {
 public:
  struct Session {
    [[gnu::always_inline]] void* make(std::size_t size, std::size_t) {
      std::byte* p = next;
      next += size;
      return p;
    }
    std::byte* next;
  };
  Kernel() {
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    mapped_ = mmap(nullptr, kBytes + kHugePage, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (mapped_ == MAP_FAILED) out_of_buffer();
    const auto address = reinterpret_cast<std::uintptr_t>(mapped_);
    first_ = reinterpret_cast<std::byte*>((address + kHugePage - 1) & ~(kHugePage - 1));
    if constexpr (policy == Policy::Huge) madvise(first_, kBytes, MADV_HUGEPAGE);
#ifdef MADV_POPULATE_WRITE
    if constexpr (policy == Policy::Prefault) madvise(first_, kBytes, MADV_POPULATE_WRITE);
#endif
  }
  ~Kernel() { munmap(mapped_, kBytes + kHugePage); }
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  Session open() { return {first_}; }
  void close(Session&) {}

 private:
  void* mapped_;
  std::byte* first_;
};

template <Policy policy>
class Ours {
 public:
  struct Session {
    [[gnu::always_inline]] void* make(std::size_t size, std::size_t alignment) {
      return arena.alloc_bytes(size, alignment);
    }
    framealloc::FrameArena& arena;
  };
  Ours()
      : allocator_(framealloc::AllocConfig{}
                       .with_frame_arena_size(kBytes)
                       .with_prefault(policy == Policy::Prefault)
                       .with_huge_pages(policy == Policy::Huge)) {}
  Session open() {
    allocator_.begin_frame();
    return {allocator_.frame_arena()};
  }
  void close(Session&) { allocator_.end_frame(); }

 private:
  framealloc::SmartAlloc allocator_;
};

template <class Peer>
void add(Rows& rows, const std::string& policy, const std::string& peer) {
  add_case<ColdArena<Peer>>(rows, "W9/" + policy, peer);
}

}  // namespace

void add_cold(Rows& rows) {
  add<Kernel<Policy::Plain>>(rows, "plain", "floor-kernel");
  add<Kernel<Policy::Prefault>>(rows, "prefault", "floor-kernel");
  add<Kernel<Policy::Huge>>(rows, "huge", "floor-kernel");
  add<Ours<Policy::Plain>>(rows, "plain", "framealloc-arena");
  add<Ours<Policy::Prefault>>(rows, "prefault", "framealloc-arena");
  add<Ours<Policy::Huge>>(rows, "huge", "framealloc-arena");
}

}  // namespace bench
