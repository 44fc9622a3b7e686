// SPDX-License-Identifier: MIT OR Apache-2.0
// The second thread of the workloads that need two: one for the life of the process, so that peers
// see the same thread again and again, asleep whenever it has nothing to do.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace bench {

class SecondThread {
 public:
  SecondThread();
  ~SecondThread();
  SecondThread(const SecondThread&) = delete;
  SecondThread& operator=(const SecondThread&) = delete;

  // Effect: lets the second thread call `job`. Requires: no job is under way; finish() follows.
  void start(std::function<void()> job);
  // Effect: waits until the job has returned.
  void finish();
  void call(std::function<void()> job) {
    start(std::move(job));
    finish();
  }

 private:
  void loop();

  std::function<void()> job_;
  // Odd while a job is under way; the thread sleeps on it.
  std::atomic<unsigned> turn_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

// Result: the process's second thread, started on first use.
[[nodiscard]] SecondThread& second_thread();

// Both threads leave at the same moment, to within a cache line's travel.
class SpinMeeting {
 public:
  void meet() {
    const unsigned phase = phase_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) == 1) {
      arrived_.store(0, std::memory_order_relaxed);
      phase_.store(phase + 1, std::memory_order_release);
      return;
    }
    for (unsigned spins = 0; phase_.load(std::memory_order_acquire) == phase; ++spins) {
      // On a busy machine the other thread may not be running at all.
      if (spins > 20'000) std::this_thread::yield();
    }
  }

 private:
  alignas(64) std::atomic<unsigned> arrived_{0};
  alignas(64) std::atomic<unsigned> phase_{0};
};

}  // namespace bench
