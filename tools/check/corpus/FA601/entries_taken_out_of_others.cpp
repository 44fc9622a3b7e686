// SPDX-License-Identifier: MIT OR Apache-2.0
// What is taken out is another key, less than all, another object or another half.
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <cstring>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace fa = framealloc;

struct Node {
  int cell = 0;
};

struct Pair {
  const Node* a = nullptr;
  const Node* b = nullptr;
  void clear() { a = b = nullptr; }
};

class World {
 public:
  explicit World(fa::SmartAlloc& alloc) : alloc_(alloc) {}

  void update0(int id) {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    kept0_[id] = node;  // expect: FA601
    kept0_.erase(id + 1);
    alloc_.end_frame();
  }

  void update1(int id) {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    kept1_[id] = node;  // expect: FA601
    kept1_[id + 1] = nullptr;
    alloc_.end_frame();
  }

  void update2(int id) {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    kept2_.try_emplace(id, node);  // expect: FA601
    for (auto it = kept2_.begin(); it != kept2_.end();) {
      if (it->first > 3)
        it = kept2_.erase(it);
      else
        ++it;
    }
    alloc_.end_frame();
  }

  void update3(int id) {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    kept3_["first"].a = node;  // expect: FA601
    for (auto& [name, pair] : kept3_) pair.b = nullptr;
    alloc_.end_frame();
    (void)id;
  }

  void update4(int id) {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    kept4_[count4_++] = node;  // expect: FA601
    while (count4_ > 1) kept4_[--count4_] = nullptr;
    alloc_.end_frame();
    (void)id;
  }

  void update5(int id) {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    kept5_.a = node;  // expect: FA601
    Pair other;
    std::memset(static_cast<void*>(&other), 0, sizeof(other));
    alloc_.end_frame();
  }

  void update6(int id) {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    kept6_.push_back(node);  // expect: FA601
    kept6_.push_back(nullptr);
    kept6_.pop_back();
    alloc_.end_frame();
    (void)id;
  }

 private:
  fa::SmartAlloc& alloc_;
  std::map<int, const Node*> kept0_;
  std::map<int, const Node*> kept1_;
  std::map<int, const Node*> kept2_;
  std::map<std::string, Pair> kept3_;
  const Node* kept4_[4] = {};
  std::size_t count4_ = 0;
  Pair kept5_;
  std::vector<const Node*> kept6_;
};
