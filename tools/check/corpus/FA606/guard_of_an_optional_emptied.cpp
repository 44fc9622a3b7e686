// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <optional>
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
    page_.emplace(alloc_);
    samples_ = alloc_.frame_slice<float>(8).span();
  }
  void stop() { page_.reset(); }
  float first() const { return samples_[0]; }

 private:
  fa::SmartAlloc& alloc_;
  std::optional<Page> page_;
  std::span<float> samples_;
};
float record(fa::SmartAlloc& alloc) {
  Recording recording(alloc);
  recording.start();
  recording.stop();
  return recording.first();  // expect: FA606
}
