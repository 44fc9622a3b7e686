// SPDX-License-Identifier: MIT OR Apache-2.0
#include "statistics.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "checksum.hpp"
#include "format.hpp"
#include "pcg32.hpp"

namespace fa_demo {
namespace {

TEST(Percentiles, AreNearestRanks) {
  std::vector<std::uint64_t> values(1000);
  std::iota(values.rbegin(), values.rend(), 1U);  // 1000 down to 1
  const Percentiles points = percentiles_of(values);
  EXPECT_EQ(points.p50, 500U);
  EXPECT_EQ(points.p99, 990U);
  EXPECT_EQ(points.p999, 999U);
  EXPECT_EQ(points.max, 1000U);
  EXPECT_DOUBLE_EQ(points.mean, 500.5);
}

TEST(Percentiles, OfNothingAndOfOne) {
  EXPECT_EQ(percentiles_of({}).max, 0U);
  const std::vector<std::uint64_t> one{7};
  EXPECT_EQ(percentiles_of(one).p50, 7U);
  EXPECT_EQ(percentiles_of(one).p999, 7U);
}

TEST(Histogram, PutsEveryValueSomewhere) {
  const std::vector<std::uint64_t> values{0, 10, 19, 20, 29, 999};
  EXPECT_EQ(histogram_of(values, 10, 30, 2), (std::vector<std::size_t>{3, 3}));
}

TEST(Format, ShowsExactlyZeroOnlyForZero) {
  EXPECT_EQ(per_frame(0.0), "0");
  EXPECT_EQ(per_frame(0.004), "0.004");
  EXPECT_EQ(per_frame(1.26), "1.3");
  EXPECT_EQ(per_frame(12345.4), "12,345");
  EXPECT_EQ(byte_count(512.0), "512 B");
  EXPECT_EQ(byte_count(1536.0), "1.5 KiB");
  EXPECT_EQ(hexadecimal(0xABC), "0000000000000abc");
}

TEST(Checksum, SeesOrderAndTheSignOfZero) {
  Checksum a;
  Checksum b;
  a.add(std::uint64_t{1});
  a.add(std::uint64_t{2});
  b.add(std::uint64_t{2});
  b.add(std::uint64_t{1});
  EXPECT_NE(a.value(), b.value());
  Checksum positive;
  Checksum negative;
  positive.add(0.0F);
  negative.add(-0.0F);
  EXPECT_NE(positive.value(), negative.value());
}

TEST(Pcg32, IsTheGeneratorOfItsPaper) {
  // The first numbers of the reference implementation, seed 42, stream 54.
  Pcg32 rng(42, 54);
  EXPECT_EQ(rng.next(), 0xA15C02B7U);
  EXPECT_EQ(rng.next(), 0x7B47F409U);
  EXPECT_EQ(rng.next(), 0xBA1D3330U);
}

}  // namespace
}  // namespace fa_demo
