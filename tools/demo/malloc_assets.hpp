// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "side.hpp"

namespace fa_demo {

/// Objects behind an index into a vector: what handles are without an allocator for them.
template <class T>
class IndexTable {
 public:
  using Ref = std::uint32_t;

  template <class... Arguments>
  Ref make(Arguments&&... arguments) {
    auto object = std::make_unique<T>(std::forward<Arguments>(arguments)...);
    if (free_.empty()) {
      objects_.push_back(std::move(object));
      return static_cast<Ref>(objects_.size() - 1);
    }
    const Ref ref = free_.back();
    free_.pop_back();
    objects_[ref] = std::move(object);
    return ref;
  }
  T* find(Ref ref) noexcept { return objects_[ref].get(); }
  void drop(Ref ref) {
    objects_[ref].reset();
    free_.push_back(ref);
  }

  template <class Visit>
  void for_each(std::span<const Ref> refs, Visit&& visit) {
    for (const Ref ref : refs) visit(*find(ref));
  }

 private:
  std::vector<std::unique_ptr<T>> objects_;
  std::vector<Ref> free_;
};

/// Blocks within a budget, the least recently used given up first: a map, a list and malloc.
class LruStore {
 public:
  explicit LruStore(std::size_t budget) : budget_(budget) {}

  std::uint64_t reserve(std::size_t bytes) {
    while (held_ + bytes > budget_) {
      if (ready_.empty()) return 0;
      const auto victim = blocks_.find(ready_.front());
      held_ -= victim->second.bytes;
      ready_.pop_front();
      blocks_.erase(victim);
      ++evictions_;
    }
    held_ += bytes;
    const std::uint64_t id = ++last_;
    blocks_[id] = {std::make_unique_for_overwrite<std::byte[]>(bytes), bytes, ready_.end()};
    return id;
  }
  std::byte* begin(std::uint64_t id) { return blocks_.at(id).memory.get(); }
  void progress(std::uint64_t, std::size_t) noexcept {}
  void finish(std::uint64_t id) { blocks_.at(id).place = ready_.insert(ready_.end(), id); }
  const std::byte* access(std::uint64_t id) {
    const auto found = blocks_.find(id);
    if (found == blocks_.end() || found->second.place == ready_.end()) return nullptr;
    ready_.splice(ready_.end(), ready_, found->second.place);
    return found->second.memory.get();
  }
  void describe(StreamingUse& use) const noexcept {
    use.budget = budget_;
    use.resident_bytes = held_;
    use.evictions = evictions_;
  }

 private:
  struct Block {
    std::unique_ptr<std::byte[]> memory;
    std::size_t bytes = 0;
    std::list<std::uint64_t>::iterator place;
  };
  std::size_t budget_;
  std::size_t held_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t evictions_ = 0;
  std::unordered_map<std::uint64_t, Block> blocks_;
  std::list<std::uint64_t> ready_;  ///< least recently used first
};

}  // namespace fa_demo
