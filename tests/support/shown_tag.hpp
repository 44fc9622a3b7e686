// SPDX-License-Identifier: MIT OR Apache-2.0
// What the overlay, the exporters and `fa insight` have to show of a tag.
#pragma once

#include <framealloc/figures.hpp>
#include <framealloc/smart_alloc.hpp>
#include <framealloc/snapshot.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace framealloc::testing {

/// Effect: expects that the figures, which the overlay and the exporters read, and the rows and the
/// text of a snapshot, which `fa insight` shows, say that the tag holds so many bytes of heap.
inline void expect_heap_is_shown(const SmartAlloc& alloc, std::string_view tag, std::size_t bytes) {
  std::size_t in_figures = 0;
  alloc.visit_tags([&](const TagFigures& figures) {
    if (figures.tag == tag) in_figures += figures.heap_bytes;
  });
  EXPECT_EQ(in_figures, bytes) << tag;
  const Snapshot snapshot = alloc.snapshot();
  std::size_t in_rows = 0;
  for (const SnapshotTag& row : snapshot.tags) {
    if (row.path == tag && row.kind == AllocKind::Heap) in_rows += row.bytes;
  }
  EXPECT_EQ(in_rows, bytes) << tag;
  EXPECT_NE(snapshot.to_json().find('"' + std::string(tag) + '"'), std::string::npos) << tag;
}

}  // namespace framealloc::testing
