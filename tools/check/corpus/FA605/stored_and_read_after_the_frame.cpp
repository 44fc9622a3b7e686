// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>
namespace fa = framealloc;
struct Path {
  int cells[32];
  int length;
};
class Agent {
 public:
  void think(fa::SmartAlloc& alloc) {
    auto path = alloc.frame_retained<Path>(fa::RetentionPolicy::Discard);
    path->length = 4;
    best_ = path.get();  // expect: FA605
  }
  int length() const { return best_ != nullptr ? best_->length : 0; }

 private:
  Path* best_ = nullptr;
};
int main() {
  fa::SmartAlloc alloc;
  Agent agent;
  for (int i = 0; i < 3; ++i) {
    alloc.begin_frame();
    agent.think(alloc);
    alloc.end_frame_with_promotions();
  }
  return agent.length();
}
