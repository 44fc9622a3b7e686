// SPDX-License-Identifier: MIT OR Apache-2.0
// Transfers and their channel against what programs write in their place: a unique_ptr, in a
// bounded queue under a mutex, or in moodycamel's queue where that is installed.
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>

#include <framealloc/framealloc.hpp>

#if BENCH_HAS_CONCURRENTQUEUE
#include <concurrentqueue/blockingconcurrentqueue.h>
#endif

#include "../harness/register.hpp"
#include "../workloads/channel.hpp"
#include "../workloads/transfers.hpp"
#include "peers.hpp"

namespace bench {
namespace {

using Object = Block<64>;

class Transfers {
 public:
  template <class Write, class Read>
  void pass(Write&& write, Read&& read) {
    auto handle = alloc_.frame_box_for_transfer<Object>();
    write(*handle.as_ptr());
    const auto box = handle.receive();
    read(*box);
  }

 private:
  framealloc::SmartAlloc alloc_;
};

class MovedPointer {
 public:
  template <class Write, class Read>
  void pass(Write&& write, Read&& read) {
    auto made = std::make_unique<Object>();
    write(*made);
    const std::unique_ptr<Object> received = std::move(*opaque(&made));
    read(*received);
  }
};

// Bounded, first in, first out; waits where it is full or empty.
class MutexQueue {
 public:
  void push(std::unique_ptr<Object> object) {
    {
      std::unique_lock lock(mutex_);
      room_.wait(lock, [this] { return queue_.size() < kChannelCapacity; });
      queue_.push_back(std::move(object));
    }
    items_.notify_one();
  }
  std::unique_ptr<Object> pop() {
    std::unique_ptr<Object> object;
    {
      std::unique_lock lock(mutex_);
      items_.wait(lock, [this] { return !queue_.empty(); });
      object = std::move(queue_.front());
      queue_.pop_front();
    }
    room_.notify_one();
    return object;
  }

 private:
  std::mutex mutex_;
  std::condition_variable items_;
  std::condition_variable room_;
  std::deque<std::unique_ptr<Object>> queue_;
};

class ThroughMutexQueue {
 public:
  template <class Write, class Read>
  void pass(Write&& write, Read&& read) {
    send(write);
    receive(read);
  }
  template <class Write>
  void send(Write&& write) {
    auto made = std::make_unique<Object>();
    write(*made);
    queue_.push(std::move(made));
  }
  template <class Read>
  void receive(Read&& read) {
    const auto received = queue_.pop();
    read(*received);
  }

 private:
  MutexQueue queue_;
};

class ThroughChannel {
 public:
  template <class Write, class Read>
  void pass(Write&& write, Read&& read) {
    send(write);
    receive(read);
  }
  template <class Write>
  void send(Write&& write) {
    auto handle = alloc_.frame_box_for_transfer<Object>();
    write(*handle.as_ptr());
    (void)channel_.send(std::move(handle));
  }
  template <class Read>
  void receive(Read&& read) {
    const auto box = channel_.receive().receive();
    read(*box);
  }

 private:
  framealloc::SmartAlloc alloc_;
  framealloc::TransferChannel<Object> channel_{alloc_, kChannelCapacity};
};

#if BENCH_HAS_CONCURRENTQUEUE
// Not bounded: it never waits for room.
class Moodycamel {
 public:
  template <class Write>
  void send(Write&& write) {
    auto made = std::make_unique<Object>();
    write(*made);
    queue_.enqueue(std::move(made));
  }
  template <class Read>
  void receive(Read&& read) {
    std::unique_ptr<Object> received;
    queue_.wait_dequeue(received);
    read(*received);
  }

 private:
  moodycamel::BlockingConcurrentQueue<std::unique_ptr<Object>> queue_{kChannelCapacity};
};
#endif

}  // namespace

void add_handover(Rows& rows) {
  add_case<RoundCase<MovedPointer, TransferPass>>(rows, "transfers", "floor-unique_ptr");
  add_case<RoundCase<Transfers, TransferPass>>(rows, "transfers", "framealloc");
  add_case<RoundCase<ThroughChannel, TransferPass>>(rows, "transfers", "framealloc-channel");
  add_case<RoundCase<ThroughMutexQueue, TransferPass>>(rows, "transfers", "mutex-queue");

  const auto distinct = Guarantee::Distinct;
  add_case<BothThreads<ChannelWork<ThroughChannel>>>(rows, "channel", "framealloc", distinct,
                                                     false);
  add_case<BothThreads<ChannelWork<ThroughMutexQueue>>>(rows, "channel", "mutex-queue", distinct,
                                                        false);
#if BENCH_HAS_CONCURRENTQUEUE
  add_case<BothThreads<ChannelWork<Moodycamel>>>(rows, "channel", "moodycamel", distinct, false);
#else
  rows.leave_out("moodycamel", "not found when this was built: libconcurrentqueue-dev");
#endif
}

}  // namespace bench
