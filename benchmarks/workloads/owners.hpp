// SPDX-License-Identifier: MIT OR Apache-2.0
// One thread frees blocks of several others in turn, as a thread does that collects the results of
// many workers. Only the frees are timed; the workers make the blocks before, and rest.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "../harness/case.hpp"
#include "../harness/quiet_slice.hpp"
#include "../harness/touch.hpp"

namespace bench {

// A thread that does what it is told and otherwise sleeps.
class Helper {
 public:
  ~Helper() {
    call(nullptr);
    thread_.join();
  }
  void call(std::function<void()> job) {
    std::unique_lock lock(mutex_);
    job_ = std::move(job);
    due_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !due_; });
  }

 private:
  void loop() {
    std::unique_lock lock(mutex_);
    for (bool more = true; more;) {
      changed_.wait(lock, [this] { return due_; });
      more = job_ != nullptr;
      if (more) job_();
      due_ = false;
      changed_.notify_all();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> job_;
  bool due_ = false;
  std::thread thread_{[this] { loop(); }};
};

template <class Peer, std::size_t owners>
class FreesInTurn final : public Case {
 public:
  using Object = Block<64>;
  static constexpr std::size_t kOps = 4096;
  static constexpr std::size_t kObjects = kOps;

  void run(std::size_t rounds) override {
    for (std::size_t i = 0; i < rounds; ++i) {
      make(NoProbe());
      free_all(NoProbe());
    }
  }
  Slice time(std::size_t rounds) override {
    Slice sum{0, true};
    for (std::size_t i = 0; i < rounds; ++i) {
      make(NoProbe());
      const Slice slice = quiet_slice([&] { free_all(NoProbe()); });
      sum.ns += slice.ns;
      sum.quiet = sum.quiet && slice.quiet;
    }
    return sum;
  }
  void check(Ledger& ledger) override {
    make(LedgerProbe(ledger));
    free_all(LedgerProbe(ledger));
    ledger.round_over(false);
  }

 private:
  // One worker after the other.
  template <class Probe>
  void make(Probe probe) {
    for (std::size_t owner = 0; owner < owners; ++owner) {
      helpers_[owner].call([&] {
        auto session = peer_.open();
        for (std::size_t i = owner; i < kOps; i += owners) {
          auto* const object = session.template make<Object>();
          touch(probe, object, sizeof(Object), alignof(Object), i);
          objects_[i] = object;
        }
        peer_.close(session);
      });
    }
  }
  template <class Probe>
  [[gnu::noinline]] void free_all(Probe probe) {
    auto session = peer_.open();
    for (Object* object : objects_) {
      probe.gave_back(object);
      session.give_back(object);
    }
    peer_.close(session);
  }

  Peer peer_;
  std::vector<Object*> objects_ = std::vector<Object*>(kOps);
  std::unique_ptr<Helper[]> helpers_ = std::make_unique<Helper[]>(owners);
};

}  // namespace bench
