// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>
#include <utility>

namespace fa = framealloc;

class Layer {
 public:
  virtual ~Layer() = default;
  virtual void fill(fa::SmartAlloc& alloc) = 0;
  virtual int take() = 0;
};
class Smoke final : public Layer {
 public:
  void fill(fa::SmartAlloc& alloc) override {
    puffs_ = alloc.frame_slice<int>(8).span();  // expect: FA601
  }
  int take() override { return static_cast<int>(puffs_.size()); }

 private:
  std::span<int> puffs_;
};
int show(fa::SmartAlloc& alloc, Layer& layer) {
  const auto frame = alloc.scoped_frame();
  layer.fill(alloc);
  return layer.take();
}
int shown(fa::SmartAlloc& alloc) {
  Smoke smoke;
  return show(alloc, smoke);
}
