// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <optional>

namespace fa = framealloc;

struct Edge {
  int a = 0, b = 0;
};
// The memory of the game, and a view of it for one piece of work.
class Memory {
 public:
  class Local {
   public:
    explicit Local(fa::SmartAlloc& alloc) : arena_(alloc.frame_arena()) {}
    Edge** row(std::size_t count) { return arena_.alloc_batch<Edge*>(count); }

   private:
    fa::FrameArena& arena_;
  };
  Local local() { return Local(alloc_); }
  void begin_frame() { alloc_.begin_frame(); }
  void end_frame() { alloc_.end_frame(); }

 private:
  fa::SmartAlloc alloc_;
};
struct Graph {
  Graph(Memory::Local& local, std::size_t count) : edges(local.row(count)) {}  // expect: FA601
  Edge** edges;
};
class Physics {
 public:
  explicit Physics(Memory& memory) : memory_(memory) {}
  void gather(std::size_t count) {
    auto local = memory_.local();
    graph_.emplace(local, count);
  }
  void release() { graph_.reset(); }

 private:
  Memory& memory_;
  std::optional<Graph> graph_;
};
class Game {
 public:
  Game() : physics_(memory_) {}
  void begin() { memory_.begin_frame(); }
  void tick() { physics_.gather(20); }
  void end() { memory_.end_frame(); }

 private:
  Memory memory_;
  Physics physics_;
};
