// SPDX-License-Identifier: MIT OR Apache-2.0
// Being told of an access to memory that may not be touched, before the program ends of it. One
// source file per platform in src/os/.
#pragma once

#include <cstddef>
#include <cstdint>

namespace framealloc::os {

// One access that the processor refused.
struct Fault {
  std::uintptr_t address = 0;
  std::uintptr_t code = 0;  // address of the instruction; 0 when the platform does not tell
  enum class Access : std::uint8_t { Unknown, Read, Write } access = Access::Unknown;
};

// Called inside the signal handler: what it does has to be async-signal-safe. Result: whether the
// address was one that it knows.
using FaultListener = bool (*)(const Fault& fault) noexcept;

// Effect: `listener` hears of every invalid access of the process from the first call on, until
// there was one unwatch_faults() for each. Whatever handled the signal before is called afterward,
// the default action included, so a debugger stops and a core is written where they did before.
// Result: false when the platform has no such thing. Thread contract: any thread.
bool watch_faults(FaultListener listener) noexcept;
// Effect: after the last, the handler that was there before is back, unless another one has been
// installed since, which goes on calling this one; that then only passes faults on.
void unwatch_faults() noexcept;

// Writes to standard error; async-signal-safe.
void write_error(const char* text, std::size_t size) noexcept;

}  // namespace framealloc::os
