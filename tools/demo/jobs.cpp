// SPDX-License-Identifier: MIT OR Apache-2.0
#include "jobs.hpp"

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace fa_demo {
namespace {

void pause_briefly() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield" ::: "memory");
#endif
}

void give_way() noexcept {
#if defined(__linux__)
  syscall(SYS_sched_yield, 0UL, 0UL, 0UL, 0UL, 0UL, kHandOffMark);
#else
  std::this_thread::yield();
#endif
}

// std::atomic::wait would do, but its futex calls could not carry the mark.
void sleep_while(std::atomic<std::uint32_t>& word, std::uint32_t old) noexcept {
#if defined(__linux__)
  static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t));
  syscall(SYS_futex, &word, static_cast<unsigned long>(FUTEX_WAIT_PRIVATE),
          static_cast<unsigned long>(old), nullptr, nullptr, kHandOffMark);
#else
  word.wait(old, std::memory_order_acquire);
#endif
}

void wake_all(std::atomic<std::uint32_t>& word) noexcept {
#if defined(__linux__)
  syscall(SYS_futex, &word, static_cast<unsigned long>(FUTEX_WAKE_PRIVATE), 0x7FFF'FFFFUL, nullptr,
          nullptr, kHandOffMark);
#else
  word.notify_all();
#endif
}

constexpr int kSpins = 400;

thread_local unsigned t_worker = 0;

/// Waits until `word` is no longer `old`; returns its new value.
std::uint32_t await_change(std::atomic<std::uint32_t>& word, std::uint32_t old,
                           HandOff hand_off) noexcept {
  for (;;) {
    for (int spin = 0; spin < kSpins; ++spin) {
      const std::uint32_t now = word.load(std::memory_order_acquire);
      if (now != old) return now;
      pause_briefly();
    }
    if (hand_off == HandOff::Spin) {
      give_way();
    } else {
      sleep_while(word, old);
    }
  }
}

}  // namespace

JobCrew::JobCrew(unsigned threads, HandOff hand_off) : hand_off_(hand_off) {
  threads_.reserve(threads);
  for (unsigned index = 0; index < threads; ++index) {
    threads_.emplace_back([this, index] { work(index); });
  }
}

JobCrew::~JobCrew() {
  stop_.store(true, std::memory_order_relaxed);
  batch_.fetch_add(1, std::memory_order_release);
  wake_all(batch_);
  for (std::thread& thread : threads_) thread.join();
}

void JobCrew::start(std::span<const Job> jobs) noexcept {
  job_count_ = 0;
  for (const Job& job : jobs.first(jobs.size() < kMaxJobs ? jobs.size() : kMaxJobs)) {
    jobs_[job_count_++] = job;
  }
  busy_.store(threads(), std::memory_order_relaxed);
  batch_.fetch_add(1, std::memory_order_release);
  if (hand_off_ == HandOff::Park) wake_all(batch_);
}

void JobCrew::wait() noexcept {
  std::uint32_t busy = busy_.load(std::memory_order_acquire);
  while (busy != 0) busy = await_change(busy_, busy, hand_off_);
}

unsigned JobCrew::current_worker() noexcept { return t_worker; }

void JobCrew::work(unsigned index) noexcept {
  t_worker = index + 1;
  std::uint32_t seen = 0;
  for (;;) {
    seen = await_change(batch_, seen, hand_off_);
    if (stop_.load(std::memory_order_relaxed)) return;
    run_share(index);
    if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1 && hand_off_ == HandOff::Park) {
      wake_all(busy_);
    }
  }
}

void JobCrew::run_share(unsigned index) noexcept {
  for (std::size_t j = 0; j < job_count_; ++j) {
    const Job& job = jobs_[j];
    for (unsigned chunk = index; chunk < job.chunks; chunk += threads()) {
      job.run(job.context, chunk);
    }
  }
}

}  // namespace fa_demo
