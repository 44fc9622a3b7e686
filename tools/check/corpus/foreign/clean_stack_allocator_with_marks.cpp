// SPDX-License-Identifier: MIT OR Apache-2.0
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

// An arena of another project, with names like ours.
class StackArena {
 public:
  using Mark = std::size_t;
  explicit StackArena(std::size_t size) : bytes_(size) {}
  template <class T>
  T* alloc() {
    top_ = (top_ + alignof(T) - 1) / alignof(T) * alignof(T);
    void* at = bytes_.data() + top_;
    top_ += sizeof(T);
    return ::new (at) T();
  }
  Mark checkpoint() const { return top_; }
  void rewind(Mark mark) { top_ = mark; }
  void begin_frame() { top_ = 0; }
  void end_frame() { top_ = 0; }

 private:
  std::vector<std::byte> bytes_;
  std::size_t top_ = 0;
};
int run() {
  StackArena arena(1024);
  arena.begin_frame();
  const auto mark = arena.checkpoint();
  int* value = arena.alloc<int>();
  *value = 3;
  arena.rewind(mark);
  int* other = arena.alloc<int>();
  arena.end_frame();
  return *value + *other;
}
