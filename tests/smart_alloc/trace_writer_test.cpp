// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>
#include <framealloc/trace_writer.hpp>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "support/fake_device.hpp"
#include "support/trace_check.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

namespace fs = std::filesystem;
using fa_test::Json;
using testing::CheckedTrace;

AllocConfig quiet() {
  return AllocConfig::minimal().with_report_handler([](const Report&, void*) {});
}

std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(
      std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count());
}

class TraceWriterTest : public ::testing::Test {
 protected:
  TraceWriterTest() {
    std::string path = (fs::temp_directory_path() / "fa-writer-XXXXXX").string();
    folder_ = ::mkdtemp(path.data());
  }
  ~TraceWriterTest() override { fs::remove_all(folder_); }
  fs::path path() const { return folder_ / "t.json"; }

  fs::path folder_;
  SmartAlloc alloc_{quiet()};
};

TEST_F(TraceWriterTest, FramesPhasesAndCounters) {
  alloc_.set_thread_name("driver");
  auto* const kept = alloc_.heap_alloc<char>(10'000);
  TraceWriter trace(alloc_, {.path = path()});
  ASSERT_TRUE(trace) << trace.status().error().message.view();
  EXPECT_TRUE(alloc_.is_lifecycle_tracking_enabled());
  for (int i = 0; i < 3; ++i) {
    alloc_.begin_frame();
    {
      const PhaseScope outer = alloc_.phase_scope("physics");
      const PhaseScope inner = alloc_.phase_scope("contacts");
      const TagScope tag = alloc_.tag_scope("game::physics");
      (void)alloc_.frame_alloc_layout(4096, 16);
    }
    alloc_.begin_phase("ai");
    (void)alloc_.end_phase();
    alloc_.end_frame();
  }
  ASSERT_TRUE(trace.close());
  EXPECT_FALSE(trace);
  EXPECT_FALSE(alloc_.is_lifecycle_tracking_enabled());  // as before
  alloc_.heap_free(kept);

  const CheckedTrace events(path());
  const auto frames = events.all("X", "frame");  // one name, so that viewers group them
  ASSERT_EQ(frames.size(), 3u);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const Json& frame = *frames[i];
    EXPECT_EQ(frame.at("args.frame")->number, static_cast<double>(i + 1));
    EXPECT_EQ(frame.at("args.bytes")->number, 4096);
    EXPECT_EQ(events.track_name(frame.at("tid")->number), "frames");
  }
  ASSERT_EQ(events.all("X", "physics").size(), 3u);
  ASSERT_EQ(events.all("X", "ai").size(), 3u);
  const Json& outer = *events.all("X", "physics")[0];
  const Json& inner = *events.all("X", "contacts").at(0);
  const Json& frame = *frames[0];
  EXPECT_EQ(events.track_name(outer.at("tid")->number), "driver");
  EXPECT_EQ(outer.at("cat")->text, "phase");
  EXPECT_EQ(outer.at("args.frame_bytes")->number, 4096);
  EXPECT_GE(inner.at("ts")->number, outer.at("ts")->number);
  EXPECT_GE(outer.at("ts")->number, frame.at("ts")->number);
  EXPECT_LE(outer.at("ts")->number + outer.at("dur")->number,
            frame.at("ts")->number + frame.at("dur")->number);

  const auto in_use = events.all("C", "bytes in use");
  ASSERT_EQ(in_use.size(), 3u);
  EXPECT_EQ(in_use[0]->at("args.frame")->number, 4096);
  EXPECT_GE(in_use[0]->at("args.heap")->number, 10'000);
  EXPECT_EQ(events.all("C", "reserved bytes").size(), 3u);
  // Written once: it did not change.
  ASSERT_EQ(events.all("C", "tag game::physics").size(), 1u);
  EXPECT_EQ(events.all("C", "tag game::physics")[0]->at("args.frame")->number, 4096);
  EXPECT_EQ(events.all("C", "tag game").size(), 0u);  // holds nothing itself
}

TEST_F(TraceWriterTest, ReportsAndEventsAreMarks) {
  TraceWriter trace(alloc_, {.path = path()});
  ASSERT_TRUE(trace);
  (void)alloc_.frame_alloc_layout(16, 16);  // no frame: FA001
  alloc_.begin_frame();
  alloc_.set_thread_frame_budget(1024);
  const TagScope tag = alloc_.tag_scope("ui");
  EXPECT_EQ(alloc_.frame_alloc_layout(8192, 16), nullptr);
  alloc_.end_frame();
  ASSERT_TRUE(trace.close());
  (void)alloc_.frame_alloc_layout(16, 16);  // nobody writes it any more

  const CheckedTrace events(path());
  ASSERT_EQ(events.all("i", "FA001 frame-closed").size(), 1u);
  const auto over = events.all("i", "FA312 thread-limit");
  ASSERT_EQ(over.size(), 1u);
  EXPECT_EQ(over[0]->at("cat")->text, "report");
  EXPECT_EQ(over[0]->at("args.requested")->number, 8192);
  EXPECT_EQ(over[0]->at("args.tag")->text, "ui");
  EXPECT_NE(over[0]->at("args.message")->text.find("budget"), std::string::npos);
  EXPECT_EQ(events.all("i", "BudgetExceeded").size(), 1u);
}

TEST_F(TraceWriterTest, ThreadsHaveTracksWithTheirNames) {
  TraceWriter trace(alloc_, {.path = path()});
  ASSERT_TRUE(trace);
  for (int frame = 0; frame < 20; ++frame) {
    alloc_.begin_frame();
    std::vector<std::thread> workers;
    for (int i = 0; i < 4; ++i) {
      workers.emplace_back([this, i] {
        const PhaseScope job = alloc_.phase_scope("job");
        alloc_.set_thread_name("worker " + std::to_string(i));
        const TagScope tag = alloc_.tag_scope("jobs");
        for (int n = 0; n < 10; ++n) {
          const PhaseScope part = alloc_.phase_scope("part");
          (void)alloc_.frame_alloc_layout(100, 16);
        }
        alloc_.begin_thread_frame();
        (void)alloc_.frame_alloc_layout(100, 16);
        alloc_.end_thread_frame();
      });
    }
    for (std::thread& worker : workers) worker.join();
    alloc_.end_frame();
  }
  ASSERT_TRUE(trace.close());

  const CheckedTrace events(path());
  EXPECT_EQ(events.all("X", "job").size(), 80u);
  EXPECT_EQ(events.all("X", "part").size(), 800u);
  std::set<std::string> names;
  for (const Json* job : events.all("X", "job")) {
    names.insert(events.track_name(job->at("tid")->number));
  }
  EXPECT_EQ(names, (std::set<std::string>{"worker 0", "worker 1", "worker 2", "worker 3"}));
  std::size_t own = 0;
  for (const Json* bar : events.all("X")) {
    if (events.track_name(bar->at("tid")->number).ends_with(" frames")) ++own;
  }
  EXPECT_EQ(own, 80u);
  EXPECT_GE(events.all("C", "tag jobs").size(), 1u);
}

TEST_F(TraceWriterTest, WritesWhatItIsAskedFor) {
  TraceConfig config{.path = path()};
  config.phases = config.tags = config.reports = false;
  config.marks = 0;
  config.counters_every = 2;
  TraceWriter trace(alloc_, config);
  ASSERT_TRUE(trace);
  for (int i = 0; i < 4; ++i) {
    const ScopedFrame frame = alloc_.scoped_frame();
    const PhaseScope phase = alloc_.phase_scope("work");
    const TagScope tag = alloc_.tag_scope("t");
    (void)alloc_.frame_alloc_layout(64, 16);
  }
  (void)alloc_.frame_alloc_layout(64, 16);
  ASSERT_TRUE(trace.close());
  const CheckedTrace events(path());
  EXPECT_EQ(events.all("X").size(), 4u);  // the frames
  EXPECT_EQ(events.all("C").size(), 4u);  // two counters, twice
  EXPECT_TRUE(events.all("i").empty());
}

TEST_F(TraceWriterTest, MarksWhatPartsTell) {
  TraceWriter trace(alloc_, {.path = path()});
  ASSERT_TRUE(trace);
  const GroupId level = alloc_.groups().create_group("level 1");
  EXPECT_TRUE(alloc_.groups().free_group(level));
  std::vector<Handle<std::uint64_t>> all;
  for (int i = 0; i < 40000; ++i) all.push_back(alloc_.handles().alloc<std::uint64_t>());
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i % 8 != 0) (void)alloc_.handles().free(all[i]);
  }
  ASSERT_GT(alloc_.handles().defragment(), 0u);
  ASSERT_TRUE(trace.close());
  const CheckedTrace events(path());
  EXPECT_EQ(events.all("i").size(), 2u);  // the group's begin and end
  EXPECT_EQ(events.all("X").size(), 1u);  // the compaction
}

