// SPDX-License-Identifier: MIT OR Apache-2.0
// Only your own memory: a source that hands out parts of one block, as on a console with a fixed
// budget. Everything comes from it, bookkeeping included; when it is exhausted, calls return null.
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace fa = framealloc;
using namespace fa::literals;

namespace {

// First fit over a sorted list of free ranges. Requests are large and rare (chunks of the
// allocator), so a lock and a search are fine; they come from any thread.
class BlockSource final : public fa::MemorySource {
 public:
  explicit BlockSource(std::size_t bytes)
      : block_(static_cast<std::byte*>(::operator new(bytes, std::align_val_t{kAlignment}))) {
    free_.push_back({block_, bytes});
  }
  ~BlockSource() override { ::operator delete(block_, std::align_val_t{kAlignment}); }
  BlockSource(const BlockSource&) = delete;
  BlockSource& operator=(const BlockSource&) = delete;

  void* allocate(std::size_t bytes, std::size_t alignment) noexcept override {
    const std::lock_guard lock(mutex_);
    for (auto range = free_.begin(); range != free_.end(); ++range) {
      void* start = range->begin;
      std::size_t room = range->bytes;
      if (std::align(alignment, bytes, start, room) == nullptr) continue;
      std::byte* const found = static_cast<std::byte*>(start);
      const Range before{range->begin, static_cast<std::size_t>(found - range->begin)};
      const Range after{found + bytes, room - bytes};
      range = free_.erase(range);
      if (after.bytes > 0) range = free_.insert(range, after);
      if (before.bytes > 0) free_.insert(range, before);
      used_ += bytes;
      most_ = std::max(most_, used_);
      return found;
    }
    return nullptr;  // the allocator denies the request, with a report
  }
  void deallocate(void* address, std::size_t bytes, std::size_t) noexcept override {
    const std::lock_guard lock(mutex_);
    used_ -= bytes;
    auto* const begin = static_cast<std::byte*>(address);
    auto next = std::ranges::lower_bound(free_, begin, {}, &Range::begin);
    next = free_.insert(next, {begin, bytes});
    if (next + 1 != free_.end() && next->begin + next->bytes == (next + 1)->begin) {
      next->bytes += (next + 1)->bytes;
      free_.erase(next + 1);
    }
    if (next != free_.begin() && (next - 1)->begin + (next - 1)->bytes == next->begin) {
      (next - 1)->bytes += next->bytes;
      free_.erase(next);
    }
  }
  std::string_view name() const noexcept override { return "block"; }
  [[nodiscard]] std::size_t used() const { return used_; }
  [[nodiscard]] std::size_t most() const { return most_; }

 private:
  struct Range {
    std::byte* begin;
    std::size_t bytes;
  };
  static constexpr std::size_t kAlignment = 2_MiB;
  std::mutex mutex_;
  std::byte* block_;
  std::vector<Range> free_;
  std::size_t used_ = 0, most_ = 0;
};

}  // namespace

int main() {
  BlockSource source(8_MiB);
  bool denied = false;
  {
    fa::SmartAlloc alloc(fa::AllocConfig{
        .frame_arena_size = 1_MiB, .frame_chunk_size = 256_KiB, .upstream = &source});
    alloc.add_sink([&](const fa::Report& report) { denied |= report.code == fa::Code::FA012; });
    for (int frame = 0; frame < 10; ++frame) {
      alloc.begin_frame();
      (void)alloc.frame_alloc_batch<float>(100'000);
      alloc.end_frame();
    }
    std::printf("ten frames of 400 kB fit: %s\n", source.most() <= 8_MiB ? "yes" : "no");
    std::printf("16 MiB are %s\n",
                alloc.heap_alloc<std::byte>(16_MiB) == nullptr ? "denied" : "granted");
  }
  std::printf("left in use when the allocator has ended: %zu bytes\n", source.used());
  return denied && source.used() == 0 ? 0 : 1;
}
