// SPDX-License-Identifier: MIT OR Apache-2.0
// What the overlay shows, read from an allocator without allocating.
#pragma once

#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
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
  [[nodiscard]] static Limits of(const detail::Budget& budget) noexcept {
    return {budget.soft(), budget.hard(), budget.used(), budget.peak(), budget.denials()};
  }
};

struct TagRow {
  std::string_view name;        // last component; "" of untagged bytes
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
  detail::ThreadName name;  // "" unless the program named it
  ThreadId id;
  std::size_t frame = 0;
  std::size_t pool = 0;
  std::size_t heap = 0;
  std::size_t peak_frame = 0;
  std::size_t frame_limit = 0;
};

// Rows grow, with the standard allocator, when there are more tags or threads than ever before;
// else read() allocates nothing. Thread contract: one thread.
class Figures {
 public:
  static constexpr std::size_t kHistory = 240;  // frames

  // Effect: takes what the allocator holds now.
  void read(const SmartAlloc& alloc) {
    detail::Instance* const instance = alloc.instance();
    if (instance == nullptr) return;
    all = alloc.stats();
    frame = alloc.frame_stats();
    frame_bytes = frame.open ? all.frame_allocated : frame.bytes_allocated;
    add_to_history();
    read_tags(*instance);
    read_threads(*instance);
    const BudgetManager* const budgets = alloc.budgets();
    whole = budgets == nullptr ? Limits{} : Limits::of(budgets->global_budget());
  }

  AllocStats all;
  FrameStats frame;
  std::size_t frame_bytes = 0;  // of the open frame, or of the one that ended last
  Limits whole;
  std::vector<TagRow> tags;  // by id; the first holds untagged bytes, and is the root of the others
  std::vector<ThreadRow> threads;
  History<kHistory> times;  // milliseconds from one frame to the next
  History<kHistory> bytes;  // MiB of all kinds

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
  void read_tags(detail::Instance& instance) {
    const detail::TagTable& table = instance.tags();
    const BudgetManager* const budgets = instance.budgets();
    tags.resize(table.size());
    for (std::size_t i = 0; i < tags.size(); ++i) {
      const auto id = static_cast<TagId>(i);
      const TagStats stats = instance.tag_figures(id);
      TagRow& row = tags[i];
      row = {};
      row.name = table.name(id);
      row.frame = frame.open ? stats.frame_bytes : stats.last_frame_bytes;
      row.pool = stats.pool_bytes;
      row.heap = stats.heap_bytes;
      row.peak_frame = stats.peak_frame_bytes;
      row.subtree = row.frame + row.pool + row.heap;
      if (budgets != nullptr) row.limits = Limits::of(budgets->budget_of(id));
    }
    // Parents come before children, so sums and links are made from the end.
    for (std::size_t i = tags.size(); i-- > 1;) {
      TagRow& parent = tags[static_cast<std::size_t>(table.parent(static_cast<TagId>(i)))];
      parent.subtree += tags[i].subtree;
      tags[i].next_sibling = parent.first_child;
      parent.first_child = i;
    }
  }
  void read_threads(detail::Instance& instance) {
    threads.clear();
    for (detail::ThreadState* s = instance.first_state(); s != nullptr; s = s->next_in_instance) {
      if (!s->bound()) continue;
      ThreadRow row;
      {
        const std::lock_guard guard(s->lifecycle.lock);
        row.name = s->lifecycle.name;
      }
      const detail::PoolTotals totals = instance.pools().totals_of(s->pools());
      row.id = s->id();
      row.frame = s->shared_arena().history(2 * frame.frame_number + 1).bytes;
      row.pool = totals.pool_bytes;
      row.heap = totals.heap_bytes;
      row.peak_frame = s->shared_arena().history(0).high_water;
      row.frame_limit = s->budget().frame_limit();
      threads.push_back(row);
    }
    std::reverse(threads.begin(), threads.end());  // oldest first
  }

  std::uint64_t last_frame_ = 0;
  Clock::time_point last_time_;
};

}  // namespace framealloc::imgui
