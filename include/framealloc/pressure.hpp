// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory pressure: who is notified, and when.
#pragma once

// What programs may have come to rely on this header to bring stands here too.
#include <framealloc/align.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/decommit.hpp>
#include <framealloc/ids.hpp>
#include <framealloc/lifecycle_event.hpp>
#include <framealloc/source.hpp>
#include <framealloc/subscription.hpp>
#include <framealloc/text.hpp>

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace framealloc {

enum class PressureLevel : std::uint8_t {
  None,
  Moderate,  ///< a good time to drop caches
  Critical,  ///< a request is about to be denied, or the system is stalling
};

enum class PressureReason : std::uint8_t {
  Threshold,  ///< reserved memory has passed AllocConfig::pressure_threshold
  Limit,      ///< global_memory_limit is about to deny a request
  Source,     ///< the memory source could not serve a request
  Notified,   ///< notify_memory_pressure()
};

/// Sizes in bytes.
struct PressureEvent {
  PressureLevel level = PressureLevel::None;
  PressureReason reason = PressureReason::Notified;
  std::size_t used = 0;       ///< reserved from the source
  std::size_t limit = 0;      ///< global_memory_limit; 0 = none
  std::size_t requested = 0;  ///< of the request about to be denied; 0 if there is none
};
/// Called with no library lock held, so it may free, evict, trim and allocate. Pressure caused by
/// its own calls on the same thread is not passed on. Must not throw.
using PressureHandler = void (*)(const PressureEvent& event, void* context);

}  // namespace framealloc