TEST_F(TraceWriterTest, DevicesHaveTracksCountersAndMarks) {
  testing::RegisteredDevice fake(alloc_, "Fake GPU");
  TraceWriter trace(alloc_, {.path = path()});
  ASSERT_TRUE(trace);
  FrameEvent event;
  event.kind = FrameEventKind::GpuBudgetDenied;
  event.size = 4096;
  event.count = 1;
  alloc_.emit(event, alloc_.tag("hud"));
  for (std::uint64_t i = 1; i <= 3; ++i) {
    alloc_.begin_frame();
    for (const char* const device : {"Fake GPU", "other GPU"}) {
      FrameEvent frame;
      frame.kind = FrameEventKind::GpuFrameBegin;
      frame.name = device;
      frame.count = 10 + i;
      alloc_.emit(frame);
      frame.kind = FrameEventKind::GpuFrameEnd;
      if (i == 3) frame.began_ns = now_ns() - 1000;  // it knows better
      alloc_.emit(frame);
    }
    if (i == 2) fake.device.heaps[0].used += 1000;
    alloc_.end_frame();
  }
  FrameEvent untimed;
  untimed.kind = FrameEventKind::GpuFrameEnd;
  alloc_.emit(untimed);  // nobody listened when it began
  ASSERT_TRUE(trace.close());

  const CheckedTrace events(path());
  const auto frames = events.all("X", "device frame");
  ASSERT_EQ(frames.size(), 6u);
  EXPECT_EQ(events.track_name(frames[0]->at("tid")->number), "frames of Fake GPU");
  EXPECT_EQ(events.track_name(frames[1]->at("tid")->number), "frames of other GPU");
  EXPECT_EQ(frames[0]->at("tid")->number, frames[2]->at("tid")->number);
  EXPECT_EQ(frames[2]->at("args.frame")->number, 12);
  EXPECT_GE(frames[4]->at("dur")->number, 1.0);
  EXPECT_EQ(frames[2]->at("args.host frame")->number, 2);
  const auto local = events.all("C", "Fake GPU heap 0");
  ASSERT_EQ(local.size(), 2u) << "when it changed";
  EXPECT_EQ(local[0]->at("args.used")->number, 5 << 20);
  EXPECT_EQ(local[0]->at("args.idle")->number, 1 << 20);
  EXPECT_EQ(local[1]->at("args.used")->number, (5 << 20) + 1000);
  EXPECT_EQ(events.all("C", "Fake GPU heap 1").size(), 1u);
  ASSERT_EQ(events.all("C", "Fake GPU tag hud").size(), 1u);
  EXPECT_EQ(events.all("C", "Fake GPU tag hud")[0]->at("args.bytes")->number, 2 << 20);
  const auto denied = events.all("i", "GpuBudgetDenied");
  ASSERT_EQ(denied.size(), 1u);
  EXPECT_EQ(denied[0]->at("args.tag")->text, "hud");
  EXPECT_EQ(denied[0]->at("args.size")->number, 4096);
}

