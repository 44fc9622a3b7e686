// SPDX-License-Identifier: MIT OR Apache-2.0
// What is measured: a library at work, on our memory or on the C library's.
#pragma once

#include <framealloc/c_hooks/c_hooks.hpp>

#include <cstdint>

namespace bench {

enum class Side : std::uint8_t { Ours, CLibrary };

// Result: what the work came to, which is the same on both sides; 0 when it failed.
using Run = std::int64_t (*)(Side side, framealloc::c_hooks::Memory& memory);

std::int64_t run_lua(Side side, framealloc::c_hooks::Memory& memory);
// With SQLite's own statistics, which ask for the size of each block; and without them.
std::int64_t run_sqlite(Side side, framealloc::c_hooks::Memory& memory);
std::int64_t run_sqlite_without_statistics(Side side, framealloc::c_hooks::Memory& memory);

}  // namespace bench
