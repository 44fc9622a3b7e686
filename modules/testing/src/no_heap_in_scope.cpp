// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/testing/no_heap_in_scope.hpp>

#include "heap_scopes.hpp"

#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace framealloc::testing {
namespace {

std::string frame_text(void* address) {
  Dl_info info{};
  char text[64];
  if (dladdr(address, &info) == 0 || info.dli_fname == nullptr) {
    std::snprintf(text, sizeof text, "%p", address);
    return text;
  }
  const auto offset =
      static_cast<std::size_t>(static_cast<char*>(address) - static_cast<char*>(info.dli_fbase));
  std::snprintf(text, sizeof text, "+0x%zx", offset);
  std::string line = std::string(info.dli_fname) + text;
  if (info.dli_sname == nullptr) return line;
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(info.dli_sname, nullptr, nullptr, &status), &std::free);
  return line + " (" + (status == 0 && name != nullptr ? name.get() : info.dli_sname) + ")";
}

}  // namespace

NoHeapInScope::NoHeapInScope(HeapCalls whose, CallSite site) : whose_(whose), site_(site) {
  // The first call of backtrace() loads a library, with the help of malloc.
  static const int loaded = [] {
    void* address = nullptr;
    return backtrace(&address, 1);
  }();
  (void)loaded;
  use_replaced_malloc();
  HeapScopes::enter(*this);
}

NoHeapInScope::~NoHeapInScope() {
  HeapScopes::leave(*this);
  if (count() > told_) report_failure(message(), site_);
}

bool NoHeapInScope::none() const {
  const std::uint64_t calls = count_.load(std::memory_order_acquire);
  // A failing test allocates for its own message; that must not be counted.
  told_ = calls == 0 ? 0 : UINT64_MAX;
  return calls == 0;
}

std::uint64_t NoHeapInScope::count() const { return count_.load(std::memory_order_acquire); }

std::uint64_t NoHeapInScope::bytes() const { return bytes_.load(std::memory_order_acquire); }

std::string NoHeapInScope::message() const {
  const HeapScopes::Ignore ignore;
  const std::uint64_t calls = count();
  const char* const whose = whose_ == HeapCalls::OfThisThread ? " of this thread" : "";
  if (calls == 0) return std::string("no heap calls") + whose;
  std::string text = std::to_string(calls) + (calls == 1 ? " heap call" : " heap calls") + whose +
                     " in a scope that allows none, " + std::to_string(bytes()) + " B";
  if (!knows_first_.load(std::memory_order_acquire)) return text;
  text +=
      std::string("; the first is ") + function_ + " of " + std::to_string(size_) + " B, called by";
  for (int i = 0; i < depth_; ++i) {
    text += "\n  " + frame_text(stack_[static_cast<std::size_t>(i)]);
  }
  return text;
}

[[gnu::noinline]] void NoHeapInScope::note(const char* function, std::size_t size) noexcept {
  bytes_.fetch_add(size, std::memory_order_relaxed);
  count_.fetch_add(1, std::memory_order_release);
  if (has_first_.exchange(true, std::memory_order_relaxed)) return;
  function_ = function;
  size_ = size;
  std::array<void*, kMostFrames + kFramesOfOurs> all{};
  const int depth = backtrace(all.data(), static_cast<int>(all.size()));
  for (int i = kFramesOfOurs; i < depth; ++i) {
    stack_[static_cast<std::size_t>(depth_++)] = all[static_cast<std::size_t>(i)];
  }
  knows_first_.store(true, std::memory_order_release);
}

}  // namespace framealloc::testing
