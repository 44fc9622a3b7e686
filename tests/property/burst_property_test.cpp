// SPDX-License-Identifier: MIT OR Apache-2.0
// Random programs with bursts open beside everything else that moves an arena: what is live keeps
// its bytes, and once no burst has a window the sums are the model's.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cstring>
#include <optional>
#include <vector>

namespace framealloc {
namespace {

constexpr std::array<const char*, 3> kTags{"", "a", "b"};

struct Block {
  unsigned char* at;
  std::size_t size;
  unsigned char pattern;
  std::size_t tag;
};
struct Mark {
  FrameCheckpoint at;
  std::size_t blocks;
};

class Machine {
 public:
  explicit Machine(bool budgets)
      : alloc_(AllocConfig::minimal()
                   .with_budgets(budgets)
                   .with_frame_arena_size(std::size_t{64} << 10)
                   .with_frame_chunk_size(std::size_t{64} << 10)
                   .with_report_handler([](const Report&, void*) {})) {
    alloc_.begin_frame();
  }

  void step(int kind, std::size_t value) {
    std::optional<FrameBurst>& burst = bursts_[value % bursts_.size()];
    switch (kind) {
      case 0:
        return add(alloc_.frame_alloc_layout(value % 700, 16), value % 700);
      case 1:
        burst.emplace(alloc_.frame_burst(64 + value % 5000,
                                         value % 2 == 0 ? Prefetch::None : Prefetch::Ahead));
        return;
      case 2:
        return burst.reset();
      case 3:
        // Marks hold only what was allocated with no burst open: a burst's blocks live as long as
        // the window, which may be older.
        end_bursts();
        if (marks_.size() < 8) marks_.push_back({alloc_.frame_checkpoint(), blocks_.size()});
        return;
      case 4:
        if (marks_.empty()) return;
        end_bursts();
        RC_ASSERT(alloc_.rollback_to(marks_.back().at));
        blocks_.resize(marks_.back().blocks);
        marks_.pop_back();
        return;
      case 5:
        tag_ = value % kTags.size();
        scope_.reset();
        if (tag_ != 0) scope_.emplace(alloc_, kTags[tag_]);
        return;
      case 6:
        if (value % 8 != 0) return;
        alloc_.end_frame();
        blocks_.clear();
        marks_.clear();
        alloc_.begin_frame();
        return;
      case 7:
        if (burst && bursts_[0]) std::swap(*burst, *bursts_[0]);
        return;
      default:
        if (burst) add(burst->alloc_bytes(value % 300, std::size_t{1} << (value % 8)), value % 300);
    }
  }

  void check() {
    for (const Block& block : blocks_) {
      for (std::size_t i = 0; i < block.size; ++i) RC_ASSERT(block.at[i] == block.pattern);
    }
  }

  // Every tag has at least what was asked for under it, and what rounding and windows add is
  // bounded.
  void check_sums() {
    end_bursts();
    std::array<std::size_t, kTags.size()> asked{};
    for (const Block& block : blocks_) asked[block.tag] += align_up(block.size, kGranule);
    std::size_t held = 0;
    for (std::size_t i = 0; i < kTags.size(); ++i) {
      const std::size_t bytes = alloc_.tag_stats(kTags[i]).frame_bytes;
      RC_ASSERT(bytes >= asked[i]);
      held += bytes;
    }
    RC_ASSERT(held == alloc_.frame_arena().position());
    RC_ASSERT(held == alloc_.stats().frame_allocated);
    alloc_.end_frame();
    if (alloc_.budgets() != nullptr) {
      RC_ASSERT(alloc_.budgets()->get_global_budget().current_usage == 0U);
    }
    alloc_.begin_frame();
  }

 private:
  struct Tagged {
    Tagged(SmartAlloc& alloc, const char* tag) : scope(alloc.tag_scope(tag)) {}
    TagScope scope;
  };
  void end_bursts() {
    for (std::optional<FrameBurst>& each : bursts_) each.reset();
  }
  void add(void* at, std::size_t size) {
    RC_ASSERT((at != nullptr));
    const auto pattern = static_cast<unsigned char>(++made_ * 31 + 7);
    std::memset(at, pattern, size);
    blocks_.push_back({static_cast<unsigned char*>(at), size, pattern, tag_});
  }

  SmartAlloc alloc_;
  std::array<std::optional<FrameBurst>, 3> bursts_;
  std::vector<Block> blocks_;
  std::vector<Mark> marks_;
  std::optional<Tagged> scope_;
  std::size_t tag_ = 0;
  std::size_t made_ = 0;
};

RC_GTEST_PROP(BurstProperty, WhatIsLiveKeepsItsBytesAndSumsAddUp, ()) {
  const bool budgets = *rc::gen::arbitrary<bool>();
  Machine machine(budgets);
  const auto steps = *rc::gen::container<std::vector<std::pair<int, std::size_t>>>(
      rc::gen::pair(rc::gen::inRange(0, 14), rc::gen::inRange<std::size_t>(0, 10'000)));
  for (const auto& [kind, value] : steps) {
    machine.step(kind, value);
    machine.check();
  }
  machine.check_sums();
}

}  // namespace
}  // namespace framealloc
