// SPDX-License-Identifier: MIT OR Apache-2.0
// Moving the ownership of an object from one thread to another: what does not depend on its type.
// The handle itself is container/transfer_handle.hpp.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/counter.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/ids.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>

namespace framealloc {

/// Number of a transfer, unique in the process; 0 is none.
struct TransferId {
  std::uint64_t value = 0;
  friend constexpr auto operator<=>(const TransferId&, const TransferId&) = default;
};

enum class TransferState : std::uint8_t {
  Owned,     ///< made, and still with the thread that made it
  InFlight,  ///< handed on: mark_sent(), or in a channel
  Received,  ///< somebody has the object
  Dropped,   ///< nobody got it; the object was destroyed
};

/// Of one allocator, over its life. initiated = completed + dropped + those under way.
struct TransferStats {
  std::uint64_t transfers_initiated = 0;
  std::uint64_t transfers_completed = 0;
  std::uint64_t transfers_dropped = 0;
  std::size_t bytes_transferred = 0;  ///< sizes of the objects that were received
};

namespace detail {

class Instance;

// Written by one thread; summed over all.
struct TransferCounts {
  OwnedCounter initiated, completed, dropped, bytes;
};

// Effect: counts a transfer of `bytes` that begins on the calling thread. Result: its id.
[[nodiscard]] FRAMEALLOC_API TransferId transfer_begins(Instance& instance,
                                                        std::size_t bytes) noexcept;
FRAMEALLOC_API void transfer_arrives(Instance& instance, std::size_t bytes) noexcept;
// Effect: counts a transfer that was never received, and reports it (FA206) unless `silently`.
FRAMEALLOC_API void transfer_drops(Instance& instance, TransferId id, ThreadId origin,
                                   std::size_t bytes, bool silently) noexcept;
// Effect: reports that an object was asked for that is not there any more (FA207).
FRAMEALLOC_API void transfer_is_gone(Instance& instance, TransferId id, ThreadId origin,
                                     TransferState state, std::size_t bytes,
                                     const CallSite& site) noexcept;
[[nodiscard]] TransferStats transfer_stats(const Instance& instance) noexcept;

}  // namespace detail
}  // namespace framealloc
