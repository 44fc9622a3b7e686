// SPDX-License-Identifier: MIT OR Apache-2.0
// Returns what an allocator holds but does not use; asked before a request is denied.
#pragma once

#include <framealloc/ids.hpp>

#include <cstddef>

namespace framealloc::detail {

// Implemented by thread/, which knows threads. What a running thread keeps ready is its own: no
// other can take it without a price on every allocation, so others are asked and answer at their
// next slow call or frame boundary.
// Thread contract: any thread, with no lock held: what it causes may be told to listeners.
class Reclaimer {
 public:
  // Effect: gives back to the budgets what the calling thread is charged for under the tag or below
  // it (under any tag when `whole`) and does not use, and what the parts that all threads share
  // hold likewise; asks the other threads for theirs. Result: whether anything came back.
  virtual bool give_back_charges(bool whole, TagId tag) noexcept = 0;
  // Effect: the same after a limit was set, and every other thread asks the budgets before it next
  // takes frame memory, also one that is being charged at this moment.
  virtual void recall_charges(bool whole, TagId tag) noexcept = 0;
  // Effect: the same for all tags, and memory: empty pages, chunks of dead frames.
  // Result: whether it is worth to ask for memory once more.
  virtual bool give_back_memory() noexcept = 0;
  // Result: bytes that other threads are charged for likewise and do not use.
  [[nodiscard]] virtual std::size_t ready_elsewhere(bool whole, TagId tag) const noexcept = 0;

 protected:
  ~Reclaimer() = default;
};

}  // namespace framealloc::detail
