// SPDX-License-Identifier: MIT OR Apache-2.0
// A workload in which two threads work with each other: here() on the calling thread, there() on
// the second. The time is from their meeting until the second is done.
#pragma once

#include <memory>

#include "case.hpp"
#include "ping_pong.hpp"
#include "quiet_slice.hpp"
#include "second_thread.hpp"

namespace bench {

template <class Work>
class BothThreads final : public Case {
 public:
  static constexpr std::size_t kOps = Work::kOps;
  static constexpr std::size_t kObjects = Work::kObjects;

  void run(std::size_t rounds) override { (void)time(rounds); }

  Slice time(std::size_t rounds) override {
    const std::size_t count = rounds * kOps;
    bool quiet_there = false;
    std::uint64_t stop = 0;
    second_thread().start([&] {
      const std::uint64_t switches = context_switches();
      const bool before = canary_at_full_speed();
      meeting_->meet();
      ping_pong_->answer();
      work_.there(count);
      stop = now_ns();
      quiet_there = before && canary_at_full_speed() && context_switches() == switches;
    });
    const std::uint64_t switches = context_switches();
    const bool before = canary_at_full_speed();
    meeting_->meet();
    const bool usual = ping_pong_->at_usual_distance();
    const std::uint64_t start = now_ns();
    work_.here(count);
    const bool quiet = before && canary_at_full_speed() && context_switches() == switches;
    second_thread().finish();
    return {static_cast<double>(stop - start), quiet && usual && quiet_there};
  }

  void check(Ledger& ledger) override {
    second_thread().start([&] { work_.there(kOps, &ledger); });
    work_.here(kOps, &ledger);
    second_thread().finish();
    ledger.round_over(false);
  }

 private:
  Work work_;
  std::unique_ptr<SpinMeeting> meeting_ = std::make_unique<SpinMeeting>();
  std::unique_ptr<PingPong> ping_pong_ = std::make_unique<PingPong>();
};

}  // namespace bench
