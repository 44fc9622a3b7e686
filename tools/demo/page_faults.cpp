// SPDX-License-Identifier: MIT OR Apache-2.0
#include "page_faults.hpp"

#if defined(__unix__) || defined(__APPLE__)
#include <sys/resource.h>
#endif

namespace fa_demo {

#if defined(__linux__)
namespace {

std::uint64_t faults_of(int who) noexcept {
  rusage usage{};
  if (getrusage(who, &usage) != 0) return 0;
  return static_cast<std::uint64_t>(usage.ru_minflt) + static_cast<std::uint64_t>(usage.ru_majflt);
}

}  // namespace

std::uint64_t process_page_faults() noexcept { return faults_of(RUSAGE_SELF); }
std::uint64_t thread_page_faults() noexcept { return faults_of(RUSAGE_THREAD); }
bool can_count_page_faults() noexcept { return true; }
#else
std::uint64_t process_page_faults() noexcept { return 0; }
std::uint64_t thread_page_faults() noexcept { return 0; }
bool can_count_page_faults() noexcept { return false; }
#endif

}  // namespace fa_demo
