// SPDX-License-Identifier: MIT OR Apache-2.0
// The place of before of <framealloc/snapshot_emitter.hpp>.
#pragma once

#include <framealloc/snapshot_emitter.hpp>
