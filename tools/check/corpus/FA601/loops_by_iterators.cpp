// SPDX-License-Identifier: MIT OR Apache-2.0
// Loops by iterators that leave something: half of what an agent has, one of them, the rest.
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

struct Node {
  int cell = 0;
};

struct Agent {
  const Node* goal = nullptr;
  const Node* last = nullptr;
  bool is_active = true;
  void forget() {
    goal = nullptr;
    last = nullptr;
  }
};

class World {
 public:
  explicit World(fa::SmartAlloc& alloc) : alloc_(alloc) {}

  void update0() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents0_) {
      agent.goal = node;  // expect: FA601
    }
    for (auto it = agents0_.begin(); it != agents0_.end(); ++it) it->last = nullptr;
    alloc_.end_frame();
  }

  void update1() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents1_) {
      agent.goal = node;  // expect: FA601
    }
    if (agents1_.empty()) return;
    for (auto it = agents1_.begin() + 1; it != agents1_.end(); ++it) it->forget();
    alloc_.end_frame();
  }

  void update2() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents2_) {
      agent.goal = node;  // expect: FA601
    }
    for (auto it = agents2_.begin(); it < agents2_.end(); it += 2) it->forget();
    alloc_.end_frame();
  }

  void update3() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents3_) {
      agent.goal = node;  // expect: FA601
    }
    for (auto it = agents3_.begin(); it != agents3_.end(); ++it) {
      if (!it->is_active) break;
      it->forget();
    }
    alloc_.end_frame();
  }

  void update4() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents4_) {
      agent.goal = node;  // expect: FA601
    }
    for (auto it = agents4_.begin(); it != agents4_.end(); ++it)
      if (it->is_active) it->forget();
    alloc_.end_frame();
  }

  void update5() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents5_) {
      agent.goal = node;  // expect: FA601
    }
    const auto middle = agents5_.begin() + static_cast<std::ptrdiff_t>(agents5_.size() / 2);
    for (auto it = agents5_.begin(); it != middle; ++it) it->forget();
    alloc_.end_frame();
  }

  void update6() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents6_) {
      agent.goal = node;  // expect: FA601
    }
    std::vector<Agent> copies = agents6_;
    for (auto it = copies.begin(); it != copies.end(); ++it) it->forget();
    alloc_.end_frame();
  }

 private:
  fa::SmartAlloc& alloc_;
  std::vector<Agent> agents0_;
  std::vector<Agent> agents1_;
  std::vector<Agent> agents2_;
  std::vector<Agent> agents3_;
  std::vector<Agent> agents4_;
  std::vector<Agent> agents5_;
  std::vector<Agent> agents6_;
};
