// SPDX-License-Identifier: MIT OR Apache-2.0
// For tests: scopes in which nobody may call the C library's allocator. Linking framealloc::testing
// replaces malloc and its family in the whole program, so that the calls can be counted: link it to
// test programs only, and to none that replaces malloc itself.
#pragma once

#include <framealloc/testing.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace framealloc::testing {

// Whose calls a scope counts.
enum class HeapCalls { OfThisThread, OfAllThreads };

// Expects that nobody calls malloc, calloc, realloc or an aligned form of them while it lives,
// operator new included, which ends there; whoever makes the call: your code, the standard library,
// a library that you link, framealloc itself.
//
//   framealloc::testing::NoHeapInScope none;
//   world.step();
//   EXPECT_TRUE(none) << none.message();   // GoogleTest; without it the end of the scope decides
//
// Frees are allowed. Scopes nest; each counts for itself. A call costs tens of nanoseconds more
// while such a scope lives, and one branch otherwise. Under AddressSanitizer and ThreadSanitizer
// their own hooks count, ThreadSanitizer's without the aligned forms. Thread contract: asked and
// ended by the thread that made it.
class NoHeapInScope {
 public:
  explicit NoHeapInScope(HeapCalls whose = HeapCalls::OfThisThread,
                         CallSite site = CallSite::current());
  // Fails, through the failure handler, if there were calls and nobody asked.
  ~NoHeapInScope();
  NoHeapInScope(const NoHeapInScope&) = delete;
  NoHeapInScope& operator=(const NoHeapInScope&) = delete;

  // Result: whether there were no calls until now. Who asked has been told: the end of the scope
  // says nothing more, unless the answer was yes and calls came later.
  [[nodiscard]] explicit operator bool() const { return none(); }
  [[nodiscard]] bool none() const;
  [[nodiscard]] std::uint64_t count() const;  // calls until now
  [[nodiscard]] std::uint64_t bytes() const;  // that they asked for
  // Result: how many calls and bytes; of the first one the function, the size and the call stack,
  // as names where the program exports them (-rdynamic), else as FILE+OFFSET for addr2line.
  [[nodiscard]] std::string message() const;

  // For the library: a call was made. Allocates nothing.
  void note(const char* function, std::size_t size) noexcept;

 private:
  friend class HeapScopes;
  static constexpr int kMostFrames = 32;

  HeapCalls whose_;
  CallSite site_;
  NoHeapInScope* outer_ = nullptr;  // of the same thread, or of the same process
  std::atomic<std::uint64_t> count_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<bool> has_first_{false};    // somebody fills in the first call
  std::atomic<bool> knows_first_{false};  // it is filled in
  const char* function_ = "";
  std::size_t size_ = 0;
  std::array<void*, kMostFrames> stack_{};
  int depth_ = 0;
  mutable std::uint64_t told_ = 0;
};

}  // namespace framealloc::testing
