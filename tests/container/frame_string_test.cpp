// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/frame_string.hpp>

#include "container/test_arena.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace framealloc::test {
namespace {

void expect_terminated(const FrameString& text) {
  EXPECT_EQ(std::strlen(text.c_str()), text.size());
}

TEST(FrameString, KeepsTheSurfaceOfStdString) {
  TestArena arena;
  FrameString s(*arena);
  EXPECT_TRUE(s.empty());
  EXPECT_STREQ(s.c_str(), "");
  s += "Hello";
  s += ',';
  s += std::string(" world");
  EXPECT_EQ(s, "Hello, world");
  expect_terminated(s);
  EXPECT_EQ(s.size(), 12U);
  EXPECT_EQ(s.find("world"), 7U);
  EXPECT_EQ(s.find('x'), FrameString::npos);
  EXPECT_EQ(s.rfind('o'), 8U);
  EXPECT_EQ(s.find_first_of("ol"), 2U);
  EXPECT_EQ(s.find_last_of("ol"), 10U);
  EXPECT_TRUE(s.starts_with("Hell"));
  EXPECT_TRUE(s.ends_with("ld"));
  EXPECT_TRUE(s.contains("lo, w"));
  EXPECT_EQ(s.substr(7), "world");
  EXPECT_EQ(s.substr(99), "");
  EXPECT_EQ(s.front(), 'H');
  EXPECT_EQ(s.back(), 'd');
  EXPECT_EQ(s.at(1), 'e');
  EXPECT_TRUE(s.insert(5, " there"));
  EXPECT_EQ(s, "Hello there, world");
  EXPECT_TRUE(s.replace(6, 5, "you"));
  EXPECT_EQ(s, "Hello you, world");
  s.erase(5, 4);
  EXPECT_EQ(s, "Hello, world");
  s.erase(5);
  EXPECT_EQ(s, "Hello");
  EXPECT_TRUE(s.insert(0, 3, '*'));
  EXPECT_TRUE(s.append(2, '!'));
  EXPECT_EQ(s, "***Hello!!");
  s.pop_back();
  EXPECT_TRUE(s.resize(12, '.'));
  EXPECT_EQ(s, "***Hello!...");
  EXPECT_TRUE(s.resize(4));
  EXPECT_EQ(s, "***H");
  expect_terminated(s);
  EXPECT_TRUE(s.assign("new"));
  EXPECT_TRUE(s.assign(2, 'x'));
  EXPECT_EQ(s, "xx");
  s = "assigned";
  EXPECT_EQ(s, "assigned");
  s.clear();
  EXPECT_EQ(s, "");
  expect_terminated(s);
}

TEST(FrameString, ComparesAndConverts) {
  TestArena arena;
  const FrameString a(*arena, "apple");
  const FrameString b(*arena, std::string("banana"));
  EXPECT_LT(a, b);
  EXPECT_LT(a, "b");
  EXPECT_NE(a, b);
  EXPECT_EQ(a, std::string_view("apple"));
  EXPECT_EQ("apple", a);
  EXPECT_EQ(a.compare("apple"), 0);
  const std::string_view view = a;
  EXPECT_EQ(view, "apple");
  const std::string copy(a);
  EXPECT_EQ(copy, "apple");
  std::ostringstream out;
  out << a;
  EXPECT_EQ(out.str(), "apple");
  std::unordered_set<FrameString> set;
  set.insert(FrameString(*arena, "x"));
  set.insert(FrameString(*arena, "x"));
  EXPECT_EQ(set.size(), 1U);
}

TEST(FrameString, AcceptsPartsOfItself) {
  TestArena arena;
  for (const bool in_place : {true, false}) {
    FrameString s(*arena, "abcdef");
    for (int i = 0; i < 8; ++i) {
      const std::string before(s.view());
      if (!in_place) (void)arena->alloc<int>();
      EXPECT_TRUE(s.append(s.view().substr(1)));
      EXPECT_EQ(s, before + before.substr(1));
      const std::string middle(s.view());
      EXPECT_TRUE(s.insert(3, s.view().substr(0, 5)));
      EXPECT_EQ(s, std::string(middle).insert(3, middle.substr(0, 5)));
      EXPECT_TRUE(s.replace(1, 4, s.view().substr(2, 3)));
      expect_terminated(s);
    }
    EXPECT_TRUE(s.assign(s.view().substr(2, 4)));
    EXPECT_EQ(s.size(), 4U);
  }
}

TEST(FrameString, GrowsInPlaceAndGivesBack) {
  TestArena arena;
  (void)arena->alloc<int>();
  const std::size_t before = arena->position();
  {
    FrameString s(*arena);
    s += 'x';
    const char* const data = s.c_str();
    for (int i = 1; i < 1000; ++i) s += 'x';
    EXPECT_EQ(s.c_str(), data);
    EXPECT_LE(arena->position() - before, std::size_t{1300});
    s.shrink_to_fit();
    EXPECT_LE(arena->position() - before, std::size_t{1001 + kGranule});
    EXPECT_EQ(s.size(), 1000U);
    expect_terminated(s);
  }
  EXPECT_EQ(arena->position(), before);
}

TEST(FrameString, CapacityLeavesRoomForTheNul) {
  TestArena arena;
  FrameString s(*arena, std::size_t{15});
  EXPECT_EQ(s.capacity(), 15U);
  const std::size_t before = arena->position();
  EXPECT_TRUE(s.append("123456789012345"));
  EXPECT_EQ(arena->position(), before);
  expect_terminated(s);
}

TEST(FrameString, AppendsWhatFitsWhereItStands) {
  for (std::size_t size = 0; size < 34; ++size) {
    for (std::size_t more = 0; more < 34; ++more) {
      SCOPED_TRACE(testing::Message() << more << " after " << size);
      TestArena arena;
      FrameString s(*arena, std::size_t{31});
      ASSERT_EQ(s.capacity(), 31U);
      std::string wanted(size, 'a');
      EXPECT_TRUE(s.append(wanted));
      const char* const data = s.c_str();
      const bool fits = size + more <= s.capacity();
      (void)arena->alloc<int>();
      const std::size_t before = arena->position();
      const std::string text(more, 'b');
      EXPECT_TRUE(s.append(text));
      wanted += text;
      EXPECT_EQ(s, wanted);
      EXPECT_EQ(s.c_str() == data, fits);
      EXPECT_EQ(arena->position() == before, fits);
      expect_terminated(s);
    }
  }
  TestArena arena;
  FrameString none(*arena);
  EXPECT_TRUE(none.append(std::string_view()));
  EXPECT_EQ(none.data(), nullptr) << "nothing needs no memory";
  FrameString taken(std::move(none));
  EXPECT_TRUE(none.append("again"));
  EXPECT_EQ(none, "again");
}

TEST(FrameString, MovesAndClones) {
  TestArena arena;
  FrameString a(*arena, "text");
  FrameString b(std::move(a));
  EXPECT_EQ(b, "text");
  EXPECT_STREQ(a.c_str(), "");
  a = std::move(b);
  EXPECT_EQ(a, "text");
  const auto copy = a.clone();
  ASSERT_TRUE(copy.has_value());
  EXPECT_EQ(*copy, a);
  EXPECT_NE(copy->c_str(), a.c_str());
  swap(a, b);
  EXPECT_EQ(b, "text");
}

TEST(FrameString, DeniedGrowthChangesNothing) {
  TestArena arena(1, 64);
  FrameString s(*arena, "0123456789");
  const std::string long_text(100, 'x');
  EXPECT_FALSE(s.append(long_text));
  EXPECT_FALSE(s.insert(0, long_text));
  EXPECT_FALSE(s.assign(long_text));
  EXPECT_FALSE(s.resize(SIZE_MAX));
  EXPECT_FALSE(s.reserve(SIZE_MAX));
  EXPECT_FALSE(s.append(SIZE_MAX, 'x'));
  s += long_text;
  EXPECT_EQ(s, "0123456789");
  for (int i = 10; i < 63; ++i) EXPECT_TRUE(s.push_back('y'));
  EXPECT_FALSE(s.push_back('y')) << "the NUL needs the last byte";
  expect_terminated(s);
}

}  // namespace
}  // namespace framealloc::test
