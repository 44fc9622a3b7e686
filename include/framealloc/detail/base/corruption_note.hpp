// SPDX-License-Identifier: MIT OR Apache-2.0
// A state that only a fault of the library, or memory that the program wrote over, can make: noted
// where it is met, told (FA009) where a handler may run.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/ids.hpp>
#include <framealloc/text.hpp>

#include <atomic>
#include <cstdint>
#include <string_view>

namespace framealloc::detail {

struct Corruption {
  Text<256> message{};  // what was found where, and what was expected
  TagId tag = TagId::Untagged;
  const void* address = nullptr;
  std::uint32_t more = 0;  // met before this one was reported, and are not kept
};

// Where a list turns out to be broken, locks are held and counters are half written: no place for a
// handler that may call the allocator. One per allocator; keeps the first fault until it is told,
// since what is found after it is often its consequence. Allocates nothing.
// Thread contract: any thread, with any lock held.
class CorruptionNote {
 public:
  CorruptionNote() = default;
  CorruptionNote(const CorruptionNote&) = delete;
  CorruptionNote& operator=(const CorruptionNote&) = delete;

  FRAMEALLOC_COLD void note(std::string_view message, const void* address = nullptr,
                            TagId tag = TagId::Untagged) noexcept;
  [[nodiscard]] bool pending() const noexcept {
    return state_.load(std::memory_order_relaxed) == State::Kept;
  }
  // Result: true for one caller per note, which tells it then.
  [[nodiscard]] FRAMEALLOC_COLD bool take(Corruption& found) noexcept;

 private:
  enum class State : std::uint8_t { Empty, Busy, Kept };
  std::atomic<State> state_{State::Empty};
  std::atomic<std::uint32_t> more_{0};
  Corruption kept_{};
};

}  // namespace framealloc::detail
