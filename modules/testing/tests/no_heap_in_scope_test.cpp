// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/testing/no_heap_in_scope.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

// Visible, so that a call stack can name it: gcc and clang leave it out of line.
extern "C" [[gnu::noinline, gnu::visibility("default")]] void* the_first_offender(
    std::size_t size) {
  void* const block = std::malloc(size);
  return block;
}

namespace framealloc::testing {
namespace {

// Keeps the compiler from leaving out an allocation that nobody reads.
void* volatile kept = nullptr;
void keep(void* block) {
  void* volatile used = block;
  std::free(used);
}

TEST(NoHeapInScope, CountsEveryKindOfCall) {
  const NoHeapInScope none;
  EXPECT_TRUE(none);
  keep(std::malloc(100));
  keep(std::calloc(3, 70));
  keep(std::realloc(nullptr, 30));
  keep(std::aligned_alloc(64, 128));
  void* block = nullptr;
  ASSERT_EQ(posix_memalign(&block, 64, 64), 0);
  keep(block);
  int* volatile number = new int(1);
  delete number;
  struct alignas(128) Wide {
    char bytes[128];
  };
  Wide* volatile wide = new Wide;
  delete wide;
  const std::uint64_t calls = none.count();
  [[maybe_unused]] const std::uint64_t bytes = none.bytes();
  EXPECT_FALSE(none);
#if FRAMEALLOC_TSAN
  EXPECT_GE(calls, 4u);  // it tells its hooks of plain forms only
#else
  EXPECT_EQ(calls, 7u);
  EXPECT_GE(bytes, 100u + 210u + 30u + 128u + 64u + sizeof(int) + 128u);
#endif
}

TEST(NoHeapInScope, CountsWhatLibrariesCall) {
  const NoHeapInScope none;
  {
    std::vector<int> numbers(1000);
    kept = numbers.data();
    // The text of an exception is allocated inside the standard library.
    const std::runtime_error error("a text that is too long for any small string buffer there is");
    kept = const_cast<char*>(error.what());
  }
  EXPECT_GE(none.count(), 2u);
  EXPECT_FALSE(none);
}

TEST(NoHeapInScope, FreesAreAllowed) {
  void* volatile block = std::malloc(10);
  const NoHeapInScope none;
  std::free(block);
  EXPECT_TRUE(none) << none.message();
  EXPECT_EQ(none.message(), "no heap calls of this thread");
}

TEST(NoHeapInScope, NamesTheFirstOffender) {
  const NoHeapInScope none;
  kept = the_first_offender(4321);
  std::free(kept);
  keep(std::malloc(50));
  EXPECT_FALSE(none);
  const std::string message = none.message();
  const std::uint64_t after = none.count();
  EXPECT_TRUE(
      message.starts_with("2 heap calls of this thread in a scope that allows none, 4371 B; "
                          "the first is malloc of 4321 B, called by\n  "))
      << message;
#if !FRAMEALLOC_ASAN && !FRAMEALLOC_TSAN
  // The first line is the function that called malloc, not one of ours.
  const std::string first = message.substr(message.find("\n  "));
  EXPECT_NE(first.substr(0, first.find('\n', 1)).find("the_first_offender"), std::string::npos)
      << message;
#endif
  EXPECT_EQ(after, 2u) << "the message counted itself";
}

TEST(NoHeapInScope, KnowsWhoseCallsItCounts) {
  std::thread other;
  std::atomic<bool> go{false};
  other = std::thread([&] {
    while (!go) std::this_thread::yield();
    keep(std::malloc(77));
  });
  const NoHeapInScope mine;
  const NoHeapInScope everybodys(HeapCalls::OfAllThreads);
  go = true;
  other.join();
  const std::uint64_t of_mine = mine.count(), of_all = everybodys.count();
  EXPECT_EQ(of_mine, 0u);
  EXPECT_GE(of_all, 1u);
  EXPECT_FALSE(everybodys);
  (void)mine.none();
}

TEST(NoHeapInScope, ScopesNest) {
  const NoHeapInScope outer;
  keep(std::malloc(1));
  {
    const NoHeapInScope inner;
    keep(std::malloc(2));
    EXPECT_EQ(inner.count(), 1u);
    EXPECT_FALSE(inner);
  }
  keep(std::malloc(3));
  EXPECT_EQ(outer.count(), 3u);
  EXPECT_FALSE(outer);
}

struct Failures {
  std::vector<std::string> messages;
  Failures() {
    set_failure_handler(
        [](std::string_view message, const CallSite& site, void* self) {
          static_cast<Failures*>(self)->messages.push_back(std::string(site.file) + ": " +
                                                           std::string(message));
        },
        this);
  }
  ~Failures() { set_failure_handler(nullptr); }
};

// Threads that come, allocate and go while scopes of the whole process begin and end.
TEST(NoHeapInScope, EndsWhileOthersAllocate) {
  const Failures ignored;  // what others do between the question and the end of a scope
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      while (!stop) keep(std::malloc(16));
    });
  }
  std::uint64_t seen = 0;
  for (int i = 0; i < 20 || seen == 0; ++i) {
    const NoHeapInScope everybodys(HeapCalls::OfAllThreads);
    std::this_thread::yield();
    (void)everybodys.none();
    seen += everybodys.count();
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(seen, 0u);
}

TEST(NoHeapInScope, FailsByItselfWhenNobodyAsked) {
  Failures failures;
  {
    const NoHeapInScope none;
  }
  EXPECT_TRUE(failures.messages.empty());
  {
    const NoHeapInScope none;
    keep(std::malloc(5));
  }
  ASSERT_EQ(failures.messages.size(), 1u);
  EXPECT_NE(failures.messages[0].find("no_heap_in_scope_test.cpp: 1 heap call"), std::string::npos)
      << failures.messages[0];
  {
    const NoHeapInScope none;
    keep(std::malloc(5));
    EXPECT_FALSE(none);
    keep(std::malloc(5));  // what the test does with the answer
  }
  EXPECT_EQ(failures.messages.size(), 1u);
  {
    const NoHeapInScope none;
    EXPECT_TRUE(none);
    keep(std::malloc(5));
  }
  EXPECT_EQ(failures.messages.size(), 2u) << "the answer was yes, and calls came later";
}

}  // namespace
}  // namespace framealloc::testing
