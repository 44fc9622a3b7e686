// SPDX-License-Identifier: MIT OR Apache-2.0
// Bad frees while every call is verified: named, ignored, and nothing is lost.
#include <framealloc/detail/pool/pool_thread.hpp>

#include <gtest/gtest.h>

#include "pool/pool_rig.hpp"

#include <map>
#include <thread>

namespace framealloc::test {
namespace {

RigOptions checked() {
  RigOptions options;
  options.pool.checked = true;
  return options;
}

constexpr CallSite kMaker{"maker.cpp", "make", 11};
constexpr CallSite kFirst{"first.cpp", "drop", 22};
constexpr CallSite kSecond{"second.cpp", "drop_again", 33};

class VerifiedPool : public testing::Test {
 protected:
  void expect_report(Code code, const void* address, const std::vector<std::string>& parts) {
    const std::vector<KeptReport> reports = rig_.reports();
    ASSERT_EQ(reports.size(), expected_ + 1);
    const KeptReport& report = reports.back();
    ++expected_;
    EXPECT_EQ(report.code, code);
    EXPECT_EQ(report.address, address);
    EXPECT_EQ(report.site.line, kSecond.line);
    for (const std::string& part : parts) {
      EXPECT_NE(report.message.find(part), std::string::npos) << report.message;
    }
  }

