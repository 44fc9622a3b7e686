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

}  // namespace

void add_frame_boundary(Rows& rows) {
  add<0, 0>(rows, "empty");
  add<0, 100>(rows, "100-objects");
  add<0, 10'000>(rows, "10000-objects");
  add<64, 0>(rows, "64-idle-threads");
}

}  // namespace bench
