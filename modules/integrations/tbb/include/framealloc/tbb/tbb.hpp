// SPDX-License-Identifier: MIT OR Apache-2.0
// Frame memory for the workers of oneTBB.
#pragma once

#include <framealloc/tbb/frame_observer.hpp>
#include <framealloc/tbb/parallel_for_frames.hpp>
