// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <framealloc/framealloc.hpp>

inline char* editor_buffer(framealloc::SmartAlloc& alloc) { return alloc.heap_alloc<char>(256); }
