// SPDX-License-Identifier: MIT OR Apache-2.0
// Everything of the module gpu that users name.
#pragma once

#include <framealloc/gpu/allocator.hpp>
#include <framealloc/gpu/annotations.hpp>
#include <framealloc/gpu/backend.hpp>
#include <framealloc/gpu/buffer.hpp>
#include <framealloc/gpu/buffer_usage.hpp>
#include <framealloc/gpu/config.hpp>
#include <framealloc/gpu/device_info.hpp>
#include <framealloc/gpu/frame_ring.hpp>
#include <framealloc/gpu/host_backend.hpp>
#include <framealloc/gpu/intent.hpp>
#include <framealloc/gpu/lifetime.hpp>
#include <framealloc/gpu/offset_allocator.hpp>
#include <framealloc/gpu/offset_linear.hpp>
#include <framealloc/gpu/offset_ring.hpp>
#include <framealloc/gpu/offset_types.hpp>
#include <framealloc/gpu/pressure.hpp>
#include <framealloc/gpu/readback.hpp>
#include <framealloc/gpu/requirements.hpp>
#include <framealloc/gpu/reservation_guard.hpp>
#include <framealloc/gpu/resource_memory.hpp>
#include <framealloc/gpu/slice.hpp>
#include <framealloc/gpu/stats.hpp>
#include <framealloc/gpu/ticket.hpp>
#include <framealloc/gpu/transfer_batch.hpp>
