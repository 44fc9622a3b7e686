// SPDX-License-Identifier: MIT OR Apache-2.0
// W5: another workload on two threads at once, each with its own peer. The time is per thread and
// operation: with nothing shared it equals the time on one thread.
#pragma once

#include <memory>
#include <optional>

#include "../harness/case.hpp"
#include "../harness/quiet_slice.hpp"
#include "../harness/second_thread.hpp"

namespace bench {

template <class OneThread>
class TwoThreads final : public Case {
 public:
  static constexpr std::size_t kOps = OneThread::kOps;
  static constexpr std::size_t kObjects = OneThread::kObjects * 2;

  TwoThreads() {
    second_thread().call([this] { there_.emplace(); });
  }
  ~TwoThreads() override {
    second_thread().call([this] { there_.reset(); });
  }

  void run(std::size_t rounds) override { (void)time(rounds); }

  Slice time(std::size_t rounds) override {
    Slice theirs;
    second_thread().start([&] {
      meeting_->meet();
      theirs = there_->time(rounds);
    });
    meeting_->meet();
    const Slice ours = here_.time(rounds);
    second_thread().finish();
    return {(ours.ns + theirs.ns) / 2, ours.quiet && theirs.quiet};
  }

  // The two threads are checked one after the other: the ledger is about their work, not their
  // timing.
  void check(Ledger& ledger) override {
    here_.check(ledger);
    second_thread().call([&] { there_->check(ledger); });
  }

 private:
  OneThread here_;
  std::optional<OneThread> there_;  // lives and dies on the second thread
  std::unique_ptr<SpinMeeting> meeting_ = std::make_unique<SpinMeeting>();
};

}  // namespace bench
