// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <framealloc/box2d/physics.hpp>

namespace framealloc::box2d::detail {

// Effect: one step of the world with its events in `logs`; `next` is called too. The world's
// listener is `place` before and after.
void gather_step(b2World& world, StepLogs& logs, b2ContactListener* next, b2ContactListener* place,
                 const StepSettings& settings);

// Result: `listener`, or null if it is Box2D's own, which does nothing.
[[nodiscard]] b2ContactListener* worth_calling(b2ContactListener* listener);

}  // namespace framealloc::box2d::detail
