// SPDX-License-Identifier: MIT OR Apache-2.0
// The Vulkan Memory Allocator as a peer.
#pragma once

#include "vulkan/device.hpp"

#include <cstddef>
#include <memory>
#include <span>

namespace bench {

class VmaPeer {
 public:
  virtual ~VmaPeer() = default;
  // Effect: makes a buffer of each size, mapped where `mapped`, in which 8 bytes are written, then
  // destroys them all. Result: whether every one was made.
  virtual bool create_and_destroy(std::span<const std::size_t> sizes, bool mapped) = 0;
};

std::unique_ptr<VmaPeer> make_vma(const vulkan_device::Device& device);

}  // namespace bench
