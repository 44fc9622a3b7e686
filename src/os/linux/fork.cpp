// SPDX-License-Identifier: MIT OR Apache-2.0
// What fork() needs: a child has the forking thread alone, and a lock that another thread held at
// that moment would stay locked in it forever.
#include <framealloc/detail/os/thread.hpp>
#include <framealloc/detail/os/thread_record.hpp>

#include <atomic>
#include <cerrno>

#include <linux/membarrier.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace framealloc::os {

constinit std::atomic<std::uint32_t> forks_waiting{0};

namespace {

// Sections are short, unless they call a user's handler that waits for something. After a second
// the fork takes place; a lock that is held then is held in the child.
constexpr unsigned kMostForkRounds = 10'000;
constexpr useconds_t kForkRound = 100;

// Effect: every thread that runs has seen what this one wrote, and the other way round. Threads
// need no barrier of their own when they enter a section.
void barrier_in_all_threads() noexcept {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) != 0) {
    usleep(10 * kForkRound);  // an old kernel: longer than a write stays in a processor
  }
}

void before_fork() noexcept {
  ThreadRecord& mine = own_record();
  if (&mine != &record_of_nobody) mine.forking = true;
  forks_waiting.fetch_add(1, std::memory_order_seq_cst);
  barrier_in_all_threads();
  lock_thread_records();
  for (unsigned round = 0; round < kMostForkRounds; ++round) {
    bool busy = false;
    for (ThreadRecord* one = first_thread_record(); one != nullptr; one = one->next) {
      if (one != &mine && one->sections.load(std::memory_order_acquire) > 0) busy = true;
    }
    if (!busy) return;
    // A thread may need a record before it can leave its section.
    unlock_thread_records();
    if (round < 64) {
      relax(64);
    } else {
      usleep(kForkRound);
    }
    lock_thread_records();
  }
}

void end_of_fork(bool child) noexcept {
  ThreadRecord& mine = *thread_record;
  if (child) {
    forks_waiting.store(0, std::memory_order_relaxed);
    for (ThreadRecord* one = first_thread_record(); one != nullptr; one = one->next) {
      if (one != &mine) one->sections.store(0, std::memory_order_relaxed);
    }
  } else {
    forks_waiting.fetch_sub(1, std::memory_order_release);
  }
  if (&mine != &record_of_nobody) mine.forking = false;
  unlock_thread_records();
}

void after_fork_in_parent() noexcept { end_of_fork(false); }
void after_fork_in_child() noexcept { end_of_fork(true); }

// The C library forgets the handlers when the shared object that they stand in is unloaded.
[[gnu::constructor(101)]] void watch_forks() noexcept {
  pthread_atfork(&before_fork, &after_fork_in_parent, &after_fork_in_child);
  syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
}

}  // namespace

void enter_section_slowly() noexcept {
  ThreadRecord& mine = own_record();
  if (&mine == &record_of_nobody) return;
  for (;;) {
    mine.sections.store(1, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if (forks_waiting.load(std::memory_order_relaxed) == 0 || mine.forking) return;
    mine.sections.store(0, std::memory_order_release);
    for (unsigned round = 0; forks_waiting.load(std::memory_order_acquire) != 0; ++round) {
      relax(round);
    }
  }
}

}  // namespace framealloc::os
