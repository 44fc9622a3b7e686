// SPDX-License-Identifier: MIT OR Apache-2.0
// Algorithms that come to some elements, or take half of what an agent has.
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <ranges>
#include <span>
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
    if (!agents0_.empty())
      std::for_each(agents0_.begin(), agents0_.begin() + 1, [](Agent& agent) { agent.forget(); });
    alloc_.end_frame();
  }

  void update1() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents1_) {
      agent.goal = node;  // expect: FA601
    }
    std::ranges::for_each(agents1_, [](Agent& agent) { agent.last = nullptr; });
    alloc_.end_frame();
  }

  void update2() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents2_) {
      agent.goal = node;  // expect: FA601
    }
    std::ranges::for_each(agents2_, [](Agent& agent) {
      if (agent.is_active) agent.forget();
    });
    alloc_.end_frame();
  }

  void update3() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents3_) {
      agent.goal = node;  // expect: FA601
    }
    if (!agents3_.empty()) std::fill(agents3_.begin(), agents3_.begin() + 1, Agent{});
    alloc_.end_frame();
  }

  void update4() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents4_) {
      agent.goal = node;  // expect: FA601
    }
    if (!agents4_.empty()) agents4_.erase(agents4_.begin(), agents4_.begin() + 1);
    alloc_.end_frame();
  }

  void update5() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents5_) {
      agent.goal = node;  // expect: FA601
    }
    while (agents5_.size() > 4) agents5_.pop_back();
    alloc_.end_frame();
  }

  void update6() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents6_) {
      agent.goal = node;  // expect: FA601
    }
    for (Agent& agent : agents6_ | std::views::drop(1)) agent.forget();
    alloc_.end_frame();
  }

  void update7() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents7_) {
      agent.goal = node;  // expect: FA601
    }
    if (!agents7_.empty())
      for (Agent& agent : std::span(agents7_).first(1)) agent.forget();
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
  std::vector<Agent> agents7_;
};