TEST_F(TraceWriterTest, LeavesDevicesOutWhereAsked) {
  testing::RegisteredDevice fake(alloc_, "Fake GPU");
  TraceWriter trace(alloc_, {.path = path(), .devices = false, .marks = 0});
  ASSERT_TRUE(trace);
  alloc_.begin_frame();
  FrameEvent frame;
  frame.kind = FrameEventKind::GpuFrameEnd;
  frame.began_ns = now_ns();
  alloc_.emit(frame);
  alloc_.end_frame();
  ASSERT_TRUE(trace.close());
  const CheckedTrace events(path());
  EXPECT_EQ(events.all("X").size(), 1u);
  for (const Json* const counter : events.all("C")) {
    EXPECT_EQ(counter->at("name")->text.find("GPU"), std::string::npos);
  }
}

TEST_F(TraceWriterTest, LeavesTrackingOnWhereItWasOn) {
  ASSERT_TRUE(alloc_.enable_lifecycle_tracking());
  {
    const TraceWriter trace(alloc_, {.path = path()});
    ASSERT_TRUE(trace);
    alloc_.begin_frame();
    alloc_.end_frame();
  }
  EXPECT_TRUE(alloc_.is_lifecycle_tracking_enabled());
  EXPECT_EQ(alloc_.frame_history().size(), 1u);
  EXPECT_EQ(CheckedTrace(path()).all("X").size(), 1u);
}

TEST_F(TraceWriterTest, SaysWhyThereIsNoTrace) {
  TraceWriter nowhere(alloc_, {.path = folder_ / "none" / "t.json"});
  EXPECT_FALSE(nowhere);
  EXPECT_EQ(nowhere.status().error().code, Code::FA010);
  EXPECT_FALSE(nowhere.close());
  EXPECT_FALSE(alloc_.is_lifecycle_tracking_enabled());

  NullSource nothing;
  const SmartAlloc none(quiet().with_upstream(&nothing));
  const TraceWriter of_none(none, {.path = path()});
  EXPECT_EQ(of_none.status().error().code, Code::FA010);

  std::vector<Subscription> listeners;
  for (std::size_t i = 0; i < detail::EventHub::kMaxListeners; ++i) {
    listeners.push_back(alloc_.on_frame_event([](const FrameEvent&, void*) {}, nullptr, 1));
  }
  const TraceWriter full(alloc_, {.path = path()});
  EXPECT_EQ(full.status().error().code, Code::FA011);
  EXPECT_FALSE(alloc_.is_lifecycle_tracking_enabled());
}

TEST_F(TraceWriterTest, KeepsItsAllocatorAlive) {
  auto alloc = std::make_unique<SmartAlloc>(quiet());
  TraceWriter trace(*alloc, {.path = path()});
  alloc->begin_frame();
  alloc.reset();
  EXPECT_TRUE(trace.close());
  EXPECT_TRUE(CheckedTrace(path()).all("X").empty());  // the frame never ended
}

}  // namespace
}  // namespace framealloc
