// SPDX-License-Identifier: MIT OR Apache-2.0
// The frame barrier against std::barrier, and a floor that only spins, knows no time-out and no
// names, and burns the processor while it waits.
#include <barrier>

#include <framealloc/framealloc.hpp>

#include "../harness/register.hpp"
#include "../workloads/barrier.hpp"
#include "peers.hpp"

namespace bench {
namespace {

class FrameBarrierOfTwo {
 public:
  void arrive_and_wait() { barrier_.arrive_and_wait(); }

 private:
  framealloc::FrameBarrier barrier_{2};
};

class StandardBarrier {
 public:
  void arrive_and_wait() { barrier_.arrive_and_wait(); }

 private:
  std::barrier<> barrier_{2};
};

class Spinning {
 public:
  void arrive_and_wait() { meeting_.meet(); }

 private:
  SpinMeeting meeting_;
};

}  // namespace

void add_barrier(Rows& rows) {
  const auto distinct = Guarantee::Distinct;
  add_case<BothThreads<BarrierWork<Spinning>>>(rows, "barrier", "floor-spin", distinct, false);
  add_case<BothThreads<BarrierWork<FrameBarrierOfTwo>>>(rows, "barrier", "framealloc", distinct,
                                                        false);
  add_case<BothThreads<BarrierWork<StandardBarrier>>>(rows, "barrier", "std-barrier", distinct,
                                                      false);
}

}  // namespace bench
