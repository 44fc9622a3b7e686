// SPDX-License-Identifier: MIT OR Apache-2.0
// Loops by iterators empty all elements before the frame ends.
#include <framealloc/framealloc.hpp>

#include <iterator>
#include <list>
#include <map>
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
    for (auto it = agents0_.begin(); it != agents0_.end(); ++it) it->forget();
    alloc_.end_frame();
  }

  void update1() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents1_) {
      agent.goal = node;
    }
    for (auto it = agents1_.begin(), end = agents1_.end(); it != end; ++it) it->goal = nullptr;
    alloc_.end_frame();
  }

  void update2() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents2_) {
      agent.goal = node;
    }
    const auto end = agents2_.end();
    for (auto it = agents2_.begin(); it != end; it++) *it = Agent{};
    alloc_.end_frame();
  }

  void update3() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents3_) {
      agent.goal = node;
    }
    for (auto it = agents3_.rbegin(); it != agents3_.rend(); ++it) (*it).forget();
    alloc_.end_frame();
  }

  void update4() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents4_) {
      agent.goal = node;
    }
    for (auto it = std::begin(agents4_); it != std::end(agents4_); ++it) {
      Agent& agent = *it;
      agent.forget();
    }
    alloc_.end_frame();
  }

  void update5() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents5_) {
      agent.goal = node;
    }
    auto it = agents5_.begin();
    while (it != agents5_.end()) {
      it->forget();
      ++it;
    }
    alloc_.end_frame();
  }

  void update6() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (Agent& agent : agents6_) {
      agent.goal = node;
    }
    for (auto it = agents6_.begin(); it != agents6_.end(); ++it) it->forget();
    alloc_.end_frame();
  }

  void update7() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (auto& [key, agent] : agents7_) {
      agent.goal = node;
    }
    for (auto it = agents7_.begin(); it != agents7_.end(); ++it) it->second.forget();
    alloc_.end_frame();
  }

  void update8() {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    for (const Node*& each : agents8_) {
      each = node;
    }
    for (auto it = agents8_.begin(); it != agents8_.end(); ++it) *it = nullptr;
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
  std::list<Agent> agents6_;
  std::map<int, Agent> agents7_;
  std::vector<const Node*> agents8_;
};
