// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <thread>
#include <vector>

namespace fa_demo {

/// The last argument of every system call that the hand-off makes. The kernel ignores it there; the
/// system call census reads it, and so tells a job thread's wait from a call made for memory.
inline constexpr unsigned long kHandOffMark = 0xFA11'0FF5UL;

/// One piece of parallel work, cut into chunks. `run` gets the chunk's number, not the thread's:
/// results must not depend on how many threads there are.
struct Job {
  void (*run)(void* context, unsigned chunk) = nullptr;
  void* context = nullptr;
  unsigned chunks = 0;
};

/// How a thread waits for the next batch.
enum class HandOff {
  Park,  ///< Spins for a moment, then sleeps in the kernel: what a game does that shares its cores.
  Spin,  ///< Spins and yields, never sleeps: for machines with a core for each thread.
};

/// A fixed set of threads that run batches of jobs.
///
/// Chunk c always runs on thread c % threads, so that a thread's memory use repeats from frame to
/// frame; a shared counter would hand one thread more chunks today than yesterday, and its arena
/// would grow in a frame that is otherwise like the last one.
/// Thread contract: start() and wait() from one thread, alternately.
class JobCrew {
 public:
  JobCrew(unsigned threads, HandOff hand_off);
  ~JobCrew();
  JobCrew(const JobCrew&) = delete;
  JobCrew& operator=(const JobCrew&) = delete;

  /// Starts a batch of at most kMaxJobs jobs and returns at once. The jobs are copied.
  void start(std::span<const Job> jobs) noexcept;
  /// Returns when every chunk of the batch has run; what the chunks wrote is then visible.
  void wait() noexcept;

  unsigned threads() const noexcept { return static_cast<unsigned>(threads_.size()); }

  static constexpr std::size_t kMaxJobs = 4;
  static constexpr unsigned kMaxThreads = 64;
  /// The number of the thread that calls, from 1; 0 for one that is not a crew's.
  static unsigned current_worker() noexcept;

 private:
  void work(unsigned index) noexcept;
  void run_share(unsigned index) noexcept;

  std::array<Job, kMaxJobs> jobs_{};
  std::size_t job_count_ = 0;
  HandOff hand_off_;
  // The batch number and the count of threads still busy are written by different threads: each has
  // a cache line of its own, so that a finishing worker does not disturb one that waits to start.
  alignas(64) std::atomic<std::uint32_t> batch_{0};
  alignas(64) std::atomic<std::uint32_t> busy_{0};
  alignas(64) std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

}  // namespace fa_demo
