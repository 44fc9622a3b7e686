// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <Jolt/Jolt.h>

namespace JPH {

class TempAllocator {
 public:
  virtual ~TempAllocator() = default;
  virtual void* Allocate(uint size) = 0;
  virtual void Free(void* address, uint size) = 0;
};

}  // namespace JPH
