// SPDX-License-Identifier: MIT OR Apache-2.0
// A guard mode pattern that was overwritten.
#pragma once

#include <framealloc/codes.hpp>
#include <framealloc/detail/pool/block_record.hpp>
#include <framealloc/text.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

struct Damage {
  Code code = Code::None;
  const void* block = nullptr;
  std::size_t size = 0;       // of the block, as requested
  std::ptrdiff_t offset = 0;  // of the first byte that was changed, from the start of the block
  AllocKind kind = AllocKind::Pool;
  TagId tag = TagId::Untagged;
  CallSite allocated_at;
  CallSite freed_at;        // late writes only
  std::uint64_t frame = 0;  // in which the block was allocated

  // A write before or behind a block.
  [[nodiscard]] static Damage outside(const void* block, std::size_t size, std::ptrdiff_t offset,
                                      const BlockRecord& record, AllocKind kind,
                                      TagId tag) noexcept;
  // A write to a block that had been freed.
  [[nodiscard]] static Damage late_write(const void* block, std::size_t size, std::ptrdiff_t offset,
                                         const BlockRecord& record, AllocKind kind,
                                         TagId tag) noexcept;
  [[nodiscard]] bool found() const noexcept { return code != Code::None; }
  void describe(Text<512>& message) const noexcept;
};

// Counts all, keeps the first ones.
class DamageList {
 public:
  void add(const Damage& damage) noexcept {
    if (!damage.found()) return;
    if (count_ < kMost) list_[count_] = damage;
    ++count_;
  }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] std::size_t kept() const noexcept { return count_ < kMost ? count_ : kMost; }
  [[nodiscard]] const Damage& operator[](std::size_t i) const noexcept { return list_[i]; }

 private:
  static constexpr std::size_t kMost = 16;
  Damage list_[kMost];
  std::size_t count_ = 0;
};

}  // namespace framealloc::detail
