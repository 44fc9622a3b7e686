// SPDX-License-Identifier: MIT OR Apache-2.0
// W4: the calling thread allocates 64 bytes and writes them, the second thread reads and frees
// them. An operation is one object, from its allocation to the moment when its consumer has freed
// it. A slice is quiet only if the two threads also were as far apart as they usually are in this
// run: a virtual machine's processors may be moved while it runs, and the price of passing a line
// with them.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "../harness/case.hpp"
#include "../harness/ping_pong.hpp"
#include "../harness/quiet_slice.hpp"
#include "../harness/second_thread.hpp"
#include "../harness/spsc_ring.hpp"
#include "../harness/touch.hpp"

namespace bench {

template <class Peer>
class Handoff final : public Case {
 public:
  using Object = Block<64>;
  static constexpr std::size_t kOps = 8192;
  static constexpr std::size_t kObjects = kOps;

  Handoff() {
    second_thread().call([this] { consumer_.emplace(); });
  }
  ~Handoff() override {
    second_thread().call([this] { consumer_.reset(); });
  }

  void run(std::size_t rounds) override { (void)time(rounds); }

  Slice time(std::size_t rounds) override {
    const std::size_t count = rounds * kOps;
    bool consumer_quiet = false;
    std::uint64_t stop = 0;
    second_thread().start([&] {
      const std::uint64_t switches = context_switches();
      const bool before = canary_at_full_speed();
      meeting_->meet();
      ping_pong_->answer();
      consume(count);
      stop = now_ns();
      consumer_quiet = before && canary_at_full_speed() && context_switches() == switches;
    });
    const std::uint64_t switches = context_switches();
    const bool before = canary_at_full_speed();
    meeting_->meet();
    const bool usual = ping_pong_->at_usual_distance();
    const std::uint64_t start = now_ns();
    produce(count, NoProbe());
    const bool quiet = before && canary_at_full_speed() && context_switches() == switches;
    second_thread().finish();
    return {static_cast<double>(stop - start), quiet && usual && consumer_quiet};
  }

  void check(Ledger& ledger) override {
    second_thread().start([&] { consume_checked(kOps, ledger); });
    produce(kOps, LedgerProbe(ledger), &lock_);
    second_thread().finish();
    ledger.round_over(false);
  }

 private:
  template <class Probe>
  [[gnu::noinline]] void produce(std::size_t count, Probe probe, std::mutex* lock = nullptr) {
    auto session = producer_.open();
    for (std::size_t i = 0; i < count; ++i) {
      // The ledger is shared by both threads while the self-check runs; timed rows take no lock.
      std::optional<std::lock_guard<std::mutex>> guard;
      if constexpr (Probe::kRecords) guard.emplace(*lock);
      Object* p = session.template make<Object>();
      touch(probe, p, sizeof(Object), alignof(Object), i);
      guard.reset();
      ring_->push(p);
    }
    producer_.close(session);
  }
  [[gnu::noinline]] void consume(std::size_t count) {
    auto session = consumer_->open();
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
      auto* p = static_cast<Object*>(ring_->pop());
      sum += p->words[0];
      session.give_back(p);
    }
    consumer_->close(session);
    escape(&sum);
  }
  void consume_checked(std::size_t count, Ledger& ledger) {
    auto session = consumer_->open();
    for (std::size_t i = 0; i < count; ++i) {
      auto* p = static_cast<Object*>(ring_->pop());
      const std::lock_guard guard(lock_);
      if (p->words[0] != i) ledger.fail("an object arrived out of order or changed");
      ledger.gave_back(p);
      session.give_back(p);
    }
    consumer_->close(session);
  }

  Peer producer_;
  std::optional<Peer> consumer_;  // lives and dies on the second thread
  std::unique_ptr<SpscRing> ring_ = std::make_unique<SpscRing>();
  std::unique_ptr<SpinMeeting> meeting_ = std::make_unique<SpinMeeting>();
  std::unique_ptr<PingPong> ping_pong_ = std::make_unique<PingPong>();
  std::mutex lock_;
};

}  // namespace bench
