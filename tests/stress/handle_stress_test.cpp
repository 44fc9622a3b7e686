// SPDX-License-Identifier: MIT OR Apache-2.0
// Eight threads do everything at once that handles allow.
#include <framealloc/handle_allocator.hpp>

#include "heap/handle_fixture.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using testing::HandleWorld;

constexpr unsigned kThreads = 8;
constexpr unsigned kSeed = 20240607;

struct Plain {
  std::uint64_t number;
  std::array<std::uint64_t, 30> copies;
};

// Moves by its constructor, and is wrong at once if a move is seen half done.
struct Owner {
  explicit Owner(std::uint64_t n) : self(this), text(40, static_cast<char>('a' + n % 26)) {}
  Owner(Owner&& other) noexcept : self(this), text(std::move(other.text)) {}
  Owner& operator=(Owner&&) = delete;
  [[nodiscard]] bool whole() const { return self == this && text.size() == 40; }
  Owner* self;
  std::string text;
};

// A place where threads find each other's handles.
template <class T>
struct Board {
  std::array<std::atomic<std::uint64_t>, 256> slots{};
  static std::uint64_t pack(Handle<T> handle) {
    return (static_cast<std::uint64_t>(handle.raw_generation()) << 32) | handle.raw_index();
  }
  static Handle<T> unpack(std::uint64_t word) {
    return Handle<T>(static_cast<std::uint32_t>(word), static_cast<std::uint32_t>(word >> 32));
  }
  Handle<T> exchange(std::size_t at, Handle<T> handle) {
    return unpack(slots[at % slots.size()].exchange(pack(handle)));
  }
  Handle<T> peek(std::size_t at) { return unpack(slots[at % slots.size()].load()); }
};