  Rig rig_{checked()};
  PoolThread& pool_ = rig_.join().pool;
  std::size_t expected_ = 0;
};

TEST_F(VerifiedPool, NeverTakesTheInlinePath) {
  void* const block = rig_.allocate(pool_, 64);
  EXPECT_EQ(pool_.current()->try_pop(4), nullptr);
  EXPECT_FALSE(try_free_local(block, rig_.shared().page_mask(), os::thread_word()));
}

TEST_F(VerifiedPool, NamesBothPlacesOfADoubleFree) {
  pool_.select(rig_.tag("enemies"));
  void* const block = rig_.allocate(pool_, 64, 16, kMaker);
  rig_.free(&pool_, block, 64, 16, kFirst);
  rig_.free(&pool_, block, 64, 16, kSecond);
  expect_report(Code::FA005, block, {"maker.cpp:11", "first.cpp:22"});
  EXPECT_EQ(rig_.reports().back().tag, "enemies");
  EXPECT_EQ(rig_.shared().totals().frees, 1U);
  // It is given out once, not twice.
  EXPECT_EQ(rig_.allocate(pool_, 64), block);
  EXPECT_NE(rig_.allocate(pool_, 64), block);
}

TEST_F(VerifiedPool, SeesADoubleFreeOnAnotherThread) {
  void* const block = rig_.allocate(pool_, 64, 16, kMaker);
  std::thread([&] {
    PoolThread& other = rig_.join().pool;
    rig_.free(&other, block, 64, 16, kFirst);
    other.detach();
  }).join();
  rig_.free(&pool_, block, 64, 16, kSecond);
  expect_report(Code::FA005, block, {"maker.cpp:11", "first.cpp:22"});
  EXPECT_EQ(rig_.shared().totals().pool_bytes, 0U);
}

TEST_F(VerifiedPool, RefusesForeignPointers) {
  // Two pages long, so that the page which the address seems to lie in can be read.
  std::vector<std::byte> elsewhere(std::size_t{128} << 10);
  std::byte* const foreign = align_up(elsewhere.data() + (std::size_t{64} << 10), 16);
  rig_.free(&pool_, foreign, 64, 16, kSecond);
  expect_report(Code::FA006, foreign, {"not of a block of this allocator"});
  Rig other(checked());
  void* const block = other.allocate(other.join().pool, 64);
  rig_.free(&pool_, block, 64, 16, kSecond);
  expect_report(Code::FA006, block, {"not of a block of this allocator"});
  PoolThread::free(rig_.shared(), &pool_, block, AllocKind::Pool, kSecond);
  expect_report(Code::FA006, block, {"not of a block of this allocator"});
  rig_.heap().free(&pool_, block, kSecond);
  expect_report(Code::FA006, block, {"not of a block of this allocator"});
  EXPECT_EQ(other.shared().totals().pool_bytes, 64U);
  EXPECT_EQ(rig_.shared().totals().frees, 0U);
}

TEST_F(VerifiedPool, RefusesPointersIntoABlock) {
  auto* const block = static_cast<std::byte*>(rig_.allocate(pool_, 64, 16, kMaker));
  rig_.free(&pool_, block + 16, 64, 16, kSecond);
  expect_report(Code::FA006, block + 16, {"not the start of a block"});
  std::byte* const header = reinterpret_cast<std::byte*>(slab_of(block, rig_.shared().page_mask()));
  rig_.free(&pool_, header + 64, 64, 16, kSecond);
  expect_report(Code::FA006, header + 64, {"not the start of a block"});
  rig_.free(&pool_, block + 64 * 60, 64, 16, kSecond);
  expect_report(Code::FA006, block + 64 * 60, {"never given out"});
  EXPECT_EQ(rig_.shared().totals().pool_bytes, 64U);
}

TEST_F(VerifiedPool, RefusesTheOtherKind) {
  void* const pooled = rig_.allocate(pool_, 64, 16, kMaker);
  void* const heaped = rig_.heap().allocate(pool_, 64, 16, kMaker);
  rig_.heap().free(&pool_, pooled, kSecond);
  expect_report(Code::FA006, pooled, {"a pool block freed as a heap block", "maker.cpp:11"});
  rig_.free(&pool_, heaped, 64, 16, kSecond);
  expect_report(Code::FA006, heaped, {"a heap block freed as a pool block", "maker.cpp:11"});
  EXPECT_EQ(rig_.shared().totals().allocations, 2U);
  EXPECT_EQ(rig_.shared().totals().frees, 0U);
  rig_.heap().free(&pool_, heaped, kFirst);
  rig_.free(&pool_, pooled, 64, 16, kFirst);
  EXPECT_EQ(rig_.reports().size(), expected_);
}

TEST_F(VerifiedPool, LooksAtLargeBlocksToo) {
  for (const std::size_t size : Sizes{std::size_t{20000}, std::size_t{3} << 20}) {
    for (const AllocKind kind : {AllocKind::Pool, AllocKind::Heap}) {
      const AllocKind other = kind == AllocKind::Pool ? AllocKind::Heap : AllocKind::Pool;
      void* const keeper = pool_.allocate(size, 16, kind, kMaker);
      void* const block = pool_.allocate(size, 16, kind, kMaker);
      PoolThread::free(rig_.shared(), &pool_, block, other, kSecond);
      expect_report(Code::FA006, block, {"freed as a", "maker.cpp:11"});
      PoolThread::free(rig_.shared(), &pool_, static_cast<std::byte*>(block) + 4096, kind, kSecond);
      expect_report(Code::FA006, static_cast<std::byte*>(block) + 4096, {});
      PoolThread::free(rig_.shared(), &pool_, block, kind, kFirst);
      PoolThread::free(rig_.shared(), &pool_, block, kind, kSecond);
      if (size < 100000) {
        expect_report(Code::FA005, block, {"maker.cpp:11", "first.cpp:22"});
      } else {
        expect_report(Code::FA006, block, {"not of a block"});  // the whole run has gone back
      }
      PoolThread::free(rig_.shared(), &pool_, keeper, kind, kFirst);
    }
  }
  EXPECT_EQ(rig_.shared().totals().pool_bytes, 0U);
  EXPECT_EQ(rig_.shared().totals().heap_bytes, 0U);
}

TEST_F(VerifiedPool, EnumeratesWhatIsInUse) {
  rig_.frame().store(42);
  pool_.select(rig_.tag("leaky"));
  std::map<const void*, std::pair<std::size_t, AllocKind>> expected;
  for (const std::size_t size : Sizes{10, 64, 5000, 30000, 4000000}) {
    for (const AllocKind kind : {AllocKind::Pool, AllocKind::Heap}) {
      void* const block = pool_.allocate(size, 16, kind, kMaker);
      ASSERT_NE(block, nullptr);
      expected[block] = {size, kind};
      void* const freed = pool_.allocate(size, 16, kind, kMaker);
      PoolThread::free(rig_.shared(), &pool_, freed, kind, kFirst);
    }
  }
  struct Context {
    std::map<const void*, LiveBlock> seen;
  } context;
  const LiveBlockVisitor visit = [](const LiveBlock& block, void* raw) {
    static_cast<Context*>(raw)->seen[block.address] = block;
  };
  rig_.shared().for_each_live(visit, &context);
  rig_.heap().for_each_live(visit, &context);
  ASSERT_EQ(context.seen.size(), expected.size());
  for (const auto& [address, what] : expected) {
    ASSERT_EQ(context.seen.count(address), 1U);
    const LiveBlock& block = context.seen[address];
    EXPECT_EQ(block.size, what.first);
    EXPECT_EQ(block.kind, what.second);
    EXPECT_EQ(block.tag, rig_.tag("leaky"));
    EXPECT_EQ(block.frame, 42U);
    EXPECT_EQ(block.site.line, kMaker.line);
  }
}

TEST(Unverified, StillNoticesWhatCostsNothing) {
  if (kCheckLevel >= 1) return;  // VerifiedPool has it
  Rig rig;
  PoolThread& pool = rig.join().pool;
  void* const block = rig.heap().allocate(pool, 30000, 16, CallSite::current());
  rig.heap().free(&pool, static_cast<std::byte*>(block) + 16, kSecond);
  EXPECT_EQ(rig.sink().count(Code::FA006), 1U);
  PoolThread::free(rig.shared(), &pool, block, AllocKind::Pool, kSecond);
  EXPECT_EQ(rig.sink().count(Code::FA006), 2U);
  rig.heap().free(&pool, block, kFirst);
  void* const keeper = rig.heap().allocate(pool, 30000, 16, CallSite::current());
  rig.heap().free(&pool, keeper, kFirst);
  rig.heap().free(&pool, keeper, kSecond);
  EXPECT_EQ(rig.sink().count(Code::FA005), 1U);
  EXPECT_EQ(rig.shared().totals().heap_bytes, 0U);
}

}  // namespace
}  // namespace framealloc::test
