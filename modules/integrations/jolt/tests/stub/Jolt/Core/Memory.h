// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <Jolt/Jolt.h>

namespace JPH {

inline void* (*Allocate)(std::size_t) = nullptr;
inline void* (*Reallocate)(void*, std::size_t, std::size_t) = nullptr;
inline void (*Free)(void*) = nullptr;
inline void* (*AlignedAllocate)(std::size_t, std::size_t) = nullptr;
inline void (*AlignedFree)(void*) = nullptr;

}  // namespace JPH
