// SPDX-License-Identifier: MIT OR Apache-2.0
// Why a request for GPU memory was denied, as a value.
#pragma once

#include <framealloc/codes.hpp>
#include <framealloc/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace framealloc::gpu::detail {

/// Why a request was denied, on its way up to the one place that reports it.
struct GpuDenial {
  Code code = Code::None;
  unsigned heap = 0;
  bool by_heap = false;   ///< the heap's budget denied
  bool by_tag = false;    ///< the limit of `tag` denied
  bool by_guard = false;  ///< the budget of CPU and GPU together denied
  TagId tag = TagId::Untagged;
  std::size_t held = 0;   ///< bytes held of what denied
  std::size_t limit = 0;  ///< its budget
  std::string_view what;  ///< a static text: what the device lacks or what the driver failed at
};

}  // namespace framealloc::gpu::detail
