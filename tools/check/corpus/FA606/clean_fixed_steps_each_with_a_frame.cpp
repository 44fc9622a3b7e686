// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <array>
#include <span>

namespace fa = framealloc;

struct Body {
  float x = 0, v = 1;
};
struct Pair {
  int a = 0, b = 0;
};
class World {
 public:
  explicit World(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  void advance(float dt) {
    rest_ += dt;
    while (rest_ >= kStep) {
      alloc_.begin_frame();
      std::span<Pair> pairs = broad_phase();
      for (int i = 0; i < 4; ++i) solve(pairs);
      integrate();
      pairs_ = static_cast<int>(pairs.size());
      alloc_.end_frame();
      rest_ -= kStep;
    }
  }

 private:
  static constexpr float kStep = 0.01F;
  std::span<Pair> broad_phase() {
    auto pairs = alloc_.frame_vec<Pair>(16);
    for (int a = 0; a < 8; ++a)
      for (int b = a + 1; b < 8; ++b)
        if (bodies_[static_cast<std::size_t>(a)].x > bodies_[static_cast<std::size_t>(b)].x)
          pairs.push_back({a, b});
    return {pairs.data(), pairs.size()};
  }
  void solve(std::span<Pair> pairs) {
    for (const Pair& each : pairs) bodies_[static_cast<std::size_t>(each.a)].v *= 0.5F;
  }
  void integrate() {
    for (Body& each : bodies_) each.x += each.v * kStep;
  }
  fa::SmartAlloc& alloc_;
  std::array<Body, 8> bodies_;
  float rest_ = 0;
  int pairs_ = 0;
};
