// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/os/thread.hpp>

#include <framealloc/detail/os/thread_record.hpp>
#include "os/virtual_memory.hpp"

#include <atomic>
#include <utility>

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

namespace framealloc::os {
namespace {

// Enough for the threads of most programs at once; memory only once it is touched.
constexpr std::size_t kStaticRecords = 96;
constexpr std::size_t kBlockBytes = std::size_t{64} << 10;
alignas(64) constinit std::byte static_records[kStaticRecords * kThreadRecordBytes] = {};

// Of what follows. No SpinLock: those need a record.
constinit std::atomic<bool> records_locked{false};
constinit std::byte* unused = static_records;  // storage that no record was made in yet
constinit std::byte* unused_end = static_records + sizeof static_records;
constinit ThreadRecord* all_records = nullptr;
constinit ThreadRecord* free_records = nullptr;

ThreadRecord* take_record() noexcept {
  lock_thread_records();
  ThreadRecord* record = free_records;
  if (record != nullptr) {
    free_records = record->next_free;
    ThreadRecord* const next = record->next;
    record = construct_thread_record(record);
    record->next = next;
    unlock_thread_records();
    return record;
  }
  if (static_cast<std::size_t>(unused_end - unused) < kThreadRecordBytes) {
    auto* const block = static_cast<std::byte*>(map(kBlockBytes, page_size()));
    if (block == nullptr) {
      unlock_thread_records();
      return nullptr;
    }
    unused = block;
    unused_end = block + kBlockBytes;
  }
  record = construct_thread_record(unused);
  unused += kThreadRecordBytes;
  record->next = all_records;
  all_records = record;
  unlock_thread_records();
  return record;
}

void give_record_back(ThreadRecord* record) noexcept {
  thread_record = &record_of_nobody;
  lock_thread_records();
  record->next_free = free_records;
  free_records = record;
  unlock_thread_records();
}

// The key through which the system says that a thread ends; its value is the thread's record.
constinit pthread_key_t exit_key = 0;
constinit std::atomic<bool> exit_key_valid{false};
constinit std::atomic<unsigned> running_hooks{0};

// The system's destructors of keys run after those of the thread's C++ thread-local objects.
void on_thread_end(void* value) noexcept {
  running_hooks.fetch_add(1, std::memory_order_relaxed);
  auto* const record = static_cast<ThreadRecord*>(value);
  thread_record = record;
  void (*const hook)(void*) = std::exchange(record->exit_hook, nullptr);
  if (hook != nullptr) hook(record->exit_argument);
  // A hook that registered again has set the key again, and the system comes again.
  if (record->exit_hook == nullptr) give_record_back(record);
  running_hooks.fetch_sub(1, std::memory_order_release);
}

// Before all other initializers: the C library keeps the values of a process's first keys in the
// thread's own block, and only for later keys it would have to allocate a table.
[[gnu::constructor(101)]] void make_exit_key() noexcept {
  exit_key_valid = pthread_key_create(&exit_key, &on_thread_end) == 0;
}

// After all other destructors, when the process ends or a plugin that the library is linked into is
// unloaded. Without the key no thread that ends later comes here any more; one that is here is
// waited for, though not forever, because a destructor of the user's may be what it is in.
[[gnu::destructor(101)]] void delete_exit_key() noexcept {
  if (!exit_key_valid.exchange(false)) return;
  pthread_key_delete(exit_key);
  constexpr unsigned kMostRounds = 1000;
  constexpr useconds_t kRound = 1000;
  bool waited = false;
  for (unsigned round = 0; round < kMostRounds; ++round) {
    if (running_hooks.load(std::memory_order_acquire) == 0) break;
    usleep(kRound);
    waited = true;
  }
  if (waited) usleep(kRound);  // from the count to its return a thread still has some instructions
}

}  // namespace

void lock_thread_records() noexcept {
  for (unsigned round = 0; records_locked.exchange(true, std::memory_order_acquire); ++round) {
    relax(round);
  }
}

void unlock_thread_records() noexcept { records_locked.store(false, std::memory_order_release); }

ThreadRecord* first_thread_record() noexcept { return all_records; }

ThreadRecord& make_thread_record() noexcept {
  ThreadRecord* const record = take_record();
  if (record == nullptr) return record_of_nobody;
  thread_record = record;
  if (exit_key_valid) pthread_setspecific(exit_key, record);
  return *record;
}

ThreadId current_thread_id() noexcept {
  static constinit std::atomic<std::uint64_t> last_number{0};
  ThreadRecord& mine = own_record();
  if (mine.number != 0) [[likely]]
    return ThreadId{mine.number};
  const std::uint64_t number = last_number.fetch_add(1, std::memory_order_relaxed) + 1;
  if (&mine != &record_of_nobody) mine.number = number;
  return ThreadId{number};
}

bool at_thread_exit(void (*hook)(void*), void* argument) noexcept {
  ThreadRecord& mine = own_record();
  if (&mine == &record_of_nobody || !exit_key_valid) return false;
  if (pthread_setspecific(exit_key, &mine) != 0) return false;
  mine.exit_hook = hook;
  mine.exit_argument = argument;
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
