// SPDX-License-Identifier: MIT OR Apache-2.0
// Random programs of OffsetRing against a ring in which every unit knows whose it is.
#include <framealloc/gpu/offset_ring.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

namespace framealloc::gpu {
namespace {

class RingModel {
 public:
  explicit RingModel(std::uint64_t size) : taken_(size, false) {}

  // Tries every offset from the cursor on, once around: the first whose units are all free is the
  // one. What lies between cursor and offset is lost to this request.
  std::uint64_t allocate(std::uint64_t units, std::uint64_t alignment) {
    const std::uint64_t size = taken_.size();
    if (used() == 0) cursor_ = 0;
    for (std::uint64_t lost = 0; lost < size; ++lost) {
      const std::uint64_t offset = (cursor_ + lost) % size;
      if (taken_[offset]) break;  // what is behind lies in front of the cursor
      if (offset % alignment != 0 || offset + units > size) continue;
      bool free = true;
      for (std::uint64_t i = 0; i < units; ++i) free = free && !taken_[offset + i];
      if (!free) continue;
      for (std::uint64_t i = 0; i < lost + units; ++i) take((cursor_ + i) % size);
      cursor_ = (offset + units) % size;
      return offset;
    }
    return kNoOffset;
  }
  void close(std::uint64_t serial) {
    if (open_.empty()) return;
    if (!closed_.empty() &&
        (closed_.size() == OffsetRing::kMaxOpen || closed_.back().serial == serial)) {
      closed_.back().serial = serial;
      closed_.back().units.insert(closed_.back().units.end(), open_.begin(), open_.end());
    } else {
      closed_.push_back({serial, open_});
    }
    open_.clear();
  }
  void release(std::uint64_t completed) {
    while (!closed_.empty() && closed_.front().serial <= completed) {
      for (const std::uint64_t unit : closed_.front().units) taken_[unit] = false;
      closed_.pop_front();
    }
  }
  [[nodiscard]] std::uint64_t used() const {
    return static_cast<std::uint64_t>(std::ranges::count(taken_, true));
  }

 private:
  struct Closed {
    std::uint64_t serial;
    std::vector<std::uint64_t> units;
  };
  void take(std::uint64_t unit) {
    RC_ASSERT(!taken_[unit]);
    taken_[unit] = true;
    open_.push_back(unit);
  }

  std::vector<bool> taken_;
  std::uint64_t cursor_ = 0;
  std::vector<std::uint64_t> open_;
  std::deque<Closed> closed_;
};

void run(std::uint64_t size, std::uint64_t largest, const std::vector<int>& commands) {
  OffsetRing ring(size);
  RingModel model(size);
  std::uint64_t serial = 1;
  std::uint64_t completed = 0;
  for (const int command : commands) {
    if (command < 30) {
      ring.close(serial);
      model.close(serial);
      if (command < 25) ++serial;  // now and then two have the same
    } else if (command < 40) {
      completed = *rc::gen::inRange<std::uint64_t>(completed, serial + 1);
      ring.release(completed);
      model.release(completed);
    } else {
      const std::uint64_t units = *rc::gen::inRange<std::uint64_t>(1, largest + 1);
      const std::uint64_t alignment = std::uint64_t{1} << *rc::gen::inRange(0, 6);
      RC_ASSERT(ring.allocate(units, alignment) == model.allocate(units, alignment));
    }
    RC_ASSERT(ring.used() == model.used());
  }
  ring.close(serial);
  ring.release(serial);
  RC_ASSERT(ring.used() == 0U);
  RC_ASSERT(ring.allocate(size) == 0U);
}

std::vector<int> commands(std::size_t most) {
  return *rc::gen::resize(static_cast<int>(most),
                          rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 100)));
}

RC_GTEST_PROP(OffsetRingProperty, IsFirstInFirstOutWithoutStraddling, ()) {
  const std::uint64_t size = *rc::gen::inRange<std::uint64_t>(1, 200);
  run(size, std::max<std::uint64_t>(1, size * 2 / 3), commands(150));
}

// So many serials are open that further ones join.
RC_GTEST_PROP(OffsetRingProperty, JoinsSerialsBeyondTheMost, ()) {
  std::vector<int> long_run;
  for (std::size_t i = 0; i < OffsetRing::kMaxOpen + 20; ++i) {
    long_run.push_back(99);
    long_run.push_back(0);
  }
  const std::vector<int> more = commands(150);
  long_run.insert(long_run.end(), more.begin(), more.end());
  run(400, 4, long_run);
}

}  // namespace
}  // namespace framealloc::gpu
