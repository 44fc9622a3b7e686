// SPDX-License-Identifier: MIT OR Apache-2.0
// How reports speak of a buffer.
#pragma once

#include "device/buffer_record.hpp"
#include "device/gpu_core.hpp"

#include <framealloc/text.hpp>

namespace framealloc::gpu::detail {

// Effect: adds "buffer 'name' of 64 KiB".
inline void append_buffer(Text<256>& text, const BufferRecord& record) noexcept {
  text.append("buffer");
  if (record.name[0] != '\0') text.append(" '").append(record.name_view()).append("'");
  text.append(" of ").append_bytes(record.size);
}

[[nodiscard]] inline ReportFacts facts_of(const BufferRecord& record) noexcept {
  ReportFacts facts;
  facts.requested = record.size;
  facts.tag = record.tag;
  facts.site = record.site;
  return facts;
}

}  // namespace framealloc::gpu::detail
