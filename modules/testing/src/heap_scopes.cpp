// SPDX-License-Identifier: MIT OR Apache-2.0
#include "heap_scopes.hpp"

#include <framealloc/compiler.hpp>

#include <cerrno>
#include <mutex>
#include <thread>

namespace framealloc::testing {
namespace {

// Constant from the start: malloc is called before any constructor has run.
constinit std::atomic<unsigned> living{0};  // scopes, of whatever kind: 0 is what a call looks for

constinit thread_local NoHeapInScope* innermost = nullptr;
constinit thread_local unsigned ignoring = 0;

// Guards the scopes that count everybody's calls. Spins, since malloc may be called under any lock.
class SpinMutex {
 public:
  void lock() noexcept {
    while (flag_.test_and_set(std::memory_order_acquire)) std::this_thread::yield();
  }
  void unlock() noexcept { flag_.clear(std::memory_order_release); }

 private:
  std::atomic_flag flag_;
};
constinit SpinMutex everybody_lock;
constinit NoHeapInScope* everybodys = nullptr;
constinit std::atomic<unsigned> everybodys_count{0};

}  // namespace

HeapScopes::Ignore::Ignore() noexcept { ++ignoring; }
HeapScopes::Ignore::~Ignore() { --ignoring; }

void HeapScopes::enter(NoHeapInScope& scope) noexcept {
  if (scope.whose_ == HeapCalls::OfThisThread) {
    scope.outer_ = innermost;
    innermost = &scope;
  } else {
    const std::lock_guard guard(everybody_lock);
    scope.outer_ = everybodys;
    everybodys = &scope;
    everybodys_count.fetch_add(1, std::memory_order_relaxed);
  }
  living.fetch_add(1, std::memory_order_seq_cst);
}

void HeapScopes::leave(NoHeapInScope& scope) noexcept {
  living.fetch_sub(1, std::memory_order_seq_cst);
  const auto take_out = [&scope](NoHeapInScope*& first) {
    NoHeapInScope** at = &first;
    while (*at != nullptr && *at != &scope) at = &(*at)->outer_;
    if (*at != nullptr) *at = scope.outer_;
  };
  if (scope.whose_ == HeapCalls::OfThisThread) return take_out(innermost);
  // A thread that reports to the scope holds the lock: after this none knows it.
  const std::lock_guard guard(everybody_lock);
  everybodys_count.fetch_sub(1, std::memory_order_relaxed);
  take_out(everybodys);
}

[[gnu::noinline]] void HeapScopes::tell(const char* function, std::size_t size) noexcept {
  if (living.load(std::memory_order_relaxed) == 0 || ignoring != 0) return;
  const Ignore ignore;  // backtrace() may take memory
  const int error = errno;
  for (NoHeapInScope* scope = innermost; scope != nullptr; scope = scope->outer_) {
    scope->note(function, size);
  }
  if (everybodys_count.load(std::memory_order_relaxed) != 0) {
    const std::lock_guard guard(everybody_lock);
    for (NoHeapInScope* scope = everybodys; scope != nullptr; scope = scope->outer_) {
      scope->note(function, size);
    }
  }
  errno = error;
}

}  // namespace framealloc::testing
