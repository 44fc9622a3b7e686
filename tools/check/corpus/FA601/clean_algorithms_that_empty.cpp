// SPDX-License-Identifier: MIT OR Apache-2.0
// Algorithms of std empty all elements before the frame ends, or there are none any more.
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <array>
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

inline void forget_it(Agent& agent) { agent.forget(); }

class World {
 public:
  explicit World(fa::SmartAlloc& alloc) : alloc_(alloc) {}

  void update0() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents0_) {
      agent.goal = node;
    }
    std::for_each(agents0_.begin(), agents0_.end(), [](Agent& agent) { agent.forget(); });
    alloc_.end_frame();
  }

  void update1() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents1_) {
      agent.goal = node;
    }
    std::ranges::for_each(agents1_, [](auto& agent) { agent.goal = nullptr; });
    alloc_.end_frame();
  }

  void update2() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents2_) {
      agent.goal = node;
    }
    std::ranges::for_each(agents2_, &Agent::forget);
    alloc_.end_frame();
  }

  void update3() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents3_) {
      agent.goal = node;
    }
    std::for_each(agents3_.begin(), agents3_.end(), forget_it);
    alloc_.end_frame();
  }

  void update4() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents4_) {
      agent.goal = node;
    }
    std::fill(agents4_.begin(), agents4_.end(), Agent{});
    alloc_.end_frame();
  }

  void update5() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents5_) {
      agent.goal = node;
    }
    std::ranges::fill(agents5_, Agent{});
    alloc_.end_frame();
  }

  void update6() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents6_) {
      agent.goal = node;
    }
    std::generate(agents6_.begin(), agents6_.end(), [] { return Agent{}; });
    alloc_.end_frame();
  }

  void update7() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents7_) {
      agent.goal = node;
    }
    agents7_.fill(Agent{});
    alloc_.end_frame();
  }

  void update8() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (const Node*& each : agents8_) {
      each = node;
    }
    std::fill_n(agents8_.begin(), agents8_.size(), nullptr);
    alloc_.end_frame();
  }

  void update9() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents9_) {
      agent.goal = node;
    }
    agents9_.assign(agents9_.size(), Agent{});
    alloc_.end_frame();
  }

  void update10() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents10_) {
      agent.goal = node;
    }
    agents10_.erase(agents10_.begin(), agents10_.end());
    alloc_.end_frame();
  }

  void update11() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents11_) {
      agent.goal = node;
    }
    agents11_.resize(0);
    alloc_.end_frame();
  }

  void update12() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents12_) {
      agent.goal = node;
    }
    for (Agent& agent : agents12_ | std::views::reverse) agent.forget();
    alloc_.end_frame();
  }

  void update13() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents13_) {
      agent.goal = node;
    }
    for (Agent& agent : std::span(agents13_)) agent.forget();
    alloc_.end_frame();
  }

  void update14() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents14_) {
      agent.goal = node;
    }
    while (!agents14_.empty()) agents14_.pop_back();
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
  std::array<Agent, 8> agents7_;
  std::array<const Node*, 8> agents8_;
  std::vector<Agent> agents9_;
  std::vector<Agent> agents10_;
  std::vector<Agent> agents11_;
  std::vector<Agent> agents12_;
  std::vector<Agent> agents13_;
  std::vector<Agent> agents14_;
};
