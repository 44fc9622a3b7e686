// SPDX-License-Identifier: MIT OR Apache-2.0
// Sleeping until a word changes: what std::atomic::wait offers, with a time limit.
#pragma once

#include <framealloc/compiler.hpp>

#include <atomic>
#include <cstdint>

namespace framealloc::os {

inline constexpr std::uint64_t kNoTimeout = UINT64_MAX;

// Effect: sleeps while `word` holds `expected`, for at most `timeout_ns` nanoseconds; it may also
// return for no reason, so that the caller looks again. Result: false when the time ran out.
// Thread contract: any thread.
FRAMEALLOC_API bool sleep_while_equal(const std::atomic<std::uint32_t>& word,
                                      std::uint32_t expected, std::uint64_t timeout_ns) noexcept;
// Effect: wakes one sleeper of the word, or all.
FRAMEALLOC_API void wake_one(const std::atomic<std::uint32_t>& word) noexcept;
FRAMEALLOC_API void wake_all(const std::atomic<std::uint32_t>& word) noexcept;

}  // namespace framealloc::os
