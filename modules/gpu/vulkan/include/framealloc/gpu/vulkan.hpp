// SPDX-License-Identifier: MIT OR Apache-2.0
// GPU memory of a Vulkan device that is yours. Vulkan 1.1 or later; needs the C headers only.
#pragma once

#include <framealloc/gpu.hpp>
#include <framealloc/gpu/vulkan/backend.hpp>
#include <framealloc/gpu/vulkan/config.hpp>
#include <framealloc/gpu/vulkan/image.hpp>
