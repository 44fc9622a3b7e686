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

// Counters that a snapshot before has named: they go on, at 0 where they are not named any more.
struct Shown {
  struct Pair {
    bool is_heap = false;
    std::uint64_t first = 0, second = 0;
  };
  std::map<std::string, Sums> host;
  std::map<std::string, Pair> devices;
};

void add_kinds(TraceText& trace, const std::string& name, std::uint64_t at_ns, const Sums& sums) {
  const TraceText::Value values[] = {
      {"frame", sums[0]}, {"pool", sums[1]}, {"heap", sums[2]}, {"scratch", sums[3]}};
  trace.add_counter(name, at_ns, values);
}

// Heaps and tags of devices, under the names that a TraceWriter gives them.
void add_devices(TraceText& trace, const Snapshot& snapshot, std::uint64_t at_ns, Shown& shown) {
  for (auto& [name, pair] : shown.devices) pair.first = pair.second = 0;
  for (const framealloc::SnapshotDevice& device : snapshot.devices) {
    for (const framealloc::DeviceHeapFigures& heap : device.heaps) {
      Shown::Pair& pair = shown.devices[device.name + " heap " + std::to_string(heap.heap)];
      const std::size_t used = std::min(heap.used, heap.reserved);
      pair.is_heap = true;
      pair.first += used;
      pair.second += heap.reserved - used;
    }
    for (const framealloc::SnapshotDeviceTag& tag : device.tags) {
      const std::string name = tag.path.empty() ? " untagged" : " tag " + tag.path;
      shown.devices[device.name + name].first += tag.bytes;
    }
  }
  for (const auto& [name, pair] : shown.devices) {
    const TraceText::Value heap[] = {{"used", pair.first}, {"idle", pair.second}};
    const TraceText::Value tag[] = {{"bytes", pair.first}};
    if (pair.is_heap) {
      trace.add_counter(name, at_ns, heap);
    } else {
      trace.add_counter(name, at_ns, tag);
    }
  }
}

void add_snapshot(TraceText& trace, const fa_formats::SnapshotFile& file, std::uint64_t at_ns,
                  Shown& shown) {
  const Snapshot& snapshot = file.snapshot;
  add_kinds(
      trace, "bytes in use", at_ns,
      {snapshot.summary.frame_bytes, snapshot.summary.pool_bytes, snapshot.summary.heap_bytes, 0});
  if (file.extended()) {
    const std::uint64_t idle = std::min(snapshot.idle_bytes, snapshot.reserved_bytes);
    const TraceText::Value values[] = {{"used", snapshot.reserved_bytes - idle}, {"idle", idle}};
    trace.add_counter("reserved bytes", at_ns, values);
  }
  add_devices(trace, snapshot, at_ns, shown);
  // What a snapshot does not name any more holds nothing.
  for (auto& [name, sums] : shown.host) sums = {};
  for (const framealloc::SnapshotTag& tag : snapshot.tags) {
    shown.host[tag.path.empty() ? "untagged" : "tag " + tag.path]
              [static_cast<std::size_t>(tag.kind)] += tag.bytes;
  }
  for (const framealloc::SnapshotThread& thread : snapshot.threads) {
    Sums& sums = shown.host["thread " + thread.name];
    sums[0] += thread.frame_bytes;
    sums[1] += thread.pool_bytes;
    sums[2] += thread.heap_bytes;
  }
  for (const auto& [name, sums] : shown.host) add_kinds(trace, name, at_ns, sums);
}

static_assert(static_cast<int>(AllocKind::Frame) == 0 && static_cast<int>(AllocKind::Pool) == 1 &&
              static_cast<int>(AllocKind::Heap) == 2 && static_cast<int>(AllocKind::Scratch) == 3);

}  // namespace

std::string to_timeline(const std::vector<fa_formats::SnapshotFile>& files) {
  // The last second whose nanoseconds a counter of them can hold.
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max() / 1'000'000'000;
  TraceText trace("snapshots");
  Shown shown;
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
