// SPDX-License-Identifier: MIT OR Apache-2.0
// Two threads that do the same work at once.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <thread>

namespace bench {

/// The second thread spins for its turn, so that what is timed is the work and not a thread's start. They
/// meet once for each time(), so the work is to be long beside that: 50 us and more.
class Pair {
 public:
  using Work = std::function<bool()>;
  explicit Pair(const Work& work) : work_(work), second_([this] { serve(); }) {}
  ~Pair();
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  /// Effect: both do the work once. Result: ns from where both are ready to where both are done;
  /// nothing if one failed.
  [[nodiscard]] std::optional<double> time();

 private:
  // The first thread calls, the second answers that it is there, both run, the second rests: each step
  // waits for the one before, so none is missed.
  enum Turn { kRest, kCalled, kThere, kRun, kEnd };
  void serve();

  const Work& work_;
  std::optional<bool> other_;
  std::atomic<Turn> turn_{kRest};
  std::thread second_;
};

}  // namespace bench
