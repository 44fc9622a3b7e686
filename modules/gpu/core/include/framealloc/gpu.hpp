// SPDX-License-Identifier: MIT OR Apache-2.0
// Everything of the module gpu that users name.
#pragma once

#include <framealloc/gpu/host_backend.hpp>
#include <framealloc/gpu/offset_allocator.hpp>
#include <framealloc/gpu/offset_linear.hpp>
#include <framealloc/gpu/offset_ring.hpp>
#include <framealloc/gpu/offset_types.hpp>
