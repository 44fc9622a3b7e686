// SPDX-License-Identifier: MIT OR Apache-2.0
// What a frame costs before anything is allocated: begin_frame() and end_frame(), alone and with 64
// other threads attached that sleep; and the same after many allocations, whose number must not
// matter (their own cost is that of the framealloc-arena rows).
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include <framealloc/smart_alloc.hpp>

#include "../harness/case.hpp"
#include "../harness/touch.hpp"
#include "peers.hpp"

namespace bench {
namespace {

using framealloc::SmartAlloc;

// Threads that have allocated in a frame once and then do nothing until they are let go.
class IdleThreads {
 public:
  IdleThreads(SmartAlloc& allocator, std::size_t count) {
    allocator.begin_frame();
    for (std::size_t i = 0; i < count; ++i) {
      threads_.emplace_back([this, allocator]() mutable {
        escape(allocator.frame_alloc<Block<64>>());
        std::unique_lock lock(mutex_);
        ++attached_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return leave_; });
      });
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return attached_ == count; });
    lock.unlock();
    allocator.end_frame();
  }
  ~IdleThreads() {
    {
      const std::lock_guard lock(mutex_);
      leave_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  IdleThreads(const IdleThreads&) = delete;
  IdleThreads& operator=(const IdleThreads&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t attached_ = 0;
  bool leave_ = false;
  std::vector<std::thread> threads_;
};

template <std::size_t idle_threads, std::size_t allocations>
class Boundary final : public Case {
 public:
  static constexpr std::size_t kOps = 100;

  void run(std::size_t rounds) override {
    for (std::size_t i = 0; i < rounds * kOps; ++i) {
      allocator_.begin_frame();
      frame(NoProbe());
      allocator_.end_frame();
    }
  }
  void check(Ledger& ledger) override {
    for (std::size_t i = 0; i < kOps; ++i) {
      allocator_.begin_frame();
      frame(LedgerProbe(ledger));
      allocator_.end_frame();
      ledger.round_over(true);
    }
  }

 private:
  template <class Probe>
  void frame(Probe probe) {
    if constexpr (allocations > 0) {
      framealloc::FrameArena& arena = allocator_.frame_arena();
      for (std::size_t i = 0; i < allocations; ++i) {
        touch(probe, arena.alloc<Block<64>>(), sizeof(Block<64>), alignof(Block<64>), i);
      }
    }
  }

  SmartAlloc allocator_;
  IdleThreads idle_{allocator_, idle_threads};
};

template <std::size_t idle_threads, std::size_t allocations>
void add(Rows& rows, const std::string& workload) {
  using CaseType = Boundary<idle_threads, allocations>;
  Row row;
  row.workload = "frame/" + workload;
  row.peer = "framealloc";
  row.ops = CaseType::kOps;
  row.expected_objects = CaseType::kOps * allocations;
  row.make = [] { return std::make_unique<CaseType>(); };
  rows.add(std::move(row));
}

// What a frame has been through decides how it ends.
enum class Kind { Scope, EightTags, TwoChunks };

template <Kind kind>
class Eventful final : public Case {
 public:
  static constexpr std::size_t kOps = 100;
  static constexpr std::size_t kObjects = kind == Kind::EightTags ? 4 : kind == Kind::Scope ? 1 : 2;

  void run(std::size_t rounds) override {
    for (std::size_t i = 0; i < rounds * kOps; ++i) frame(NoProbe());
  }
  void check(Ledger& ledger) override {
    for (std::size_t i = 0; i < kOps; ++i) {
      frame(LedgerProbe(ledger));
      ledger.round_over(true);
    }
  }

 private:
  static constexpr std::size_t kHalf = std::size_t{80} << 10;
  template <class Probe>
  void frame(Probe probe) {
    allocator_.begin_frame();
    if constexpr (kind == Kind::Scope) {
      const framealloc::FrameScope scope = allocator_.frame_scope();
      touch(probe, allocator_.frame_alloc<Block<64>>(), 64, alignof(Block<64>), 1);
    } else if constexpr (kind == Kind::EightTags) {
      for (std::size_t i = 0; i < kObjects; ++i) {
        const framealloc::TagScope tag = allocator_.tag_scope("tag");
        touch(probe, allocator_.frame_alloc<Block<64>>(), 64, alignof(Block<64>), i);
      }
    } else {
      for (std::size_t i = 0; i < kObjects; ++i) {
        touch(probe, allocator_.frame_alloc_layout(kHalf, 16), kHalf, 16, i);
      }
    }
    allocator_.end_frame();
  }

  SmartAlloc allocator_{framealloc::AllocConfig{}
                            .with_frame_arena_size(std::size_t{128} << 10)
                            .with_frame_chunk_size(std::size_t{128} << 10)};
};

// Scopes in scopes, in a frame that has a checkpoint: what one costs must not depend on how many
// the frame has had.
template <std::size_t scopes>
class NestedScopes final : public Case {
 public:
  static constexpr std::size_t kOps = scopes;

  void run(std::size_t rounds) override {
    for (std::size_t i = 0; i < rounds; ++i) frame(NoProbe());
  }
  void check(Ledger& ledger) override {
    frame(LedgerProbe(ledger));
    ledger.round_over(true);
  }

 private:
  template <class Probe>
  void frame(Probe probe) {
    allocator_.begin_frame();
    static_cast<void>(allocator_.frame_checkpoint());
    for (std::size_t i = 0; i < scopes; ++i) {
      touch(probe, allocator_.frame_alloc<Block<64>>(), 64, alignof(Block<64>), i);
      const framealloc::FrameScope outer = allocator_.frame_scope();
      framealloc::FrameArena& arena = allocator_.frame_arena();
      escape(arena.alloc<Block<64>>());
      const framealloc::FrameScope inner = allocator_.frame_scope();
      escape(arena.alloc<Block<64>>());
    }
    allocator_.end_frame();
  }

  SmartAlloc allocator_;
};

template <class CaseType>
void add_eventful(Rows& rows, const std::string& workload, std::size_t objects) {
  Row row;
  row.workload = "frame/" + workload;
  row.peer = "framealloc";
  row.ops = CaseType::kOps;
  row.expected_objects = CaseType::kOps * objects;
  row.make = [] { return std::make_unique<CaseType>(); };
  rows.add(std::move(row));
}

}  // namespace

void add_frame_boundary(Rows& rows) {
  add<0, 0>(rows, "empty");
  add<0, 100>(rows, "100-objects");
  add<0, 10'000>(rows, "10000-objects");
  add<64, 0>(rows, "64-idle-threads");
  add_eventful<Eventful<Kind::Scope>>(rows, "scope", 1);
  add_eventful<Eventful<Kind::EightTags>>(rows, "8-tag-changes", 4);
  add_eventful<Eventful<Kind::TwoChunks>>(rows, "2-chunks", 2);
  add_eventful<NestedScopes<1000>>(rows, "1000-nested-scopes", 1);
  add_eventful<NestedScopes<64'000>>(rows, "64000-nested-scopes", 1);
}

}  // namespace bench
