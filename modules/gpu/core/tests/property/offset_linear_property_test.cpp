// SPDX-License-Identifier: MIT OR Apache-2.0
// Random programs of OffsetLinear against a cursor that steps unit by unit.
#include <framealloc/gpu/offset_linear.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <vector>

namespace framealloc::gpu {
namespace {

RC_GTEST_PROP(OffsetLinearProperty, HandsOutTheNextAlignedUnits, ()) {
  const std::uint64_t size = *rc::gen::inRange<std::uint64_t>(0, 300);
  OffsetLinear linear(size);
  std::uint64_t cursor = 0;
  std::vector<std::uint64_t> marks;
  const auto commands = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 20));
  for (const int command : commands) {
    if (command == 0) {
      linear.reset();
      cursor = 0;
    } else if (command <= 2) {
      RC_ASSERT(linear.mark() == cursor);
      marks.push_back(linear.mark());
    } else if (command <= 4 && !marks.empty()) {
      const std::uint64_t mark = *rc::gen::elementOf(marks);
      RC_ASSERT(linear.rewind(mark) == (mark <= cursor));
      if (mark <= cursor) cursor = mark;
    } else {
      const std::uint64_t units = *rc::gen::inRange<std::uint64_t>(0, 40);
      const std::uint64_t alignment = *rc::gen::inRange<std::uint64_t>(0, 34);
      const bool sound = units != 0 && (alignment == 1 || alignment == 2 || alignment == 4 ||
                                        alignment == 8 || alignment == 16 || alignment == 32);
      std::uint64_t wanted = cursor;
      while (sound && wanted % alignment != 0) ++wanted;
      const bool fits = sound && wanted + units <= size;
      RC_ASSERT(linear.allocate(units, alignment) == (fits ? wanted : kNoOffset));
      if (fits) cursor = wanted + units;
    }
    RC_ASSERT(linear.used() == cursor);
    RC_ASSERT(linear.size() == size);
  }
}

}  // namespace
}  // namespace framealloc::gpu
