// SPDX-License-Identifier: MIT OR Apache-2.0
// Loops by pointers, and by counters that go down or stay below what was counted before.
#include <framealloc/framealloc.hpp>

#include <array>
#include <cstddef>
#include <iterator>
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
      agent.goal = node;
    }
    for (Agent* agent = agents0_; agent != agents0_ + 8; ++agent) agent->forget();
    alloc_.end_frame();
  }

  void update1() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents1_) {
      agent.goal = node;
    }
    for (Agent* agent = std::begin(agents1_); agent != std::end(agents1_); ++agent) agent->forget();
    alloc_.end_frame();
  }

  void update2() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents2_) {
      agent.goal = node;
    }
    for (Agent *agent = agents2_, *end = agents2_ + std::size(agents2_); agent < end; ++agent)
      agent->forget();
    alloc_.end_frame();
  }

  void update3() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents3_) {
      agent.goal = node;
    }
    for (Agent *agent = agents3_.data(), *end = agent + agents3_.size(); agent != end; ++agent)
      agent->forget();
    alloc_.end_frame();
  }

  void update4() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents4_) {
      agent.goal = node;
    }
    for (std::size_t i = agents4_.size(); i-- > 0;) agents4_[i].forget();
    alloc_.end_frame();
  }

  void update5() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents5_) {
      agent.goal = node;
    }
    for (std::size_t i = agents5_.size(); i > 0; --i) agents5_[i - 1].forget();
    alloc_.end_frame();
  }

  void update6() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents6_) {
      agent.goal = node;
    }
    for (int i = static_cast<int>(agents6_.size()) - 1; i >= 0; --i)
      agents6_[static_cast<std::size_t>(i)].forget();
    alloc_.end_frame();
  }

  void update7() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents7_) {
      agent.goal = node;
    }
    const std::size_t count = agents7_.size();
    for (std::size_t i = 0; i < count; ++i) agents7_[i].forget();
    alloc_.end_frame();
  }

  void update8() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents8_) {
      agent.goal = node;
    }
    std::size_t i = 0;
    while (i < agents8_.size()) {
      agents8_.at(i).forget();
      ++i;
    }
    alloc_.end_frame();
  }

  void update9() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents9_) {
      agent.goal = node;
    }
    for (std::ptrdiff_t i = 0; i < std::ssize(agents9_); ++i)
      agents9_[static_cast<std::size_t>(i)].forget();
    alloc_.end_frame();
  }

  void update10() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents10_) {
      agent.goal = node;
    }
    for (std::size_t i = 0; i <= 7; ++i) agents10_[i].forget();
    alloc_.end_frame();
  }

  void update11() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent* agent : agents11_) {
      agent->goal = node;
    }
    for (std::size_t i = 0; i < agents11_.size(); ++i) agents11_[i]->goal = nullptr;
    alloc_.end_frame();
  }

  void update12() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent* agent : agents12_) {
      agent->goal = node;
    }
    for (Agent* agent : agents12_) agent->goal = nullptr;
    alloc_.end_frame();
  }

 private:
  fa::SmartAlloc& alloc_;
  Agent agents0_[8];
  Agent agents1_[8];
  Agent agents2_[8];
  std::vector<Agent> agents3_;
  std::vector<Agent> agents4_;
  std::vector<Agent> agents5_;
  std::vector<Agent> agents6_;
  std::vector<Agent> agents7_;
  std::vector<Agent> agents8_;
  std::vector<Agent> agents9_;
  std::array<Agent, 8> agents10_;
  std::vector<Agent*> agents11_;
  std::vector<Agent*> agents12_;
};
