// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace fa = framealloc;

class Keys {
 public:
  Keys() = default;
  Keys(fa::SmartAlloc& alloc, std::size_t count)
      : keys_(alloc.frame_alloc_batch<int>(count)), count_(count) {
    std::fill_n(keys_, count_, 7);
  }
  Keys(Keys&& other) noexcept
      : keys_(std::exchange(other.keys_, nullptr)), count_(std::exchange(other.count_, 0)) {}
  Keys& operator=(Keys&& other) noexcept {
    keys_ = std::exchange(other.keys_, nullptr);
    count_ = std::exchange(other.count_, 0);
    return *this;
  }
  int last() const { return count_ == 0 ? 0 : keys_[count_ - 1]; }

 private:
  int* keys_ = nullptr;
  std::size_t count_ = 0;
};
Keys sorted(fa::SmartAlloc& alloc, std::size_t count) {
  Keys keys(alloc, count);
  return keys;
}
int sort(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  Keys first = sorted(alloc, 4);
  Keys second = std::move(first);
  const int last = second.last();
  alloc.end_frame();
  return last + second.last();  // expect: FA606
}
