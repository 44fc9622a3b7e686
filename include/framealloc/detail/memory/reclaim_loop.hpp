// SPDX-License-Identifier: MIT OR Apache-2.0
// The measures before a request is denied memory, the same for every allocator.
#pragma once

#include <framealloc/compiler.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

class PressureMonitor;

// One per request, next to the loop that tries it:
//
//   for (ReclaimLoop reclaim(pressure);;) {
//     memory = take(&denied_by_limit);
//     if (memory != nullptr || !reclaim.more(bytes, denied_by_limit)) break;
//   }
//
// Each measure is taken once per request, so the loop ends. Thread contract: one thread, with no
// lock held; the measures may use the calling allocator.
class ReclaimLoop {
 public:
  // `pressure` may be null: then there are no measures.
  explicit ReclaimLoop(PressureMonitor* pressure) noexcept
      : pressure_(pressure), next_(pressure != nullptr ? Step::GiveBack : Step::Done) {}

  // Effect: takes the next measure: first returns what is held and not used; then calls the
  // pressure handler and returns idle memory to the source.
  // Result: whether it is worth trying the request, of `bytes`, once more.
  [[nodiscard]] FRAMEALLOC_COLD bool more(std::size_t bytes, bool denied_by_limit) noexcept;

 private:
  enum class Step : std::uint8_t { GiveBack, Tell, Done };

  PressureMonitor* pressure_;
  Step next_;
};

}  // namespace framealloc::detail
