// SPDX-License-Identifier: MIT OR Apache-2.0
// Two snapshots, compared.
#pragma once

#include "formats/snapshot_reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fa_diff {

using fa_formats::SnapshotFile;

// Bytes, in both snapshots.
struct Growth {
  std::uint64_t before = 0;
  std::uint64_t after = 0;
  std::int64_t bytes() const { return static_cast<std::int64_t>(after - before); }
  // Result: of `before`; nothing when that is 0.
  std::optional<double> percent() const;
  std::uint64_t amount() const { return after > before ? after - before : before - after; }
};

struct TagGrowth {
  std::string path;
  std::string thread;  // "*": all of them
  framealloc::AllocKind kind = framealloc::AllocKind::Frame;
  Growth bytes;
  Growth count;  // allocations
};
struct ThreadGrowth {
  std::string name;  // with its id where several threads have one name
  Growth frame, pool, heap, total;
};
struct TotalGrowth {
  std::string name;  // "frame", "reserved", ...
  Growth bytes;
};

// A device, by its name; rows that both snapshots lack are not there.
struct DeviceGrowth {
  std::string name;
  Growth held;                      // all device memory
  std::vector<TotalGrowth> totals;  // "held", "handed out", ...
  std::vector<TotalGrowth> heaps;   // held of each: "heap 0", ...
  std::vector<TotalGrowth> tags;    // by path, as tags above are sorted
};

struct Comparison {
  SnapshotFile before, after;
  Growth total;                     // frame, pool and heap
  std::vector<TotalGrowth> totals;  // those that both have, in the order of the schema
  std::vector<TagGrowth> tags;      // what grew most first, what shrank most last
  std::vector<ThreadGrowth> threads;
  std::vector<TotalGrowth> pools;     // room of each size class: "64 B blocks"; version 3, and so
  std::vector<TotalGrowth> sites;     // "file:line tag", as tags are sorted
  std::vector<DeviceGrowth> devices;  // in the order of the first snapshot, then of the second
};

// Tags are the same when path, thread and kind are; threads when their names are, since ids differ
// from run to run. What is in one snapshot only has 0 bytes in the other.
Comparison compare(SnapshotFile before, SnapshotFile after);

// How much may grow.
struct Limit {
  std::string text;  // as given
  std::optional<std::uint64_t> bytes;
  std::optional<double> percent;
  // Result: whether the growth is more than the limit. Whatever grows from nothing is more than any
  // percentage of it.
  bool exceeded(const Growth& growth) const;
};
std::optional<Limit> parse_limit(std::string_view text);

}  // namespace fa_diff
