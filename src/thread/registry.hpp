// SPDX-License-Identifier: MIT OR Apache-2.0
// The only thing all allocators of a process share: which of them uses which thread table slot,
// and which states a thread has to hand back when it ends.
#pragma once

#include <framealloc/detail/thread/thread_state.hpp>

#include <cstddef>

namespace framealloc::detail::registry {

// Result: a free slot, or kSharedTlsSlot when all are taken.
[[nodiscard]] std::size_t take_slot() noexcept;
void give_slot(std::size_t slot) noexcept;

// Effect: the calling thread owns `state` now, of the allocator that has the slot of this number,
// and hands it back when it ends. Result: false when there is no memory for the thread's table.
[[nodiscard]] bool link(ThreadState& state, std::size_t slot) noexcept;
// Effect: all threads forget `instance`, the calling one only if `mine_too`; returns once no thread
// else is handing a state of it back.
void forget(Instance& instance, bool mine_too) noexcept;
// Effect: if the calling thread is just handing its state in `instance` back, calls `end` when it
// has. Result: whether it is.
[[nodiscard]] bool postpone_end(const Instance& instance, void (*end)(Instance&)) noexcept;
// Effect: the next pool allocation of the thread that owns `state` takes the slow path. Any thread.
void divert(ThreadState& state) noexcept;
// Result: the calling thread's state in `instance`, null when it has none. For allocators that
// share the last slot of the tables.
[[nodiscard]] ThreadState* find(const Instance& instance) noexcept;

}  // namespace framealloc::detail::registry
