// SPDX-License-Identifier: MIT OR Apache-2.0
// Submissions that fail: the n-th alone, and all from the n-th on.
#include "../device/gpu_rig.hpp"

#include <framealloc/gpu.hpp>

#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace framealloc::gpu::testing {
namespace {

// Frames with an upload, a readback and an end, each of which is a submission, or the last two one.
class Frames {
 public:
  Frames(Rig& rig, std::uint64_t n, bool sticky) : rig_(rig), sticky_(sticky) {
    rig_.device.set_completion(HostCompletion::Manual);
    rig_.device.fail_submit_at(n);
  }

  void run(std::uint64_t index) {
    ASSERT_TRUE(rig_.gpu->begin_gpu_frame());
    TransferBatch uploads = rig_.gpu->begin_transfer();
    GpuBuffer buffer = rig_.buffer(3000 + index * 100);
    const std::vector<std::byte> data(buffer.size(), static_cast<std::byte>(index));
    ASSERT_TRUE(uploads.upload(buffer, data));
    const bool uploaded = note(uploads.submit());
    TransferBatch last = rig_.gpu->begin_transfer();
    Result<Readback> readback = last.readback(buffer);
    ASSERT_TRUE(readback);
    bool read = true;
    if (index % 2 == 0) {
      Ticket copies;
      static_cast<void>(note(rig_.gpu->end_gpu_frame(std::move(last), &copies)));
      read = copies != Ticket{};
    } else {
      read = note(last.submit());
      static_cast<void>(note(rig_.gpu->end_gpu_frame()));
    }
    if (uploaded && read) expected_.push_back({*std::move(readback), data});
    if (expected_.size() > 2) check();
    rig_.expect_sums();
  }
  void check() {
    const Result<std::span<const std::byte>> bytes = expected_.front().readback.wait();
    ASSERT_TRUE(bytes) << bytes.error().message.view();
    const std::vector<std::byte>& data = expected_.front().data;
    EXPECT_TRUE(std::equal(bytes->begin(), bytes->end(), data.begin(), data.end()));
    expected_.pop_front();
  }
  void finish() {
    rig_.device.fail_submit_at(0);
    while (!expected_.empty()) check();
    rig_.frames(3);
    ASSERT_TRUE(rig_.gpu->wait_idle());
    EXPECT_EQ(rig_.gpu->stats().allocated_bytes, 0U);
    EXPECT_EQ(rig_.gpu->stats().retired_bytes, 0U);
    EXPECT_EQ(rig_.book.codes(), std::vector<Code>(failures_, Code::FA419));
  }
  std::size_t failures() const { return failures_; }

 private:
  struct Expected {
    Readback readback;
    std::vector<std::byte> data;
  };
  bool note(const Result<Ticket>& result) {
    if (result) return true;
    EXPECT_EQ(result.error().code, Code::FA419) << result.error().message.view();
    ++failures_;
    if (sticky_) rig_.device.fail_submit_at(1);
    return false;
  }

  Rig& rig_;
  bool sticky_;
  std::size_t failures_ = 0;
  std::deque<Expected> expected_;
};

TEST(SubmitFailure, EachOfSixtyIsSurvivedOnceAndForEver) {
  for (const bool sticky : {false, true}) {
    for (std::uint64_t n = 1; n <= 60; ++n) {
      SCOPED_TRACE("n " + std::to_string(n) + (sticky ? " and on" : ""));
      Rig rig;
      Frames frames(rig, n, sticky);
      for (std::uint64_t index = 0; index < 30; ++index) frames.run(index);
      EXPECT_EQ(frames.failures() == 1, !sticky);
      frames.finish();
      if (::testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace framealloc::gpu::testing
