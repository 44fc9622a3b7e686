// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Counts the calls that reach malloc and its family, operator new, and the wrappers of mmap,
/// munmap, madvise and mprotect, by who made them.
///
/// "Who" is the loaded object that holds the return address of the call, so that nobody can be
/// counted as somebody else by an annotation that was forgotten: the program itself (with the
/// framealloc library and every inlined template), Box2D, the C++ library, the C library.
namespace fa_demo {

enum class Caller : unsigned { Ours, Box2d, StdLibrary, CLibrary, Elsewhere };
inline constexpr std::size_t kCallers = 5;
std::string_view caller_name(Caller caller) noexcept;

struct CallCounts {
  std::uint64_t allocations = 0;  ///< malloc, calloc, realloc, aligned forms, operator new
  std::uint64_t frees = 0;        ///< free and operator delete of something other than null
  std::uint64_t bytes = 0;        ///< bytes asked for by the allocations
  std::uint64_t mappings = 0;     ///< mmap, munmap, madvise, mprotect

  CallCounts& operator+=(const CallCounts& other) noexcept {
    allocations += other.allocations;
    frees += other.frees;
    bytes += other.bytes;
    mappings += other.mappings;
    return *this;
  }
};

struct CallCensus {
  std::array<CallCounts, kCallers> by{};

  const CallCounts& of(Caller caller) const noexcept {
    return by[static_cast<std::size_t>(caller)];
  }
  CallCounts total() const noexcept {
    CallCounts sum;
    for (const CallCounts& counts : by) sum += counts;
    return sum;
  }
};

/// False where the calls cannot be caught (another C library, a sanitizer that owns malloc): then
/// the reports say "not counted" and show no figure.
bool can_count_calls() noexcept;

/// Reads the table of loaded objects. Call once, before the first census.
void learn_callers();

/// Starts a census of all threads from zero. Between start and stop each call costs one atomic
/// addition more; outside it costs one branch.
void start_call_census() noexcept;
/// Ends the census and returns it.
CallCensus stop_call_census() noexcept;

/// Result: "" when mimalloc has been loaded, now or before; else why not. Call before any
/// UseMimalloc.
std::string load_mimalloc();

/// Leads every call of malloc, its family and operator new to mimalloc until the scope ends, those
/// of all threads. Requirement: load_mimalloc() gave ""; what is allocated inside such scopes is
/// freed inside them, and nothing else is.
class UseMimalloc {
 public:
  UseMimalloc() noexcept;
  ~UseMimalloc();
  UseMimalloc(const UseMimalloc&) = delete;
  UseMimalloc& operator=(const UseMimalloc&) = delete;
};

/// Counts this thread's calls as `caller`'s until the scope ends, whatever their return address:
/// for what Box2D does by way of a function that stands in this program.
class CountAs {
 public:
  explicit CountAs(Caller caller) noexcept;
  ~CountAs();
  CountAs(const CountAs&) = delete;
  CountAs& operator=(const CountAs&) = delete;

 private:
  int previous_;
};

}  // namespace fa_demo
