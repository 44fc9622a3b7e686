// SPDX-License-Identifier: MIT OR Apache-2.0
#include "jobs.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace fa_demo {
namespace {

struct Tally {
  // Plain integers: the crew alone must make the writes of its threads visible after wait().
  std::vector<int> runs = std::vector<int>(40, 0);
  static void run(void* context, unsigned chunk) { ++static_cast<Tally*>(context)->runs[chunk]; }
};

class JobCrewTest : public testing::TestWithParam<std::tuple<unsigned, HandOff>> {};

TEST_P(JobCrewTest, RunsEveryChunkOfEveryJobOncePerBatch) {
  const auto [threads, hand_off] = GetParam();
  JobCrew crew(threads, hand_off);
  Tally first;
  Tally second;
  constexpr int kBatches = 200;
  for (int batch = 0; batch < kBatches; ++batch) {
    const std::array<Job, 2> jobs{Job{&Tally::run, &first, 40}, Job{&Tally::run, &second, 3}};
    crew.start(jobs);
    crew.wait();
    ASSERT_EQ(first.runs[39], batch + 1);
  }
  for (const int runs : first.runs) EXPECT_EQ(runs, kBatches);
  for (int chunk = 0; chunk < 3; ++chunk)
    EXPECT_EQ(second.runs[static_cast<std::size_t>(chunk)], kBatches);
  EXPECT_EQ(second.runs[3], 0);
}

INSTANTIATE_TEST_SUITE_P(Crews, JobCrewTest,
                         testing::Combine(testing::Values(1U, 3U, 7U),
                                          testing::Values(HandOff::Park, HandOff::Spin)));

TEST(JobCrew, EndsWithoutEverHavingHadWork) { const JobCrew crew(4, HandOff::Park); }

}  // namespace
}  // namespace fa_demo
