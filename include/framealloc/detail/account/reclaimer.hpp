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
  // Effect: returns to the budgets what the calling thread is charged for under the tag or below it
  // (under any tag if `whole`) but does not use, and the same for the parts that all threads share;
  // asks the other threads to return theirs. Result: whether anything was returned.
  virtual bool give_back_charges(bool whole, TagId tag) noexcept = 0;
  // Effect: the same after a limit was set; every other thread must then charge the budgets before
  // it next takes frame memory, even one that is being charged at this moment.
  virtual void recall_charges(bool whole, TagId tag) noexcept = 0;
  // Effect: the same for all tags, and memory: empty pages, chunks of dead frames.
  // Result: whether it is worth requesting memory once more.
  virtual bool give_back_memory() noexcept = 0;
  // Result: bytes that other threads are charged for in the same way but do not use.
  [[nodiscard]] virtual std::size_t ready_elsewhere(bool whole, TagId tag) const noexcept = 0;

 protected:
  ~Reclaimer() = default;
};

}  // namespace framealloc::detail
