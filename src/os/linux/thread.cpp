// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/os/thread.hpp>

#include <atomic>

#include <pthread.h>
#include <sched.h>

namespace framealloc::os {
namespace {

FRAMEALLOC_TLS_INITIAL_EXEC constinit thread_local std::uint64_t thread_number = 0;

struct ExitHook {
  void (*hook)(void*) = nullptr;
  void* argument = nullptr;
};
// Trivially destructible on purpose: it must still be readable after the thread's C++ thread-local
// objects are gone, which is when the key's destructor runs.
FRAMEALLOC_TLS_INITIAL_EXEC constinit thread_local ExitHook exit_hook;

void run_exit_hook(void*) {
  const ExitHook due = exit_hook;  // a copy, because the hook may register again
  if (due.hook != nullptr) due.hook(due.argument);
}

struct ExitKey {
  pthread_key_t key = 0;
  bool valid = false;
  ExitKey() noexcept { valid = pthread_key_create(&key, &run_exit_hook) == 0; }
};

const ExitKey& exit_key() noexcept {
  static const ExitKey key;
  return key;
}

// Made while the program loads: the C library keeps the values of a process's first keys in the
// thread's own block, and only for later keys it would have to allocate a table.
[[maybe_unused]] const ExitKey& made_at_load = exit_key();

}  // namespace

ThreadId current_thread_id() noexcept {
  static constinit std::atomic<std::uint64_t> last_number{0};
  if (thread_number == 0) [[unlikely]] {
    thread_number = last_number.fetch_add(1, std::memory_order_relaxed) + 1;
  }
  return ThreadId{thread_number};
}

bool at_thread_exit(void (*hook)(void*), void* argument) noexcept {
  const ExitKey& key = exit_key();
  // The system calls the key's destructor for threads whose value is not null; which value is
  // all the same, because the hook itself stands in the thread's own storage.
  if (!key.valid || pthread_setspecific(key.key, &exit_hook) != 0) return false;
  exit_hook = ExitHook{hook, argument};
  return true;
}

void relax(unsigned round) noexcept {
  // Long enough for a holder on another core to finish, short beside a time slice that a
  // descheduled holder waits for.
  constexpr unsigned kSpins = 64;
  if (round >= kSpins) {
    sched_yield();
    return;
  }
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  asm volatile("yield");
#endif
}

}  // namespace framealloc::os
