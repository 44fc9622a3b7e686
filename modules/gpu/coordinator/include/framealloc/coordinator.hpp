// SPDX-License-Identifier: MIT OR Apache-2.0
// The CPU's memory and the GPU's under one roof: frames in step, transfers, one budget.
#pragma once

#include <framealloc/coordinator/cpu_gpu_barrier.hpp>
#include <framealloc/coordinator/unified_allocator.hpp>
#include <framealloc/coordinator/unified_budget.hpp>
#include <framealloc/coordinator/unified_buffer.hpp>
#include <framealloc/coordinator/words.hpp>
#include <framealloc/gpu.hpp>
