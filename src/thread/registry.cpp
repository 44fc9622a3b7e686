// SPDX-License-Identifier: MIT OR Apache-2.0
#include "thread/registry.hpp"

#include <framealloc/detail/os/thread.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/detail/thread/instance.hpp>

#include <atomic>
#include <mutex>
#include <new>

namespace framealloc::detail {

constinit FrameArena empty_arena;

namespace {
constinit TlsTable table_of_nobody(-1);
}  // namespace

void TlsSlot::show(PoolTable* table_to_use) noexcept {
  std::atomic_ref<PoolTable*>(pool).store(table_to_use, std::memory_order_relaxed);
}

void TlsSlot::clear() noexcept {
  arena = &empty_arena;
  show(&empty_pool_table);
  state = nullptr;
}

}  // namespace framealloc::detail

namespace framealloc::os {

constinit thread_local ThreadRecord* thread_record = &detail::table_of_nobody;
constinit ThreadRecord& record_of_nobody = detail::table_of_nobody;

ThreadRecord* construct_thread_record(void* home) noexcept { return ::new (home) detail::TlsTable; }

}  // namespace framealloc::os

namespace framealloc::detail::registry {

namespace {

constinit SpinLock lock;
constinit bool slot_taken[kTlsSlots] = {};

// A thread that ends takes its states off the list one by one. The state in its hands is named
// here, so that an allocator that dies at this moment waits until the thread is done with it. Each
// thread has at most one, on its stack.
struct HandingBack {
  const TlsTable* thread;
  Instance* instance;
  void (*end)(Instance&) = nullptr;  // the allocator's last handle went meanwhile, on this thread
  HandingBack* next = nullptr;
};
constinit HandingBack* handing_back = nullptr;  // guarded by the lock

void list(HandingBack& one) noexcept {
  one.next = handing_back;
  handing_back = &one;
}

void unlist(HandingBack& one) noexcept {
  const std::lock_guard guard(lock);
  for (HandingBack** link = &handing_back; *link != nullptr; link = &(*link)->next) {
    if (*link != &one) continue;
    *link = one.next;
    return;
  }
}

// A thread does not wait for itself: an object of its last frame may own the allocator that dies.
bool others_hand_back(const Instance& instance) noexcept {
  const std::lock_guard guard(lock);
  for (const HandingBack* one = handing_back; one != nullptr; one = one->next) {
    if (one->instance == &instance && one->thread != &tls_table()) return true;
  }
  return false;
}

void on_thread_exit(void* table_address) noexcept {
  auto* table = static_cast<TlsTable*>(table_address);
  const os::Section section;  // a child would wait for a thread that it does not have
  for (;;) {
    HandingBack mine{table, nullptr};
    ThreadState* state;
    {
      const std::lock_guard guard(lock);
      state = table->states;
      if (state == nullptr) break;
      table->states = state->next_in_thread;
      state->unlink();  // an allocator that dies now leaves it alone and waits
      mine.instance = &state->instance();
      list(mine);
    }
    mine.instance->retire(state);
    unlist(mine);
    if (mine.end != nullptr) mine.end(*mine.instance);
  }
}

}  // namespace

std::size_t take_slot() noexcept {
  const std::lock_guard guard(lock);
  for (std::size_t slot = 0; slot < kSharedTlsSlot; ++slot) {
    if (slot_taken[slot]) continue;
    slot_taken[slot] = true;
    return slot;
  }
  return kSharedTlsSlot;
}

void give_slot(std::size_t slot) noexcept {
  const std::lock_guard guard(lock);
  slot_taken[slot] = false;
}

bool link(ThreadState& state, std::size_t slot) noexcept {
  os::ThreadRecord& record = os::own_record();
  if (&record == &os::record_of_nobody) return false;
  auto& table = static_cast<TlsTable&>(record);
  {
    const std::lock_guard guard(lock);
    state.next_in_thread = table.states;
    table.states = &state;
    state.bind(table, slot == kSharedTlsSlot ? nullptr : &table.slots[slot]);
  }
  os::at_thread_exit(&on_thread_exit, &table);
  return true;
}

void forget(Instance& instance, bool mine_too) noexcept {
  {
    const std::lock_guard guard(lock);
    for (ThreadState* s = instance.first_state(); s != nullptr; s = s->next_in_instance) {
      if (mine_too || !s->belongs_to(tls_table())) s->forget();
    }
  }
  for (unsigned round = 0; others_hand_back(instance); ++round) os::relax(round);
}

bool postpone_end(const Instance& instance, void (*end)(Instance&)) noexcept {
  const std::lock_guard guard(lock);
  for (HandingBack* one = handing_back; one != nullptr; one = one->next) {
    if (one->instance != &instance || one->thread != &tls_table()) continue;
    one->end = end;
    return true;
  }
  return false;
}

// Under the lock, because the record may be another thread's by and by.
void divert(ThreadState& state) noexcept {
  const std::lock_guard guard(lock);
  state.divert();
}

// Under the lock, because an allocator that dies on another thread edits this thread's list.
ThreadState* find(const Instance& instance) noexcept {
  const std::lock_guard guard(lock);
  for (ThreadState* s = tls_table().states; s != nullptr; s = s->next_in_thread) {
    if (&s->instance() == &instance) return s;
  }
  return nullptr;
}

}  // namespace framealloc::detail::registry
