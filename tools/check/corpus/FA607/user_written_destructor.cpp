// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>

namespace fa = framealloc;

class File {
 public:
  File() = default;
  ~File() { close(); }
  File(const File&) = delete;
  void close();
  int size() const { return size_; }

 private:
  int size_ = 0;
};
int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  File* file = alloc.frame_alloc<File>();  // expect: FA607
  std::construct_at(file);
  return file->size();
}
