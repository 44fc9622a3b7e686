// SPDX-License-Identifier: MIT OR Apache-2.0
// Box2D's own memory under a tag. Link framealloc::box2d_memory too.
#pragma once

#include <framealloc/c_hooks/c_hooks.hpp>

namespace framealloc::box2d {

/// Effect: from now on all that Box2D asks for in this process comes from `memory`; blocks from
/// before go back where they came from. Box2D cannot do without memory, so a request that `memory`
/// denies, which is reported and counted, is served by malloc. Result: false, and nothing changes,
/// while another memory is installed. Requirement: `memory` lives until uninstall_memory(), or until
/// the last world and shape has ended. Thread contract: while no other thread uses Box2D.
bool install_memory(c_hooks::Memory& memory) noexcept;

/// Effect: new blocks come from malloc again; those that are in use go back to where they came from.
/// Result: the memory that was installed, or null. Thread contract: as install_memory().
c_hooks::Memory* uninstall_memory() noexcept;

}  // namespace framealloc::box2d
