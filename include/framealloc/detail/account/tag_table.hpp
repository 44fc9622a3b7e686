// SPDX-License-Identifier: MIT OR Apache-2.0
// Names of tags and how they nest: "game" holds "game::physics".
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/ids.hpp>
#include <framealloc/text.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace framealloc::detail {

// A tree of at most kMaxTags names in fixed storage, so that a tag can be made when memory is gone.
// Look-ups take no lock; a new name takes a spin lock once. Tags are never removed.
// Thread contract: any thread.
class TagTable {
 public:
  static constexpr std::size_t kMaxTags = detail::kMaxTags;
  static constexpr std::size_t kNameBytes = std::size_t{32} << 10;

  TagTable() noexcept;
  TagTable(const TagTable&) = delete;
  TagTable& operator=(const TagTable&) = delete;

  // Effect: finds or makes `name` below `parent`; a name with "::" makes each level, and empty
  // levels are left out. Names are copied. Result: the tag; when there is no room for a level (tags
  // or bytes of names), the deepest level that exists, and overflowed() turns true.
  [[nodiscard]] TagId intern(TagId parent, std::string_view name) noexcept;
  // As intern(). Result: empty when there is no room for every level.
  [[nodiscard]] std::optional<TagId> try_intern(TagId parent, std::string_view name) noexcept;
  // Result: the tag of a full path from the root, empty when there is none; "" is Untagged.
  [[nodiscard]] std::optional<TagId> find(std::string_view path) const noexcept;
  // As find(). Result: Untagged when there is none.
  [[nodiscard]] TagId find_path(std::string_view path) const noexcept;

  [[nodiscard]] std::string_view name(TagId tag) const noexcept;  // last component; "" for Untagged
  [[nodiscard]] TagPath path(TagId tag) const noexcept;  // joined with "::", cut to TagPath's size
  [[nodiscard]] TagId parent(TagId tag) const noexcept {
    const auto index = static_cast<std::size_t>(tag);
    return index < size() ? nodes_[index].parent : TagId::Untagged;
  }
  // Result: the tag; Untagged for one that is not of this table.
  [[nodiscard]] TagId known(TagId tag) const noexcept {
    return static_cast<std::size_t>(tag) < size() ? tag : TagId::Untagged;
  }
  // Result: true if `tag` is `ancestor` or below it; every tag is within Untagged.
  [[nodiscard]] FRAMEALLOC_API bool is_within(TagId tag, TagId ancestor) const noexcept;
  // Result: number of tags, Untagged included; ids are 0 .. size() - 1, parents before children.
  [[nodiscard]] std::size_t size() const noexcept { return size_.load(std::memory_order_acquire); }
  [[nodiscard]] bool overflowed() const noexcept { return overflowed_.load(); }

 private:
  struct Node {
    const char* name;
    std::uint32_t length;
    std::uint32_t hash;
    TagId parent;
  };
  static constexpr std::size_t kBuckets = kMaxTags * 2;
  [[nodiscard]] TagId lookup(TagId parent, std::string_view name,
                             std::uint32_t hash) const noexcept;
  [[nodiscard]] TagId intern_one(TagId parent, std::string_view name) noexcept;
  [[nodiscard]] TagId intern_levels(TagId parent, std::string_view name, bool& complete) noexcept;

  std::atomic<std::uint16_t> buckets_[kBuckets];  // 0 = empty, else tag id
  Node nodes_[kMaxTags];
  char names_[kNameBytes];
  std::size_t names_used_ = 0;
  std::atomic<std::size_t> size_{1};
  std::atomic<bool> overflowed_{false};
  SpinLock lock_;
};

// Result: whether what is charged to `tag` passes the budget of `payer`: its own or that of a tag
// below it. Untagged bytes have their own budget, which is no tag's ancestor.
[[nodiscard]] inline bool is_charged_to(const TagTable& tags, TagId tag, TagId payer) noexcept {
  return payer == TagId::Untagged ? tag == payer : tags.is_within(tag, payer);
}

}  // namespace framealloc::detail
