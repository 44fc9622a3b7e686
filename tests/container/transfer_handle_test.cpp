// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>
#include <framealloc/transfer_handle.hpp>

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

struct Reports {
  std::vector<Code> codes;
  std::vector<std::string> messages;
  static void take(const Report& report, void* context) {
    auto& self = *static_cast<Reports*>(context);
    self.codes.push_back(report.code);
    self.messages.emplace_back(report.message);
  }
  AllocConfig config() { return AllocConfig::minimal().with_report_handler(&take, this); }
};

// Counts what lives.
struct Counted {
  static inline int living = 0;
  int value;
  explicit Counted(int v) : value(v) { ++living; }
  Counted(const Counted&) = delete;
  ~Counted() { --living; }
};

class TransferTest : public testing::Test {
 protected:
  ~TransferTest() override { EXPECT_EQ(Counted::living, 0); }
  Reports reports;
  SmartAlloc alloc{reports.config()};
};

TEST_F(TransferTest, MovesTheOwnershipAndNotTheObject) {
  alloc.begin_frame();
  TransferHandle<Counted> handle = alloc.frame_box_for_transfer<Counted>(7);
  Counted* const object = handle.as_ptr();
  EXPECT_EQ(handle.state(), TransferState::Owned);
  EXPECT_EQ(handle.origin_thread(), os::current_thread_id());
  EXPECT_EQ(handle.size(), sizeof(Counted));
  handle.mark_sent();
  EXPECT_EQ(handle.state(), TransferState::InFlight);
  alloc.end_frame();
  alloc.begin_frame();  // the object is not of a frame
  (void)alloc.frame_alloc_layout(4096, 16);
  std::thread([&] {
    const PoolBox<Counted> box = handle.receive();
    ASSERT_NE(box, nullptr);
    EXPECT_EQ(box.get(), object);
    EXPECT_EQ(box->value, 7);
    EXPECT_TRUE(handle.is_received());
    EXPECT_FALSE(handle);
    EXPECT_EQ(handle.as_ptr(), nullptr);
  }).join();
  EXPECT_EQ(Counted::living, 0);
  alloc.end_frame();
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
  const TransferStats stats = alloc.transfer_stats();
  EXPECT_EQ(stats.transfers_initiated, 1U);
  EXPECT_EQ(stats.transfers_completed, 1U);
  EXPECT_EQ(stats.transfers_dropped, 0U);
  EXPECT_EQ(stats.bytes_transferred, sizeof(Counted));
  EXPECT_TRUE(reports.codes.empty());
}

TEST_F(TransferTest, DroppedUnreceivedDestroysAndReports) {
  {
    auto handle = alloc.frame_box_for_transfer<Counted>(1);
  }
  EXPECT_EQ(Counted::living, 0);
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
  EXPECT_EQ(reports.codes, std::vector<Code>{Code::FA206});
  EXPECT_EQ(alloc.transfer_stats().transfers_dropped, 1U);
}

TEST_F(TransferTest, OverwritingAHandleDropsWhatItHeld) {
  auto handle = alloc.frame_box_for_transfer<Counted>(1);
  handle = alloc.frame_box_for_transfer<Counted>(2);
  EXPECT_EQ(Counted::living, 1);
  EXPECT_EQ(reports.codes, std::vector<Code>{Code::FA206});
  handle = std::move(*&handle);
  EXPECT_EQ(handle.receive()->value, 2);
}

TEST_F(TransferTest, DiscardingIsCountedAndSilent) {
  auto handle = alloc.frame_box_for_transfer<Counted>(1);
  handle.discard();
  EXPECT_EQ(handle.state(), TransferState::Dropped);
  EXPECT_EQ(Counted::living, 0);
  EXPECT_TRUE(reports.codes.empty());
  EXPECT_EQ(alloc.transfer_stats().transfers_dropped, 1U);
  EXPECT_EQ(handle.receive(), nullptr);
  EXPECT_EQ(reports.codes, std::vector<Code>{Code::FA207});
}

TEST_F(TransferTest, ASecondReceiveGetsNothingAndIsReported) {
  auto handle = alloc.frame_box_for_transfer<Counted>(1);
  const TransferId id = handle.id();
  const PoolBox<Counted> box = handle.receive();
  EXPECT_EQ(handle.receive(), nullptr);
  ASSERT_EQ(reports.codes, std::vector<Code>{Code::FA207});
  EXPECT_NE(reports.messages[0].find(std::to_string(id.value)), std::string::npos);
  EXPECT_EQ(alloc.transfer_stats().transfers_completed, 1U);
}

TEST_F(TransferTest, AMovedHandleLeavesNothingBehind) {
  auto first = alloc.frame_box_for_transfer<Counted>(1);
  const TransferId id = first.id();
  TransferHandle<Counted> second = std::move(first);
  EXPECT_EQ(first.receive(), nullptr);  // NOLINT(bugprone-use-after-move): it is defined
  EXPECT_EQ(second.id(), id);
  EXPECT_NE(second.receive(), nullptr);
  EXPECT_TRUE(reports.codes.empty());
}

TEST_F(TransferTest, IdsAreUniqueOverThreads) {
  auto mine = alloc.frame_box_for_transfer<int>(1);
  auto next = alloc.frame_box_for_transfer<int>(1);
  TransferId other;
  std::thread([&] {
    auto theirs = alloc.frame_box_for_transfer<int>(1);
    other = theirs.id();
    theirs.discard();
  }).join();
  EXPECT_NE(mine.id(), next.id());
  EXPECT_NE(mine.id(), other);
  EXPECT_NE(next.id(), other);
  mine.discard();
  next.discard();
}

TEST_F(TransferTest, AHandleMayDieOnAThreadThatNeverAllocated) {
  auto handle = alloc.frame_box_for_transfer<Counted>(1);
  std::thread([moved = std::move(handle)]() mutable { moved.discard(); }).join();
  EXPECT_EQ(alloc.transfer_stats().transfers_dropped, 1U);
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
}

TEST(Transfer, WithoutMemoryThereIsNothingToReceive) {
  Reports reports;
  NullSource dry;
  SmartAlloc alloc(reports.config().with_upstream(&dry));
  auto handle = alloc.frame_box_for_transfer<int>(1);
  EXPECT_FALSE(handle);
  EXPECT_EQ(handle.receive(), nullptr);
  EXPECT_EQ(alloc.transfer_stats().transfers_initiated, 0U);
}

}  // namespace
}  // namespace framealloc
