// SPDX-License-Identifier: MIT OR Apache-2.0
// What the overlay shows, read from an allocator without allocating.
#pragma once

#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace framealloc::imgui {

// The latest values of something, oldest first, in place.
template <std::size_t N>
class History {
 public:
  void add(float value) noexcept {
    values_[next_] = value;
    next_ = (next_ + 1) % N;
    size_ = std::min(size_ + 1, N);
  }
  [[nodiscard]] int size() const noexcept { return static_cast<int>(size_); }
  [[nodiscard]] float operator[](int i) const noexcept {
    return values_[(next_ + N - size_ + static_cast<std::size_t>(i)) % N];
  }
  [[nodiscard]] float most() const noexcept {
    float most = 0;
    for (int i = 0; i < size(); ++i) most = std::max(most, (*this)[i]);
    return most;
  }

 private:
  std::array<float, N> values_{};
  std::size_t next_ = 0;
  std::size_t size_ = 0;
};

// Bytes; a limit of 0 is none.
struct Limits {
  std::size_t soft = 0;
  std::size_t hard = 0;
  std::size_t used = 0;
  std::size_t peak = 0;
  std::uint64_t denials = 0;
  [[nodiscard]] std::size_t limit() const noexcept { return hard != 0 ? hard : soft; }
  [[nodiscard]] static Limits of(const BudgetFigures& budget) noexcept {
    return {budget.soft_limit, budget.hard_limit, budget.current_usage, budget.peak_usage,
            budget.denials};
  }
};

struct TagRow {
  std::string_view name;  // last component; "" of untagged bytes
  std::size_t parent = 0;
  std::size_t first_child = 0;  // 0 = none
  std::size_t next_sibling = 0;
  std::size_t frame = 0;  // bytes of the open frame, or of the one that ended last
  std::size_t pool = 0;
  std::size_t heap = 0;
  std::size_t subtree = 0;  // all kinds, tags below included
  std::size_t peak_frame = 0;
  Limits limits;
};

struct ThreadRow {
  Text<32> name;  // "" unless the program named it
  ThreadId id;
  std::size_t frame = 0;
  std::size_t pool = 0;
  std::size_t heap = 0;
  std::size_t peak_frame = 0;
  std::size_t frame_limit = 0;
};

/// A device whose memory a module hands out, a heap of it, a tag on it.
struct DeviceRow {
  Text<64> name;
  DeviceFigures all;  // its view of the name is empty
};
struct DeviceHeapRow {
  std::size_t device = 0;  // index of its row
  DeviceHeapFigures all;   // its view of the name is empty
};
struct DeviceTagRow {
  std::size_t device = 0;  // index of its row
  Text<96> path;           // "" of untagged bytes
  std::size_t bytes = 0;
  std::size_t subtree = 0;  // tags below included
  Limits limits;
};

// Rows grow, with the standard allocator, when there are more tags or threads than ever before;
// else read() allocates nothing. Thread contract: one thread.
class Figures {
 public:
  static constexpr std::size_t kHistory = 240;  // frames

  // Effect: takes what the allocator holds now.
  void read(const SmartAlloc& alloc) {
    if (!alloc) return;
    all = alloc.stats();
    frame = alloc.frame_stats();
    frame_bytes = frame.open ? all.frame_allocated : frame.bytes_allocated;
    add_to_history();
    read_tags(alloc);
    read_threads(alloc);
    read_devices(alloc);
  }

  AllocStats all;
  FrameStats frame;
  std::size_t frame_bytes = 0;  // of the open frame, or of the one that ended last
  Limits whole;
  std::vector<TagRow> tags;  // by id; the first holds untagged bytes, and is the root of the others
  std::vector<ThreadRow> threads;
  std::vector<DeviceRow> devices;
  std::vector<DeviceHeapRow> device_heaps;  // those of a device together, by index
  std::vector<DeviceTagRow> device_tags;    // those of a device together
  History<kHistory> times;                  // milliseconds from one frame to the next
  History<kHistory> bytes;                  // MiB of all kinds