TEST(HandleStress, EightThreadsAllocateFreeResolvePinAndCompact) {
  HandleWorld world;
  std::atomic<std::uint64_t> relocations{0};
  {
    HandleAllocator handles(world.context());
    Board<Plain> plain;
    Board<Owner> owners;
    std::atomic<std::uint64_t> broken{0};
    HandleOptions options;
    options.context = &relocations;
    options.on_relocate = [](const Relocation&, void* context) {
      static_cast<std::atomic<std::uint64_t>*>(context)->fetch_add(1);
    };
    const auto work = [&](unsigned thread) {
      std::mt19937 random(kSeed + thread);
      for (std::uint64_t i = 0; i < 6000; ++i) {
        const std::size_t at = random();
        switch (random() % 8) {
          case 0:
          case 1: {
            const Handle<Plain> made = handles.alloc_with_options<Plain>(options);
            if (auto pin = handles.pin(made)) {
              pin->number = i;
              pin->copies.fill(i);
            }
            const Handle<Plain> old = plain.exchange(at, made);
            if (!old.is_dangling()) handles.free(old);
            break;
          }
          case 2: {
            const Handle<Owner> old = owners.exchange(at, handles.alloc<Owner>(i));
            if (!old.is_dangling()) handles.free(old);
            break;
          }
          case 3: {
            const Handle<Plain> old = plain.exchange(at, {});
            if (!old.is_dangling() && !handles.free(old)) broken.fetch_add(1);
            break;
          }
          case 4: {
            // What is on the board has been written, and only guards are read through.
            if (const auto pin = handles.try_pin(plain.peek(at))) {
              for (const std::uint64_t copy : pin->copies) {
                if (copy != pin->number) broken.fetch_add(1);
              }
            }
            break;
          }
          case 5: {
            if (const auto pin = handles.try_pin(owners.peek(at))) {
              if (!pin->whole()) broken.fetch_add(1);
            }
            break;
          }
          case 6:
            (void)handles.try_resolve(plain.peek(at));
            (void)handles.is_valid(owners.peek(at));
            break;
          default:
            (void)handles.compact(std::uint64_t{200'000});
        }
      }
    };
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < kThreads; ++t) threads.emplace_back(work, t);
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(broken.load(), 0U) << "seed " << kSeed;
    std::uint64_t alive = 0;
    for (std::size_t i = 0; i < 256; ++i) {
      alive += plain.peek(i).is_dangling() ? 0 : 1;
      alive += owners.peek(i).is_dangling() ? 0 : 1;
    }
    EXPECT_EQ(handles.active_count(), alive);
    EXPECT_EQ(handles.stats().pinned_count, 0U);
    EXPECT_EQ(handles.stats().deferred_frees, 0U);
    EXPECT_EQ(world.report_count(), 0U);
    handles.defragment();
    EXPECT_GT(handles.relocation_count(), 0U);
    EXPECT_LE(relocations.load(), handles.relocation_count());
    handles.for_each<Owner>([](Handle<Owner>, Owner& owner) { EXPECT_TRUE(owner.whole()); });
  }
  world.close();
  EXPECT_EQ(world.source().live_blocks(), 0U);
}

// Walkers hold groups of slots while others free and move what is in them.
TEST(HandleStress, WalksBesideFreesAndCompaction) {
  HandleWorld world;
  {
    HandleAllocator handles(world.context());
    std::atomic<bool> stop{false};
    std::atomic<unsigned> broken{0};
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 2; ++t) {
      threads.emplace_back([&] {
        while (!stop.load(std::memory_order_relaxed)) {
          handles.for_each<Owner>([&](Handle<Owner>, const Owner& owner) {
            if (!owner.whole()) broken.fetch_add(1);
          });
        }
      });
    }
    threads.emplace_back([&] {
      while (!stop.load(std::memory_order_relaxed)) (void)handles.compact(std::uint64_t{100'000});
    });
    std::vector<Handle<Owner>> mine;
    for (int i = 0; i < 6000; ++i) {
      mine.push_back(handles.alloc<Owner>(static_cast<std::uint64_t>(i)));
      if (mine.size() < 200) continue;
      const std::size_t at = static_cast<std::size_t>(i) * 7 % mine.size();
      EXPECT_TRUE(handles.free(mine[at]));
      mine[at] = mine.back();
      mine.pop_back();
    }
    stop.store(true);
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(broken.load(), 0U);
    EXPECT_EQ(handles.active_count(), mine.size());
    EXPECT_EQ(handles.stats().deferred_frees, 0U);
  }
  world.close();
  EXPECT_EQ(world.source().live_blocks(), 0U);
}

// Locks that are taken in two orders hang within seconds here.
TEST(HandleStress, FourThreadsAllocateAndFreeWithoutADeadlock) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&handles] {
      std::vector<Handle<int>> mine;
      for (int i = 0; i < 20'000; ++i) {
        mine.push_back(handles.alloc<int>(i));
        if (mine.size() < 64) continue;
        for (const Handle<int> handle : mine) ASSERT_TRUE(handles.free(handle));
        mine.clear();
      }
      for (const Handle<int> handle : mine) handles.free(handle);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(handles.active_count(), 0U);
  EXPECT_EQ(handles.stats().chunks, 0U);
}

// What waits with its thread, while others take it back, empty chunks and are denied.
TEST(HandleStress, CachesAddUpWhoeverTakesFromThem) {
  HandleWorld world(0, true);
  HandleAllocator handles(world.context());
  ASSERT_TRUE(world.budgets().register_tag_budget("all", 0, 150 * sizeof(Plain)));
  world.set_tag(world.tag("all"));
  Board<Plain> board;
  std::atomic<std::uint64_t> made{0}, freed{0}, denied{0}, broken{0};
  const auto work = [&](unsigned thread) {
    std::mt19937 random(kSeed + thread);
    std::vector<Handle<Plain>> mine;
    for (int i = 0; i < 8000; ++i) {
      const Handle<Plain> fresh = handles.alloc_raw<Plain>();
      if (fresh.is_dangling()) {
        denied.fetch_add(1);
        while (mine.size() > 20) {
          if (handles.free(mine.back())) freed.fetch_add(1);
          mine.pop_back();
        }
        continue;
      }
      made.fetch_add(1);
      {
        const auto pin = handles.pin(fresh);
        pin->number = pin->copies[29] = fresh.raw_index();
      }
      mine.push_back(random() % 4 == 0 ? board.exchange(random(), fresh) : fresh);
      if (mine.back().is_dangling()) {
        mine.pop_back();
        continue;
      }
      if (mine.size() < 60 + thread * 40) continue;
      for (std::size_t n = random() % 30; n > 0; --n) {
        std::swap(mine[random() % mine.size()], mine.back());
        {
          const auto pin = handles.pin(mine.back());
          if (!pin || pin->number != mine.back().raw_index() || pin->copies[29] != pin->number) {
            broken.fetch_add(1);
          }
        }
        if (handles.free(mine.back())) freed.fetch_add(1);
        mine.pop_back();
      }
    }
    for (const Handle<Plain> handle : mine) {
      if (handles.free(handle)) freed.fetch_add(1);
    }
  };
  std::atomic<bool> stop{false};
  std::thread taker([&] {
    for (unsigned round = 0; !stop.load(std::memory_order_relaxed); ++round) {
      if (round % 3 == 0) (void)handles.release_cached();
      if (round % 3 == 1) (void)handles.compact(std::uint64_t{100'000});
      const HandleAllocatorStats stats = handles.stats();
      // One that is being made is counted before it has a slot.
      if (stats.active_handles > stats.total_slots + 4) broken.fetch_add(1);
      std::this_thread::yield();
    }
  });
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) threads.emplace_back(work, t);
  for (std::thread& thread : threads) thread.join();
  stop.store(true);
  taker.join();
  for (std::size_t i = 0; i < board.slots.size(); ++i) {
    const Handle<Plain> left = board.exchange(i, {});
    if (!left.is_dangling() && handles.free(left)) freed.fetch_add(1);
  }
  EXPECT_EQ(broken.load(), 0U) << "seed " << kSeed;
  EXPECT_EQ(made.load(), freed.load());
  EXPECT_GT(denied.load(), 0U);
  EXPECT_EQ(world.reports(Code::FA311).size(), denied.load());
  EXPECT_EQ(handles.active_count(), 0U);
  EXPECT_EQ(handles.ledger().totals(nullptr).allocations, made.load());
  EXPECT_EQ(handles.ledger().totals(nullptr).frees, made.load());
  EXPECT_EQ(handles.stats().free_slots, handles.stats().total_slots);
  (void)handles.release_cached();
  EXPECT_EQ(world.budgets().current_usage(), 0U);
  EXPECT_EQ(handles.stats().chunks, 0U);
}

// A double free of one handle by two threads frees once.
TEST(HandleStress, OneOfTwoFreesWins) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  for (int round = 0; round < 300; ++round) {
    const Handle<std::string> handle = handles.alloc<std::string>(std::size_t{100}, 'x');
    std::atomic<int> won{0};
    std::atomic<bool> go{false};
    const auto free_it = [&] {
      while (!go.load()) std::this_thread::yield();
      if (handles.free(handle)) won.fetch_add(1);
    };
    std::thread other(free_it);
    go.store(true);
    free_it();
    other.join();
    ASSERT_EQ(won.load(), 1);
  }
  EXPECT_EQ(handles.active_count(), 0U);
}

}  // namespace
}  // namespace framealloc
