// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

// Where its constructor puts frame memory is told of where the object is kept, once.
class Rows {
 public:
  Rows() = default;
  Rows(fa::SmartAlloc& alloc, std::size_t count) : rows_(alloc.frame_slice<int>(count)) {}
  std::size_t size() const { return rows_.size(); }

 private:
  fa::FrameSlice<int> rows_;
};
class Table {
 public:
  explicit Table(fa::SmartAlloc alloc) : alloc_(alloc) {}
  void draw(std::size_t count) {
    const auto frame = alloc_.scoped_frame();
    rows_ = Rows(alloc_, count);  // expect: FA601
    seen_ += rows_.size();
  }

 private:
  fa::SmartAlloc alloc_;
  Rows rows_;
  std::size_t seen_ = 0;
};
