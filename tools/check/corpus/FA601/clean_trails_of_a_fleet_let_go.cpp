// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace fa = framealloc;

struct Trail {
  explicit Trail(fa::SmartAlloc& alloc) : points(alloc.frame_vec<float>(32)) {}
  fa::FrameVec<float> points;
};
class Ship {
 public:
  void move(fa::SmartAlloc& alloc) {
    trail_.emplace(alloc);
    trail_->points.push_back(1.0F);
  }
  void end_of_frame() { trail_.reset(); }

 private:
  std::optional<Trail> trail_;
};
class Fleet {
 public:
  void add() { ships_.push_back(std::make_unique<Ship>()); }
  void tick() {
    alloc_.begin_frame();
    for (const auto& ship : ships_) ship->move(alloc_);
    for (const auto& ship : ships_) ship->end_of_frame();
    alloc_.end_frame();
  }

 private:
  fa::SmartAlloc alloc_;
  std::vector<std::unique_ptr<Ship>> ships_;
};
