// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <framealloc/box2d/physics.hpp>

#include <cstddef>

namespace framealloc::box2d::detail {

// Finds the record of a contact among the hits of a step. Made when it is first asked, in a step
// with sub-steps; until there are a few dozen hits, and where the pool denies the table, it looks at
// all of them.
class HitIndex {
 public:
  HitIndex() noexcept = default;
  HitIndex(const HitIndex&) = delete;
  HitIndex& operator=(const HitIndex&) = delete;

  // Result: the contact's record, or null.
  [[nodiscard]] HitRecord* find(StepLogs& logs, const b2Contact* contact) noexcept;
  // Effect: notes a record that was added to the log after find() did not find it.
  void add(HitRecord* record) noexcept;
  void clear(SmartAlloc& alloc) noexcept;

 private:
  [[nodiscard]] bool build(StepLogs& logs) noexcept;
  [[nodiscard]] HitRecord** place_of(const b2Contact* contact) const noexcept;

  HitRecord** table_ = nullptr;  // open addressing, at most half full
  std::size_t mask_ = 0;
  std::size_t used_ = 0;
};

}  // namespace framealloc::box2d::detail
