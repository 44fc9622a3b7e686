// SPDX-License-Identifier: MIT OR Apache-2.0
#include "timeline.hpp"

#include "formats/trace_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>

namespace fa_export {

namespace {

using fa_formats::TraceText;
using framealloc::AllocKind;
using framealloc::Snapshot;
// Frame, pool, heap, scratch.
using Sums = std::array<std::uint64_t, 4>;

void add_kinds(TraceText& trace, const std::string& name, std::uint64_t at_ns, const Sums& sums) {
  const TraceText::Value values[] = {
      {"frame", sums[0]}, {"pool", sums[1]}, {"heap", sums[2]}, {"scratch", sums[3]}};
  trace.add_counter(name, at_ns, values);
}

void add_snapshot(TraceText& trace, const fa_formats::SnapshotFile& file, std::uint64_t at_ns,
                  std::map<std::string, Sums>& shown) {
  const Snapshot& snapshot = file.snapshot;
  add_kinds(
      trace, "bytes in use", at_ns,
      {snapshot.summary.frame_bytes, snapshot.summary.pool_bytes, snapshot.summary.heap_bytes, 0});
  if (file.extended()) {
    const std::uint64_t idle = std::min(snapshot.idle_bytes, snapshot.reserved_bytes);
    const TraceText::Value values[] = {{"used", snapshot.reserved_bytes - idle}, {"idle", idle}};
    trace.add_counter("reserved bytes", at_ns, values);
  }
  // What a snapshot does not name any more holds nothing.
  for (auto& [name, sums] : shown) sums = {};
  for (const framealloc::SnapshotTag& tag : snapshot.tags) {
    shown[tag.path.empty() ? "untagged" : "tag " + tag.path][static_cast<std::size_t>(tag.kind)] +=
        tag.bytes;
  }
  for (const framealloc::SnapshotThread& thread : snapshot.threads) {
    Sums& sums = shown["thread " + thread.name];
    sums[0] += thread.frame_bytes;
    sums[1] += thread.pool_bytes;
    sums[2] += thread.heap_bytes;
  }
  for (const auto& [name, sums] : shown) add_kinds(trace, name, at_ns, sums);
}

static_assert(static_cast<int>(AllocKind::Frame) == 0 && static_cast<int>(AllocKind::Pool) == 1 &&
              static_cast<int>(AllocKind::Heap) == 2 && static_cast<int>(AllocKind::Scratch) == 3);

}  // namespace

std::string to_timeline(const std::vector<fa_formats::SnapshotFile>& files) {
  // The last second whose nanoseconds a counter of them can hold.
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max() / 1'000'000'000;
  TraceText trace("snapshots");
  std::map<std::string, Sums> shown;
  std::uint64_t last_ns = 0;
  for (const fa_formats::SnapshotFile& file : files) {
    const std::int64_t seconds = std::clamp<std::int64_t>(file.snapshot.unix_seconds, 0, kLast);
    const std::uint64_t begin_ns = static_cast<std::uint64_t>(seconds) * 1'000'000'000;
    last_ns = std::max(begin_ns, last_ns + 1'000'000);
    add_snapshot(trace, file, last_ns, shown);
  }
  return trace.take();
}

}  // namespace fa_export
