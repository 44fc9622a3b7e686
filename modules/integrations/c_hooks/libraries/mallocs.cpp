// SPDX-License-Identifier: MIT OR Apache-2.0
#include "libraries/mallocs.hpp"

#include "support/malloc_counter.hpp"
#include "support/map_counter.hpp"

namespace framealloc::c_hooks {

std::uint64_t mallocs_until_now() noexcept { return test::mallocs_of_this_thread; }
std::uint64_t maps_until_now() noexcept { return test::maps_of_this_thread; }

}  // namespace framealloc::c_hooks
