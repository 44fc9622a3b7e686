// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/trace_file.hpp>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "support/trace_check.hpp"

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

namespace fs = std::filesystem;
using testing::CheckedTrace;

class TraceFileTest : public ::testing::Test {
 protected:
  TraceFileTest() {
    std::string path = (fs::temp_directory_path() / "fa-trace-XXXXXX").string();
    folder_ = ::mkdtemp(path.data());
  }
  ~TraceFileTest() override { fs::remove_all(folder_); }
  fs::path path() const { return folder_ / "t.json"; }

  fs::path folder_;
  TraceFile file_;
};

TEST_F(TraceFileTest, WritesEveryKindOfEvent) {
  ASSERT_TRUE(file_.open(path()));
  file_.name_process("game");
  file_.name_track(7, "main");
  file_.place_track(7, -3);
  const TraceArg args[] = {TraceArg::of("bytes", std::uint64_t{64}), TraceArg::of("tag", "a\"b")};
  file_.add_bar(7, "phase", "physics", 1'000'000'007, 1'000'500'010, args);
  file_.add_mark(7, "report", "FA310", 1'000'600'000);
  const TraceArg values[] = {TraceArg::of("frame", 5), TraceArg::of("pool", UINT64_MAX)};
  file_.add_counter("bytes", 1'000'700'000, values);
  EXPECT_EQ(file_.written(), 6u);
  ASSERT_TRUE(file_.close());
  EXPECT_FALSE(file_.is_open());

  const CheckedTrace trace(path());
  ASSERT_EQ(trace.events().size(), 6u);
  EXPECT_EQ(trace.all("M", "process_name")[0]->at("args.name")->text, "game");
  EXPECT_EQ(trace.track_name(7), "main");
  EXPECT_EQ(trace.all("M", "thread_sort_index")[0]->at("args.sort_index")->number, -3);
  const auto* bar = trace.all("X", "physics").at(0);
  EXPECT_DOUBLE_EQ(bar->at("ts")->number, 1'000'000.007);  // microseconds
  EXPECT_DOUBLE_EQ(bar->at("dur")->number, 500.003);
  EXPECT_EQ(bar->at("args.tag")->text, "a\"b");
  EXPECT_EQ(trace.all("i", "FA310").size(), 1u);
  EXPECT_EQ(trace.all("C", "bytes")[0]->at("args.frame")->number, 5);
}

TEST_F(TraceFileTest, IsValidWithoutEvents) {
  ASSERT_TRUE(file_.open(path()));
  ASSERT_TRUE(file_.close());
  EXPECT_TRUE(CheckedTrace(path()).events().empty());
  EXPECT_TRUE(file_.close());  // again: nothing to do
  file_.add_mark(1, "c", "late", 5);
  EXPECT_EQ(file_.written(), 0u);
}

// Far more than the buffer holds, from several threads.
TEST_F(TraceFileTest, StreamsFromManyThreads) {
  ASSERT_TRUE(file_.open(path(), 1));
  std::vector<std::thread> threads;
  for (std::uint64_t track = 1; track <= 4; ++track) {
    threads.emplace_back([this, track] {
      for (std::uint64_t i = 0; i < 500; ++i) {
        file_.add_bar(track, "c", "a bar with a name " + std::string(i % 50, 'x'), 10 * i,
                      10 * i + 5);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(fs::file_size(path()), 50'000u);  // written while it is open
  ASSERT_TRUE(file_.close());
  EXPECT_EQ(CheckedTrace(path()).all("X").size(), 2000u);
}

TEST_F(TraceFileTest, KeepsToItsLength) {
  ASSERT_TRUE(file_.open(path(), TraceFile::kDefaultBuffer, 2000));
  for (std::uint64_t i = 0; i < 100; ++i) file_.add_mark(1, "c", "mark", i);
  const std::uint64_t written = file_.written();
  EXPECT_EQ(written + file_.dropped(), 100u);
  EXPECT_GT(written, 10u);
  ASSERT_TRUE(file_.close());
  EXPECT_LE(fs::file_size(path()), 2000u);
  EXPECT_GT(fs::file_size(path()), 1900u);
  EXPECT_EQ(CheckedTrace(path()).events().size(), written);
}

TEST_F(TraceFileTest, CutsLongTextsBetweenCharacters) {
  ASSERT_TRUE(file_.open(path()));
  std::string text = "x";
  for (int i = 0; i < 1000; ++i) text += "\xc3\xa4";
  file_.add_mark(1, "c", text, 1);
  file_.add_mark(1, "c", std::string(300, '\x01'), 2);
  ASSERT_TRUE(file_.close());
  const CheckedTrace trace(path());
  EXPECT_EQ(trace.events()[0].at("name")->text, text.substr(0, 255));
  EXPECT_EQ(trace.events()[1].at("name")->text, std::string(256, '\x01'));
}

TEST_F(TraceFileTest, SaysWhyItCannotBeWritten) {
  const Result<void> no_folder = file_.open(folder_ / "none" / "t.json");
  ASSERT_FALSE(no_folder);
  EXPECT_EQ(no_folder.error().code, Code::FA010);
  EXPECT_NE(no_folder.error().message.view().find("No such file"), std::string_view::npos);
  EXPECT_FALSE(file_.is_open());

  if (!fs::exists("/dev/full")) return;
  ASSERT_TRUE(file_.open("/dev/full", 1));
  for (std::uint64_t i = 0; i < 1000; ++i) file_.add_mark(1, "c", "mark", i);
  EXPECT_GT(file_.dropped(), 0u);
  const Result<void> full = file_.close();
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Code::FA013);
  EXPECT_NE(full.error().message.view().find("No space left"), std::string_view::npos);
}

}  // namespace
}  // namespace framealloc
