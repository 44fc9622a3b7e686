// SPDX-License-Identifier: MIT OR Apache-2.0
// What a variable may hold at one point of a program.
#pragma once

#include "facts/place.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace fa_check {

struct Target {
  PlaceId place = 0;
  SiteId stored = 0;  // where the variable that has it got it
  friend bool operator==(const Target& a, const Target& b) { return a.place == b.place; }
};

// The origins of a value: places that a pointer may point at, that a container's buffer is in, or
// that an expression denotes.
struct Value {
  std::vector<Target> to;  // sorted by place
  bool null = false;       // may be null
  bool other = false;      // may be something that the analysis does not follow
  std::optional<std::int64_t> number;

  [[nodiscard]] static Value of(PlaceId place) {
    Value value;
    value.to.push_back({place, 0});
    return value;
  }
  [[nodiscard]] static Value unknown() {
    Value value;
    value.other = true;
    return value;
  }
  [[nodiscard]] static Value nothing() {
    Value value;
    value.null = true;
    return value;
  }
  [[nodiscard]] bool is_only_null() const { return null && !other && to.empty(); }
  [[nodiscard]] bool has(PlaceId place) const {
    const auto at = std::lower_bound(to.begin(), to.end(), place,
                                     [](const Target& a, PlaceId b) { return a.place < b; });
    return at != to.end() && at->place == place;
  }
  void add(Target target) {
    const auto at = std::lower_bound(to.begin(), to.end(), target.place,
                                     [](const Target& a, PlaceId b) { return a.place < b; });
    if (at == to.end() || at->place != target.place) to.insert(at, target);
  }
  void join(const Value& from) {
    for (const Target& target : from.to) add(target);
    null = null || from.null;
    other = other || from.other;
    if (number != from.number) number.reset();
  }
  friend bool operator==(const Value& a, const Value& b) {
    return a.to == b.to && a.null == b.null && a.other == b.other && a.number == b.number;
  }
};

}  // namespace fa_check
