// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <span>

namespace fa = framealloc;

class Page {
 public:
  explicit Page(fa::SmartAlloc& alloc) : alloc_(alloc) { alloc_.begin_frame(); }
  ~Page() { alloc_.end_frame(); }
  Page(const Page&) = delete;

 private:
  fa::SmartAlloc& alloc_;
};
class Recording {
 public:
  explicit Recording(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  void start() {
    page_ = std::make_unique<Page>(alloc_);
    samples_ = alloc_.frame_slice<float>(8).span();
  }
  float stop() {
    const float first = samples_.empty() ? 0 : samples_[0];
    samples_ = {};
    page_.reset();
    return first;
  }

 private:
  fa::SmartAlloc& alloc_;
  std::unique_ptr<Page> page_;
  std::span<float> samples_;
};
