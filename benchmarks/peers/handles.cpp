// SPDX-License-Identifier: MIT OR Apache-2.0
// Handles against what programs write in their place: an index into an array, and the same with a
// generation that tells a stale one. Neither of these moves, counts by tag or serves threads.
#include <cstddef>
#include <cstdint>
#include <vector>

#include <framealloc/framealloc.hpp>

#include "../harness/register.hpp"
#include "../workloads/handles.hpp"
#include "peers.hpp"

namespace bench {
namespace {

constexpr std::size_t kSlots = 2048;

class Handles {
 public:
  using Key = framealloc::Handle<Block<64>>;
  [[gnu::always_inline]] Key make() { return handles_.alloc_raw<Block<64>>(); }
  [[gnu::always_inline]] Block<64>* find(Key key) { return handles_.resolve(key); }
  [[gnu::always_inline]] void free(Key key) { (void)handles_.free(key); }

 private:
  framealloc::SmartAlloc alloc_;
  framealloc::HandleAllocator& handles_ = alloc_.handles();
};

class Indices {
 public:
  using Key = std::uint32_t;
  Indices() {
    for (std::uint32_t i = kSlots; i > 0; --i) free_.push_back(i - 1);
  }
  [[gnu::always_inline]] Key make() {
    const Key key = free_.back();
    free_.pop_back();
    return key;
  }
  [[gnu::always_inline]] Block<64>* find(Key key) { return &objects_[key]; }
  [[gnu::always_inline]] void free(Key key) { free_.push_back(key); }

 private:
  std::vector<Block<64>> objects_ = std::vector<Block<64>>(kSlots);
  std::vector<std::uint32_t> free_;
};

class Generations {
 public:
  struct Key {
    std::uint32_t index, generation;
  };
  Generations() {
    for (std::uint32_t i = kSlots; i > 0; --i) free_.push_back(i - 1);
  }
  [[gnu::always_inline]] Key make() {
    const std::uint32_t index = free_.back();
    free_.pop_back();
    return {index, slots_[index].generation};
  }
  [[gnu::always_inline]] Block<64>* find(Key key) {
    if (key.index >= slots_.size() || slots_[key.index].generation != key.generation) {
      return nullptr;
    }
    return &slots_[key.index].object;
  }
  [[gnu::always_inline]] void free(Key key) {
    if (find(key) == nullptr) return;
    ++slots_[key.index].generation;
    free_.push_back(key.index);
  }

 private:
  struct Slot {
    Block<64> object;
    std::uint32_t generation;
  };
  std::vector<Slot> slots_ = std::vector<Slot>(kSlots);
  std::vector<std::uint32_t> free_;
};

template <class Store>
void add(Rows& rows, const std::string& peer) {
  add_case<HandleResolve<Store>>(rows, "handles/resolve", peer);
  add_case<HandleChurn<Store>>(rows, "handles/churn", peer);
}

}  // namespace

void add_handles(Rows& rows) {
  add<Indices>(rows, "floor-index");
  add<Generations>(rows, "vector-generation");
  add<Handles>(rows, "framealloc");
}

}  // namespace bench
