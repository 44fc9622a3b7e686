// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <framealloc/box2d/physics.hpp>

#include <cstddef>
#include <span>

namespace framealloc::box2d::detail {

// Result: as touching_contacts(). `expected` is what the last gathering found, or zeros; it becomes
// what this one found. Failure: adds the number of contacts to `dropped`.
[[nodiscard]] std::span<const Contact> gather_contacts(const b2World& world, FrameArena& arena,
                                                       ContactCounts& expected,
                                                       std::size_t& dropped, CallSite site);

// The same where nobody keeps the counts: those of the last gathering from this world serve, where
// not too many worlds are stepped in turn. They decide how much is reserved, never what is found.
[[nodiscard]] std::span<const Contact> gather_contacts(const b2World& world, FrameArena& arena,
                                                       std::size_t& dropped, CallSite site);

}  // namespace framealloc::box2d::detail
