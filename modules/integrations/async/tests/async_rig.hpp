// SPDX-License-Identifier: MIT OR Apache-2.0
// What the tests of coroutines share.
#pragma once

#include <framealloc/async/async.hpp>
#include <framealloc/framealloc.hpp>

#include "support/report_log.hpp"

#include <coroutine>
#include <cstddef>

namespace framealloc::async::test {

using framealloc::testing::ReportLog;

inline AllocConfig config_for(ReportLog& log) {
  AllocConfig config;
  config.on_report = &ReportLog::handler;
  config.report_context = &log;
  return config;
}

// A program's own kind of coroutine: runs at once, belongs to nobody, ends by itself.
struct Fire {
  struct promise_type : PooledFrame {
    Fire get_return_object() noexcept { return {true}; }
    static Fire get_return_object_on_allocation_failure() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
  bool made = false;
};

// Suspends and hands the coroutine to the test.
struct Parking {
  std::coroutine_handle<>* parked;
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> coroutine) const noexcept { *parked = coroutine; }
  void await_resume() const noexcept {}
};

// Result: coroutine frames that are alive now, more than at the beginning.
class LiveFrames {
 public:
  [[nodiscard]] std::int64_t count() const { return coroutine_stats().live_frames - before_; }

 private:
  std::int64_t before_ = coroutine_stats().live_frames;
};

}  // namespace framealloc::async::test
