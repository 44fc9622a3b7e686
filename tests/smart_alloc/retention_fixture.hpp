// SPDX-License-Identifier: MIT OR Apache-2.0
// Objects that know how many of their kind are alive, and an allocator whose blocks are counted.
#pragma once

#include <framealloc/framealloc.hpp>

#include "support/report_log.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <string>
#include <utility>

namespace framealloc::testing {

// Points to itself: right only if it was made, or moved, by its own constructors.
struct Tracked {
  static inline std::atomic<int> alive{0};
  static inline std::atomic<int> moves{0};
  static inline std::atomic<int> ends{0};

  explicit Tracked(int v) : self(this), value(v), text(kText + std::to_string(v)) { ++alive; }
  Tracked(Tracked&& other) noexcept : self(this), value(other.value), text(std::move(other.text)) {
    ++alive;
    ++moves;
  }
  Tracked& operator=(Tracked&&) = delete;
  ~Tracked() {
    EXPECT_EQ(self, this);
    self = nullptr;
    --alive;
    ++ends;
  }
  [[nodiscard]] bool intact(int v) const {
    return self == this && value == v && text == kText + std::to_string(v);
  }
  static void reset() { alive = moves = ends = 0; }

  static inline const std::string kText = "a text that does not fit into the string itself, ";
  Tracked* self;
  int value;
  std::string text;
};

// At the end of the test every object and every block must have gone.
class RetentionWorld : public ::testing::Test {
 protected:
  RetentionWorld() { Tracked::reset(); }
  ~RetentionWorld() override {
    EXPECT_EQ(Tracked::alive.load(), 0);
    EXPECT_EQ(counting.live_blocks(), 0u);
  }
  [[nodiscard]] AllocConfig config() {
    return AllocConfig::minimal().with_upstream(&counting).with_report_handler(&ReportLog::handler,
                                                                               &log);
  }
  SystemSource system;
  CountingSource counting{system};
  ReportLog log;
};

}  // namespace framealloc::testing
