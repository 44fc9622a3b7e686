// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/account/tag_table.hpp>

#include <cstring>
#include <mutex>

namespace framealloc::detail {
namespace {

constexpr std::string_view kSeparator = "::";

constexpr std::size_t index_of(TagId tag) noexcept { return static_cast<std::size_t>(tag); }

// FNV-1a, begun with the parent: siblings spread, and "ui" below two parents are two entries.
std::uint32_t hash_of(TagId parent, std::string_view name) noexcept {
  std::uint32_t hash = 2166136261U ^ (static_cast<std::uint32_t>(parent) * 2654435761U);
  for (const char c : name) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 16777619U;
  }
  return hash;
}

// Takes the next component that is not empty off the front of `path`; empty at the end.
std::string_view next_component(std::string_view& path) noexcept {
  while (!path.empty()) {
    const std::size_t end = path.find(kSeparator);
    const std::string_view component = path.substr(0, end);
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + kSeparator.size());
    if (!component.empty()) return component;
  }
  return {};
}

}  // namespace

TagTable::TagTable() noexcept { nodes_[0] = Node{"", 0, 0, TagId::Untagged}; }

TagId TagTable::lookup(TagId parent, std::string_view name, std::uint32_t hash) const noexcept {
  // At most half of the buckets are ever in use, so an empty one ends every search.
  for (std::size_t i = hash % kBuckets;; i = (i + 1) % kBuckets) {
    const std::uint16_t id = buckets_[i].load(std::memory_order_acquire);
    if (id == 0) return TagId::Untagged;
    const Node& node = nodes_[id];
    if (node.hash == hash && node.parent == parent &&
        std::string_view(node.name, node.length) == name) {
      return TagId{id};
    }
  }
}

TagId TagTable::intern_one(TagId parent, std::string_view name) noexcept {
  const std::uint32_t hash = hash_of(parent, name);
  if (const TagId known = lookup(parent, name, hash); known != TagId::Untagged) return known;

  const std::lock_guard lock(lock_);
  // Another thread may have made it between the look-up and the lock.
  if (const TagId known = lookup(parent, name, hash); known != TagId::Untagged) return known;
  const std::size_t id = size_.load(std::memory_order_relaxed);
  if (id == kMaxTags || name.size() > kNameBytes - names_used_) {
    overflowed_.store(true, std::memory_order_relaxed);
    return TagId::Untagged;
  }
  char* const copy = names_ + names_used_;
  std::memcpy(copy, name.data(), name.size());
  names_used_ += name.size();
  nodes_[id] = Node{copy, static_cast<std::uint32_t>(name.size()), hash, parent};
  // The size first: a thread that finds the id in its bucket then also sees it below size().
  size_.store(id + 1, std::memory_order_release);
  std::size_t bucket = hash % kBuckets;
  while (buckets_[bucket].load(std::memory_order_relaxed) != 0) bucket = (bucket + 1) % kBuckets;
  buckets_[bucket].store(static_cast<std::uint16_t>(id), std::memory_order_release);
  return TagId{static_cast<std::uint16_t>(id)};
}

std::optional<TagId> TagTable::try_intern(TagId parent, std::string_view name) noexcept {
  bool complete = true;
  const TagId tag = intern_levels(parent, name, complete);
  return complete ? std::optional<TagId>(tag) : std::nullopt;
}

TagId TagTable::intern(TagId parent, std::string_view name) noexcept {
  bool complete = true;
  return intern_levels(parent, name, complete);
}

TagId TagTable::intern_levels(TagId parent, std::string_view name, bool& complete) noexcept {
  for (std::string_view one = next_component(name); !one.empty(); one = next_component(name)) {
    const TagId child = intern_one(parent, one);
    if (child == TagId::Untagged) {
      complete = false;
      return parent;
    }
    parent = child;
  }
  return parent;
}

std::optional<TagId> TagTable::find(std::string_view path) const noexcept {
  TagId tag = TagId::Untagged;
  for (std::string_view one = next_component(path); !one.empty(); one = next_component(path)) {
    tag = lookup(tag, one, hash_of(tag, one));
    if (tag == TagId::Untagged) return std::nullopt;
  }
  return tag;
}

TagId TagTable::find_path(std::string_view path) const noexcept {
  return find(path).value_or(TagId::Untagged);
}

std::string_view TagTable::name(TagId tag) const noexcept {
  if (index_of(tag) >= size()) return "";
  const Node& node = nodes_[index_of(tag)];
  return {node.name, node.length};
}

TagPath TagTable::path(TagId tag) const noexcept {
  TagId chain[kMaxTags];
  std::size_t depth = 0;
  for (; tag != TagId::Untagged; tag = parent(tag)) chain[depth++] = tag;
  TagPath text;
  while (depth != 0) {
    text.append(name(chain[--depth]));
    if (depth != 0) text.append(kSeparator);
  }
  return text;
}

bool TagTable::is_within(TagId tag, TagId ancestor) const noexcept {
  // A parent's id is smaller than its children's, so the walk may stop as soon as it is passed.
  while (tag > ancestor) tag = parent(tag);
  return tag == ancestor;
}

}  // namespace framealloc::detail
