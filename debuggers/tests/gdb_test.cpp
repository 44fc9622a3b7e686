// SPDX-License-Identifier: MIT OR Apache-2.0
// The pretty printers as a user sees them: gdb runs a program and prints.
#include "test_support/program.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <string>
#include <vector>

namespace framealloc {
namespace {

// Result: what gdb says to `commands` where the subject stops.
std::string gdb(const std::vector<std::string>& commands) {
  std::vector<std::string> words{
      "-batch", "-nx",
      "-iex",   "set debuginfod enabled off",
      "-ex",    "set width 0",
      "-ex",    "source " FRAMEALLOC_SOURCE_DIR "/debuggers/framealloc_gdb.py",
      "-ex",    "break stop_here",
      "-ex",    "run",
      "-ex",    "up"};
  for (const std::string& command : commands) {
    words.emplace_back("-ex");
    words.push_back(command);
  }
  words.emplace_back(FRAMEALLOC_DEBUGGER_SUBJECT);
  const fa_test::Outcome outcome = fa_test::run_program(FRAMEALLOC_GDB, words);
  return outcome.out + outcome.err;
}

// One run of gdb serves all tests: it takes a second.
const std::string& all_of_it() {
  static const std::string text =
      gdb({"print numbers",    "print contacts",    "print name",     "print ages",
           "print frame_box",  "print pool_box",    "print heap_box", "print empty_box",
           "print shared",     "print parcel",      "print handle",   "print dangling",
           "print here",       "print arena",       "print scratch",  "print alloc",
           "framealloc alloc", "framealloc &alloc", "framealloc",     "framealloc name"});
  return text;
}

void expect_line(const std::string& pattern) {
  const std::regex line("(^|\n)" + pattern + "(\n|$)");
  EXPECT_TRUE(std::regex_search(all_of_it(), line)) << pattern << "\nnot in\n" << all_of_it();
}

constexpr const char* kContact = "<\\(anonymous namespace\\)::Contact>";

TEST(GdbPrinters, ShowContainersWithTheirElements) {
  expect_line(R"(\$1 = FrameVec of length 3, capacity 8 = \{10, 20, 30\})");
  expect_line(R"(\$2 = FrameSlice of length 2 = \{\{a = 0, b = 0\}, \{a = 7, b = 9\}\})");
  expect_line(R"(\$3 = "goblin")");
  expect_line(R"(\$4 = FrameMap with 2 entries = \{\[1\] = 11, \[2\] = 22\})");
}

TEST(GdbPrinters, ShowOwnersWithTheirObject) {
  const std::string type = kContact;
  const std::string at = " at 0x[0-9a-f]+";
  expect_line(R"(\$5 = FrameBox)" + type + at + R"( = \{object = \{a = 1, b = 2\}\})");
  expect_line(R"(\$6 = PoolBox)" + type + at + R"( = \{object = \{a = 3, b = 4\}\})");
  expect_line(R"(\$7 = HeapBox)" + type + at + R"( = \{object = \{a = 5, b = 6\}\})");
  expect_line(R"(\$8 = empty PoolBox)" + type);
  expect_line(R"(\$9 = PoolArc)" + type + at +
              R"(, 2 owners, 0 weak = \{object = \{a = 8, b = 9\}\})");
  expect_line(R"(\$10 = TransferHandle)" + type + at +
              R"(, Owned, from thread 1 = \{object = \{a = 12, b = 13\}\})");
}

TEST(GdbPrinters, ShowHandlesByIndexAndGeneration) {
  expect_line(R"(\$11 = Handle)" + std::string(kContact) + " 5, generation 3");
  expect_line(R"(\$12 = Handle)" + std::string(kContact) + " dangling");
}

TEST(GdbPrinters, ShowWhereInWhichFrameAnArenaIs) {
  expect_line(R"(\$13 = FrameCheckpoint at byte [1-9][0-9]* of frame 2)");
  expect_line(R"(\$14 = .*FrameArena of thread 1: [1-9][0-9]* bytes in frame 2, )"
              "which is open; tag game::physics");
  expect_line(R"(\$15 = .*ScratchPool "paths" of 65536 bytes)");
  expect_line(R"(\$16 = SmartAlloc 0x[0-9a-f]+, frame 2 open)");
}

TEST(GdbCommand, TellsWhatEachThreadHolds) {
  expect_line(
      "frame 2 open; [1-9][0-9]* bytes from the system\n  thread 1, tag game::physics\n"
      "    FrameArena of thread 1: [1-9][0-9]* bytes in frame 2, which is open; "
      "tag game::physics");
  // Of the address too: twice in all.
  const std::string& text = all_of_it();
  const std::size_t first = text.find("bytes from the system");
  ASSERT_NE(first, std::string::npos);
  EXPECT_NE(text.find("bytes from the system", first + 1), std::string::npos);
}

TEST(GdbCommand, RefusesWhatIsNoAllocator) {
  expect_line("framealloc: which allocator\\? for example: framealloc alloc");
  expect_line("framealloc: framealloc::FrameString is no framealloc::SmartAlloc");
}

TEST(GdbPrinters, NothingOfItFails) {
  EXPECT_EQ(all_of_it().find("Python Exception"), std::string::npos) << all_of_it();
}

}  // namespace
}  // namespace framealloc
