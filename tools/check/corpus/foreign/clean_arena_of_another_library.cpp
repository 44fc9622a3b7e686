// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <memory>

namespace fa = framealloc;

namespace other {
class Arena {
 public:
  explicit Arena(std::size_t bytes) : memory_(new std::byte[bytes]) {}
  template <class T>
  T* alloc() {
    T* const place = reinterpret_cast<T*>(memory_.get() + used_);
    used_ += sizeof(T);
    return place;
  }
  void reset() { used_ = 0; }

 private:
  std::unique_ptr<std::byte[]> memory_;
  std::size_t used_ = 0;
};
}  // namespace other
int run() {
  other::Arena arena(4096);
  int* cell = arena.alloc<int>();
  *cell = 1;
  arena.reset();
  return *cell;
}
