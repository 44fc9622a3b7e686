// SPDX-License-Identifier: MIT OR Apache-2.0
// OffsetAllocator, driven by bytes: what it grants, denies and refuses is what the model of its
// tests says, and it holds together.
#include <framealloc/gpu/offset_allocator.hpp>
#include "offset_model.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

using framealloc::gpu::OffsetAllocator;
using framealloc::gpu::OffsetKind;
using framealloc::gpu::OffsetModel;
using framealloc::gpu::OffsetRange;
using framealloc::gpu::OffsetStats;

void require(bool holds) {
  if (!holds) std::abort();
}

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  [[nodiscard]] bool empty() const { return size_ == 0; }
  // Missing bytes are 0.
  template <class T>
  T take() {
    T value{};
    const std::size_t n = size_ < sizeof value ? size_ : sizeof value;
    std::memcpy(&value, data_, n);
    data_ += n;
    size_ -= n;
    return value;
  }
  // Of 64 bits in two bytes: seven bits anywhere, and small ones more often than their share.
  std::uint64_t take_size() {
    const auto mantissa = take<std::uint8_t>();
    return std::uint64_t{mantissa} << (take<std::uint8_t>() % 64);
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
};

void compare(const OffsetAllocator& allocator, const OffsetModel& model) {
  const OffsetStats stats = allocator.stats();
  const OffsetStats wanted = model.stats();
  require(stats.used == wanted.used && stats.free == wanted.free);
  require(stats.size == stats.used + stats.padding + stats.free);
  require(stats.largest_free == wanted.largest_free);
  require(stats.allocations == wanted.allocations && stats.free_regions == wanted.free_regions);
  require(allocator.validate());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  const std::uint64_t units = bytes.take<std::uint64_t>();
  const std::uint64_t granularity = std::uint64_t{1} << (bytes.take<std::uint8_t>() % 64);
  auto made = OffsetAllocator::create(units, {.granularity = granularity});
  require(made.has_value() == (units != 0));
  if (!made) return 0;
  OffsetAllocator allocator = std::move(made).value();
  OffsetModel model(units, granularity);
  std::vector<OffsetRange> live;
  std::vector<OffsetRange> gone;

  while (!bytes.empty()) {
    const auto command = bytes.take<std::uint8_t>();
    if (command < 128) {
      const std::uint64_t wanted = bytes.take_size();
      const std::uint64_t alignment = std::uint64_t{1} << (command % 64);
      const OffsetKind kind = command < 64 ? OffsetKind::Linear : OffsetKind::Optimal;
      const OffsetRange range = allocator.allocate(wanted, alignment, kind);
      if (range) {
        require(model.add(range.offset, wanted, alignment, kind).empty());
        require(allocator.size_of(range) == wanted);
        live.push_back(range);
      } else {
        require(wanted == 0 || !model.can_hold(wanted, alignment, kind));
      }
    } else if (command < 240 && !live.empty()) {
      const std::size_t i = command % live.size();
      require(allocator.free(live[i]));
      model.remove(live[i].offset);
      gone.push_back(live[i]);
      live.erase(live.begin() + static_cast<std::ptrdiff_t>(i));
    } else if (command < 250) {
      const auto made_up = bytes.take<OffsetRange>();
      bool is_live = false;
      for (const OffsetRange range : live) is_live = is_live || range == made_up;
      require(allocator.owns(made_up) == is_live);
      require(is_live || !allocator.free(made_up));
    } else if (command < 254) {
      OffsetAllocator other = std::move(allocator);
      require(!allocator.allocate(1) && allocator.size() == 0);
      allocator = std::move(other);
    } else {
      allocator.reset();
      model.reset();
      gone.insert(gone.end(), live.begin(), live.end());
      live.clear();
    }
    compare(allocator, model);
  }
  for (const OffsetRange range : gone) require(!allocator.free(range));
  for (const OffsetRange range : live) require(allocator.free(range));
  require(allocator.stats().free == units);
  require(allocator.validate());
  return 0;
}
