// SPDX-License-Identifier: MIT OR Apache-2.0
// Loops that stop one short, begin one late, or know only of those that were there before.
#include <framealloc/framealloc.hpp>

#include <cstddef>
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
    for (Agent* agent = agents0_; agent != agents0_ + 7; ++agent) agent->forget();
    alloc_.end_frame();
  }

  void update1() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents1_) {
      agent.goal = node;  // expect: FA601
    }
    for (int i = 1; i < 8; ++i) agents1_[i].forget();
    alloc_.end_frame();
  }

  void update2() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents2_) {
      agent.goal = node;  // expect: FA601
    }
    for (std::size_t i = agents2_.size(); i-- > 1;) agents2_[i].forget();
    alloc_.end_frame();
  }

  void update3() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents3_) {
      agent.goal = node;  // expect: FA601
    }
    for (std::size_t i = agents3_.size(); i > 1; --i) agents3_[i - 1].forget();
    alloc_.end_frame();
  }

  void update4() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents4_) {
      agent.goal = node;  // expect: FA601
    }
    const std::size_t count = agents4_.size() / 2;
    for (std::size_t i = 0; i < count; ++i) agents4_[i].forget();
    alloc_.end_frame();
  }

  void update5() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    const std::size_t count = agents5_.size();
    agents5_.push_back(Agent{});
    for (Agent& agent : agents5_) {
      agent.goal = node;  // expect: FA601
    }
    for (std::size_t i = 0; i < count; ++i) agents5_[i].forget();
    alloc_.end_frame();
  }

  void update6() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent* agent : agents6_) {
      agent->goal = node;  // expect: FA601
    }
    if (!agents6_.empty()) agents6_[0]->goal = nullptr;
    alloc_.end_frame();
  }

 private:
  fa::SmartAlloc& alloc_;
  Agent agents0_[8];
  Agent agents1_[8];
  std::vector<Agent> agents2_;
  std::vector<Agent> agents3_;
  std::vector<Agent> agents4_;
  std::vector<Agent> agents5_;
  std::vector<Agent*> agents6_;
};
