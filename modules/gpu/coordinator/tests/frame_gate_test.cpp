// SPDX-License-Identifier: MIT OR Apache-2.0
#include "frame_gate.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

namespace framealloc::coordinator::detail {
namespace {

using namespace std::chrono_literals;

TEST(FrameGate, ClosingWaitsForWhoIsInside) {
  FrameGate gate;
  std::atomic<bool> inside{false}, done{false};
  std::thread call([&] {
    const FrameGate::Pass first(gate);
    const FrameGate::Pass second(gate);
    inside = true;
    std::this_thread::sleep_for(20ms);  // so that a gate that does not wait is seen not to
    done = true;
  });
  while (!inside) std::this_thread::yield();
  {
    const FrameGate::Closing closing(gate);
    EXPECT_TRUE(done);
  }
  call.join();
}

TEST(FrameGate, WhoComesWhileItIsClosedWaits) {
  FrameGate gate;
  std::optional<FrameGate::Closing> closing(std::in_place, gate);
  std::atomic<bool> open{false}, coming{false};
  std::thread call([&] {
    coming = true;
    const FrameGate::Pass pass(gate);
    EXPECT_TRUE(open);
  });
  while (!coming) std::this_thread::yield();
  std::this_thread::sleep_for(20ms);
  open = true;
  closing.reset();
  call.join();
}

}  // namespace
}  // namespace framealloc::coordinator::detail
