// SPDX-License-Identifier: MIT OR Apache-2.0
// What a key, a count or a place put in is taken out by the same one.
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
    kept0_[id] = node;
    kept0_.erase(id);
    alloc_.end_frame();
  }

  void update1(int id) {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    kept1_.insert_or_assign(id, node);
    kept1_[id] = nullptr;
    alloc_.end_frame();
  }

  void update2(int id) {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    kept2_.try_emplace(id, node);
    for (auto it = kept2_.begin(); it != kept2_.end();) it = kept2_.erase(it);
    alloc_.end_frame();
  }

  void update3(int id) {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    kept3_["first"].a = node;
    for (auto& [name, pair] : kept3_) pair.clear();
    alloc_.end_frame();
    (void)id;
  }

  void update4(int id) {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    kept4_[count4_++] = node;
    while (count4_ > 0) kept4_[--count4_] = nullptr;
    alloc_.end_frame();
    (void)id;
  }

  void update5(int id) {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    kept5_.a = node;
    std::memset(static_cast<void*>(&kept5_), 0, sizeof(kept5_));
    alloc_.end_frame();
  }

  void update6(int id) {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    kept6_[1] = node;
    std::memset(kept6_, 0, sizeof(kept6_));
    alloc_.end_frame();
    (void)id;
  }

  void update7(int id) {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    kept7_.push_back(node);
    kept7_.pop_back();
    alloc_.end_frame();
    (void)id;
  }

  void update8(int id) {
    alloc_.begin_frame();
    const Node* const node = alloc_.frame_new<Node>();
    kept8_ = Pair{node, nullptr};
    kept8_.emplace<std::monostate>();
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
  const Node* kept6_[4] = {};
  std::vector<const Node*> kept7_;
  std::variant<std::monostate, Pair> kept8_;
};