 private:
  using Clock = std::chrono::steady_clock;

  // Once per frame of the game, however often the overlay is drawn.
  void add_to_history() noexcept {
    const Clock::time_point now = Clock::now();
    if (frame.frame_number == last_frame_) return;
    if (last_frame_ != 0) {
      const auto frames = static_cast<float>(std::max<std::uint64_t>(
          frame.frame_number > last_frame_ ? frame.frame_number - last_frame_ : 1, 1));
      times.add(std::chrono::duration<float, std::milli>(now - last_time_).count() / frames);
    }
    bytes.add(static_cast<float>(frame_bytes + all.pool_allocated + all.heap_allocated) /
              (1024.0F * 1024.0F));
    last_frame_ = frame.frame_number;
    last_time_ = now;
  }
  void read_tags(const SmartAlloc& alloc) {
    tags.clear();
    alloc.visit_tags([this](const TagFigures& figures) {
      TagRow& row = tags.emplace_back();
      row.name = figures.name;
      row.parent = static_cast<std::size_t>(figures.parent);
      row.frame = frame.open ? figures.frame_bytes : figures.last_frame_bytes;
      row.pool = figures.pool_bytes;
      row.heap = figures.heap_bytes;
      row.peak_frame = figures.peak_frame_bytes;
      row.subtree = row.frame + row.pool + row.heap;
    });
    whole = {};
    alloc.visit_budgets([this](const BudgetFigures& figures) {
      const auto id = static_cast<std::size_t>(figures.id);
      if (figures.global) whole = Limits::of(figures);
      // A tag may have come since the tags were shown.
      if (!figures.global && id < tags.size()) tags[id].limits = Limits::of(figures);
    });
    // Parents come before children, so sums and links are made from the end.
    for (std::size_t i = tags.size(); i-- > 1;) {
      TagRow& parent = tags[tags[i].parent];
      parent.subtree += tags[i].subtree;
      tags[i].next_sibling = parent.first_child;
      parent.first_child = i;
    }
  }
  void read_threads(const SmartAlloc& alloc) {
    threads.clear();
    alloc.visit_threads([this](const ThreadFigures& figures) {
      ThreadRow& row = threads.emplace_back();
      row.name = Text<32>(figures.name);
      row.id = figures.id;
      row.frame = figures.frame_bytes;
      row.pool = figures.pool_bytes;
      row.heap = figures.heap_bytes;
      row.peak_frame = figures.peak_frame_bytes;
      row.frame_limit = figures.frame_limit;
    });
    std::reverse(threads.begin(), threads.end());  // oldest first
  }

  void read_devices(const SmartAlloc& alloc) {
    devices.clear();
    device_heaps.clear();
    device_tags.clear();
    alloc.visit_devices([this](const auto& figures) { add_device(figures); });
  }
  void add_device(const DeviceFigures& figures) {
    DeviceRow& row = devices.emplace_back();
    row.name = Text<64>(figures.device);
    row.all = figures;
    row.all.device = {};
  }
  void add_device(const DeviceHeapFigures& figures) {
    DeviceHeapRow& row = device_heaps.emplace_back();
    row.device = devices.size() - 1;
    row.all = figures;
    row.all.device = {};
  }
  void add_device(const DeviceTagFigures& figures) {
    DeviceTagRow& row = device_tags.emplace_back();
    row.device = devices.size() - 1;
    row.path = Text<96>(figures.tag);
    row.bytes = figures.bytes;
    row.subtree = figures.subtree_bytes;
    row.limits = {0, figures.limit, figures.subtree_bytes, 0, figures.denials};
  }

  std::uint64_t last_frame_ = 0;
  Clock::time_point last_time_;
};

}  // namespace framealloc::imgui
