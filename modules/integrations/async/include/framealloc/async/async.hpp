// SPDX-License-Identifier: MIT OR Apache-2.0
// Coroutines on framealloc: frames in pools, memory of tasks, awaitables that do not allocate.
#pragma once

#include <framealloc/async/barrier.hpp>
#include <framealloc/async/channel.hpp>
#include <framealloc/async/frame_scheduler.hpp>
#include <framealloc/async/pool_guard.hpp>
#include <framealloc/async/pooled_frame.hpp>
#include <framealloc/async/semaphore.hpp>
#include <framealloc/async/task.hpp>
#include <framealloc/async/task_alloc.hpp>
