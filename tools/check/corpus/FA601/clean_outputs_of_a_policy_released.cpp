// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <utility>

namespace fa = framealloc;

// Where the memory of the game comes from; another one takes it from malloc.
class FramePolicy {
 public:
  template <class T>
  class Row {
   public:
    Row(fa::FrameArena& arena, std::size_t count)
        : elements_(arena.alloc_batch<T>(count)), size_(count) {}
    std::size_t size() const { return size_; }
    T& operator[](std::size_t index) { return elements_[index]; }

   private:
    T* elements_;
    std::size_t size_;
  };
  class Local {
   public:
    explicit Local(fa::SmartAlloc& alloc) : arena_(alloc.frame_arena()) {}
    template <class T>
    Row<T> row(std::size_t count) {
      return Row<T>(arena_, count);
    }

   private:
    fa::FrameArena& arena_;
  };
  Local local() { return Local(alloc_); }
  void begin_frame() { alloc_.begin_frame(); }
  void end_frame() { alloc_.end_frame(); }

 private:
  fa::SmartAlloc alloc_;
};

template <class Policy>
class Particles {
 public:
  explicit Particles(Policy& policy) : policy_(policy) {}
  void update(unsigned chunk) {
    auto local = policy_.local();
    Output& output = outputs_[chunk].emplace(local);
    output.row[3] = 1.0F;
  }
  void release() {
    for (auto& output : outputs_) output.reset();
  }

 private:
  struct Output {
    template <class Local>
    explicit Output(Local& local) : row(local.template row<float>(64)) {}
    typename Policy::template Row<float> row;
  };
  Policy& policy_;
  std::array<std::optional<Output>, 4> outputs_;
};

template <class Policy>
class Game {
 public:
  Game() : particles_(policy_) {}
  void run_frame() {
    policy_.begin_frame();
    in_phase([this] {
      for (unsigned chunk = 0; chunk < 4; ++chunk) particles_.update(chunk);
    });
    in_phase([this] { particles_.release(); });
    policy_.end_frame();
  }

 private:
  template <class Work>
  void in_phase(Work&& work) {
    std::forward<Work>(work)();
  }
  Policy policy_;
  Particles<Policy> particles_;
};

int main() {
  Game<FramePolicy> game;
  for (int i = 0; i < 10; ++i) game.run_frame();
}
