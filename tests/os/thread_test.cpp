// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/os/thread.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace framealloc::os {
namespace {

TEST(ThreadIdentity, IsStableOnAThread) {
  const ThreadId mine = current_thread_id();
  EXPECT_NE(mine, ThreadId{});
  EXPECT_EQ(current_thread_id(), mine);
  EXPECT_EQ(thread_word(), thread_word());
}

TEST(ThreadIdentity, IsNeverReused) {
  std::set<ThreadId> seen{current_thread_id()};
  for (int i = 0; i < 100; ++i) {
    ThreadId id;
    std::jthread([&id] { id = current_thread_id(); }).join();
    EXPECT_TRUE(seen.insert(id).second) << id.value;
  }
}

TEST(ThreadIdentity, WordsOfLiveThreadsDiffer) {
  constexpr int kThreads = 8;
  std::atomic<int> arrived{0};
  std::uintptr_t words[kThreads];
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&arrived, &words, t] {
        words[t] = thread_word();
        ++arrived;
        for (unsigned round = 0; arrived < kThreads; ++round) relax(round);
      });
    }
  }
  std::set<std::uintptr_t> seen(std::begin(words), std::end(words));
  seen.insert(thread_word());
  EXPECT_EQ(seen.size(), std::size_t{kThreads} + 1);
}

// What happened on a thread, in order; one letter each.
std::string* journal = nullptr;

struct Local {
  bool armed = false;
  ~Local() {
    if (armed) *journal += 'd';
  }
};

class AtThreadExit : public testing::Test {
 protected:
  void SetUp() override { journal = &events_; }
  void TearDown() override { journal = nullptr; }
  std::string events_;
};

TEST_F(AtThreadExit, RunsAfterTheDestructorsOfThreadLocals) {
  std::jthread([] {
    static thread_local Local before;
    before.armed = true;
    EXPECT_TRUE(
        at_thread_exit([](void* text) { *static_cast<std::string*>(text) += 'h'; }, journal));
    static thread_local Local after;
    after.armed = true;
    *journal += 'w';
  }).join();
  EXPECT_EQ(events_, "wddh");
}

TEST_F(AtThreadExit, ASecondCallReplacesTheFirst) {
  std::jthread([] {
    EXPECT_TRUE(at_thread_exit([](void*) { *journal += '1'; }, nullptr));
    EXPECT_TRUE(at_thread_exit([](void*) { *journal += '2'; }, nullptr));
  }).join();
  EXPECT_EQ(events_, "2");
}

TEST_F(AtThreadExit, ANullHookCancels) {
  std::jthread([] {
    EXPECT_TRUE(at_thread_exit([](void*) { *journal += '1'; }, nullptr));
    EXPECT_TRUE(at_thread_exit(nullptr, nullptr));
  }).join();
  EXPECT_EQ(events_, "");
}

TEST_F(AtThreadExit, AHookMayRegisterAgain) {
  std::jthread([] {
    EXPECT_TRUE(at_thread_exit(
        [](void*) {
          *journal += '1';
          EXPECT_TRUE(at_thread_exit([](void*) { *journal += '2'; }, nullptr));
        },
        nullptr));
  }).join();
  EXPECT_EQ(events_, "12");
}

TEST_F(AtThreadExit, ADestructorOfAThreadLocalMayRegister) {
  struct Late {
    bool armed = false;
    ~Late() {
      if (armed) at_thread_exit([](void*) { *journal += 'l'; }, nullptr);
    }
  };
  std::jthread([] {
    static thread_local Late late;
    late.armed = true;
  }).join();
  EXPECT_EQ(events_, "l");
}

TEST_F(AtThreadExit, OtherThreadsHooksAreTheirOwn) {
  std::atomic<int> runs{0};
  const auto hook = [](void* count) { ++*static_cast<std::atomic<int>*>(count); };
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 16; ++t) {
      threads.emplace_back([&runs, hook, t] {
        if (t % 2 == 0) {
          EXPECT_TRUE(at_thread_exit(hook, &runs));
        }
      });
    }
  }
  EXPECT_EQ(runs, 8);
}

TEST(Relax, LetsAWaiterSeeTheOtherThreadsWork) {
  std::atomic<bool> done{false};
  std::jthread other([&done] { done = true; });
  unsigned rounds = 0;
  while (!done) relax(rounds++);
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace framealloc::os
