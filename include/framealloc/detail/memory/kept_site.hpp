// SPDX-License-Identifier: MIT OR Apache-2.0
// Call sites that are kept longer than their call. Their texts are literals of the caller, and a
// plugin's literals disappear when it is unloaded, while its allocations may stay.
#pragma once

#include <framealloc/call_site.hpp>

namespace framealloc::detail {

// Result: the same site with texts that stay readable as long as this library is loaded. Each
// different site is copied once, into memory of its own of bounded size; when that is full, one
// that says so. To be called while the texts are still there. Thread contract: any thread; without
// a lock for a site that was kept before.
[[nodiscard]] CallSite keep_site(const CallSite& site) noexcept;

}  // namespace framealloc::detail
