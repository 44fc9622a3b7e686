// SPDX-License-Identifier: MIT OR Apache-2.0
#include "timeline.hpp"

#include <framealloc/trace_file.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

namespace fa_export {

namespace {

using framealloc::AllocKind;
using framealloc::Snapshot;
using framealloc::TraceArg;
using framealloc::TraceFile;
// Frame, pool, heap, scratch.
using Sums = std::array<std::uint64_t, 4>;

void add_kinds(TraceFile& trace, const std::string& name, std::uint64_t at_ns, const Sums& sums) {
  const TraceArg args[] = {TraceArg::of("frame", sums[0]), TraceArg::of("pool", sums[1]),
                           TraceArg::of("heap", sums[2]), TraceArg::of("scratch", sums[3])};
  trace.add_counter(name, at_ns, args);
}

void add_snapshot(TraceFile& trace, const fa_snapshots::SnapshotFile& file, std::uint64_t at_ns,
                  std::map<std::string, Sums>& shown) {
  const Snapshot& snapshot = file.snapshot;
  add_kinds(
      trace, "bytes in use", at_ns,
      {snapshot.summary.frame_bytes, snapshot.summary.pool_bytes, snapshot.summary.heap_bytes, 0});
  if (file.extended()) {
    const std::uint64_t idle = std::min(snapshot.idle_bytes, snapshot.reserved_bytes);
    const TraceArg args[] = {TraceArg::of("used", snapshot.reserved_bytes - idle),
                             TraceArg::of("idle", idle)};
    trace.add_counter("reserved bytes", at_ns, args);
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

framealloc::Result<void> write_timeline(const std::vector<fa_snapshots::SnapshotFile>& files,
                                        const std::string& path) {
  TraceFile trace;
  framealloc::Result<void> opened = trace.open(path);
  if (!opened) return opened;
  trace.name_process("snapshots");
  std::map<std::string, Sums> shown;
  std::uint64_t last_ns = 0;
  for (const fa_snapshots::SnapshotFile& file : files) {
    const std::int64_t seconds = std::max<std::int64_t>(file.snapshot.unix_seconds, 0);
    const std::uint64_t begin_ns = static_cast<std::uint64_t>(seconds) * 1'000'000'000;
    last_ns = std::max(begin_ns, last_ns + 1'000'000);
    add_snapshot(trace, file, last_ns, shown);
  }
  return trace.close();
}

}  // namespace fa_export
