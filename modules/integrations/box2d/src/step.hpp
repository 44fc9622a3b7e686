// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <framealloc/box2d/physics.hpp>

namespace framealloc::box2d::detail {

// Effect: one step of the world with its events in `logs`; `*next`, which its own calls may change,
// is called too. The world's listener is `place` before and after, unless a call puts another in
// place: what that one sees of the step is missing, and counts as one dropped.
void gather_step(b2World& world, StepLogs& logs, b2ContactListener* const* next,
                 b2ContactListener* place, const StepSettings& settings);

}  // namespace framealloc::box2d::detail
