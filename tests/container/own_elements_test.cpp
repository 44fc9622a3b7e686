// SPDX-License-Identifier: MIT OR Apache-2.0
// Arguments may refer to what stands in the container, whether or not it moves to grow.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <iterator>
#include <ranges>
#include <string>
#include <vector>

namespace framealloc {
namespace {

using testing::ReportLog;

class OwnElements : public ::testing::Test {
 protected:
  ReportLog log;
  SmartAlloc alloc{AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log)};
  void SetUp() override { alloc.begin_frame(); }
  // Something newer, so that the next growth moves.
  void block() { (void)alloc.frame_alloc<int>(); }
  FrameVec<std::string> letters() {
    auto v = alloc.frame_vec<std::string>();
    for (const char* text : {"a", "bb", "a text that is too long to stand in the string itself"}) {
      v.push_back(text);
    }
    return v;
  }
};

TEST_F(OwnElements, OfAMapAreReadBeforeTheyMove) {
  auto m = alloc.frame_map<int, std::string>();
  m.insert(0, "a value");
  for (int i = 1; i < 500; ++i) {
    switch (i % 3) {
      case 0:
        m.try_emplace(i, *m.get(0));
        break;
      case 1:
        (void)m.get_or_insert(i, *m.get(i - 1));
        break;
      default:
        m.insert_or_assign(i, *m.get(0));
    }
    ASSERT_EQ(*m.get(i), "a value") << i;
    block();
  }
}

TEST_F(OwnElements, OfAMapMayBeKeys) {
  auto m = alloc.frame_map<std::string, std::string>();
  m.insert("0", "1");
  for (int i = 1; i < 300; ++i) {
    m.try_emplace(*m.get(std::to_string(i - 1)), std::to_string(i + 1));
    ASSERT_EQ(*m.get(std::to_string(i)), std::to_string(i + 1));
    block();
  }
  while (!m.empty()) EXPECT_EQ(m.erase(m.begin()->first), 1U);
  EXPECT_TRUE(m.empty());
}

TEST_F(OwnElements, OfAMapThatIsDeniedAnIndexAreReadBeforeTheyMove) {
  for (std::size_t limit = 65536; limit <= 65536 + 24576; limit += 2048) {
    SmartAlloc small(AllocConfig::minimal()
                         .with_frame_arena_size(limit)
                         .with_frame_overflow(FrameOverflow::Fail)
                         .with_report_handler(&ReportLog::handler, &log));
    small.begin_frame();
    auto m = small.frame_map<int, std::string>();
    m.insert(0, "a value");
    int in = 1;
    while (m.try_emplace(in, *m.get(0)).second) ++in;
    for (int i = 1; i < in; ++i) ASSERT_EQ(*m.get(i), "a value") << limit << ' ' << i;
    ASSERT_EQ(m.size(), static_cast<std::size_t>(in));
  }
}

TEST_F(OwnElements, OfAVectorMayBeARange) {
  auto v = letters();
  std::vector<std::string> model(v.begin(), v.end());
  const auto expect_model = [&] {
    ASSERT_EQ(v.size(), model.size());
    for (std::size_t i = 0; i < model.size(); ++i) ASSERT_EQ(v[i], model[i]) << i;
  };
  for (int round = 0; round < 4; ++round) {
    block();
    const std::vector<std::string> all = model;
    ASSERT_EQ(v.extend_from_iter(v), all.size());
    model.insert(model.end(), all.begin(), all.end());
    expect_model();
    block();
    ASSERT_NE(v.insert(v.begin() + 1, v.begin(), v.begin() + 3), v.end());
    const std::vector<std::string> three(model.begin(), model.begin() + 3);
    model.insert(model.begin() + 1, three.begin(), three.end());
    expect_model();
    block();
    ASSERT_TRUE(v.append_range(std::views::reverse(v) | std::views::take(2)));
    const std::vector<std::string> last(model.rbegin(), model.rbegin() + 2);
    model.insert(model.end(), last.begin(), last.end());
    expect_model();
  }
  block();
  ASSERT_TRUE(v.assign(v.begin() + 1, v.begin() + 4));
  model = std::vector<std::string>(model.begin() + 1, model.begin() + 4);
  expect_model();
  ASSERT_TRUE(v.assign(std::make_reverse_iterator(v.end()), std::make_reverse_iterator(v.begin())));
  model = std::vector<std::string>(model.rbegin(), model.rend());
  expect_model();
  ASSERT_TRUE(v.assign(20, v[1]));
  EXPECT_EQ(v[19], model[1]);
  ASSERT_TRUE(v.resize(40, v[3]));
  EXPECT_EQ(v[39], model[1]);
  ASSERT_NE(v.insert(v.begin(), 30, v.back()), v.end());
  EXPECT_EQ(v.front(), model[1]);
  ASSERT_NE(v.emplace(v.begin(), v.back()), v.end());
  EXPECT_EQ(v.front(), model[1]);
  EXPECT_EQ(log.size(), 0U);
}

TEST_F(OwnElements, OfAVectorThatIsDeniedMemoryStayAsTheyWere) {
  SmartAlloc small(AllocConfig::minimal()
                       .with_frame_arena_size(65536)
                       .with_frame_overflow(FrameOverflow::Fail)
                       .with_report_handler(&ReportLog::handler, &log));
  small.begin_frame();
  auto v = small.frame_vec<std::string>();
  while (v.emplace_back("text " + std::to_string(v.size())) != nullptr) {
  }
  const std::size_t size = v.size();
  const std::size_t added = v.extend_from_iter(v);
  ASSERT_LT(added, size);
  EXPECT_EQ(v.size(), size + added);
  for (std::size_t i = 0; i < v.size(); ++i) {
    EXPECT_EQ(v[i], "text " + std::to_string(i < size ? i : i - size));
  }
}

TEST_F(OwnElements, OfAVectorOfNumbersMayBeARange) {
  auto v = alloc.frame_vec<int>();
  for (int i = 0; i < 4; ++i) v.push_back(i);
  for (int round = 0; round < 6; ++round) {
    block();
    ASSERT_TRUE(v.append_range(v));
  }
  ASSERT_EQ(v.size(), 256U);
  for (int i = 0; i < 256; ++i) ASSERT_EQ(v[static_cast<std::size_t>(i)], i % 4);
}

TEST_F(OwnElements, OfAStringMayBeAppended) {
  FrameString s = alloc.frame_string();
  std::string model = "abc";
  s.append(model);
  for (int round = 0; round < 5; ++round) {
    block();
    ASSERT_TRUE(s.append(s.view().substr(1)));
    model.append(std::string(model.substr(1)));
    block();
    ASSERT_TRUE(s.insert(2, s));
    model.insert(2, std::string(model));
    block();
    ASSERT_TRUE(s.replace(1, 2, s.view().substr(0, 4)));
    model.replace(1, 2, std::string(model.substr(0, 4)));
    s += s[0];
    model += model[0];
    ASSERT_EQ(s, model);
  }
  ASSERT_TRUE(s.assign(s.view().substr(3, 5)));
  EXPECT_EQ(s, model.substr(3, 5));
}

// A container of one frame that goes on in the next is a fault of the program. It must not cut what
// is live there, and is told where that is looked for.
TEST_F(OwnElements, OfAStandardVectorAreNotCutWhenAnOldBlockIsFreed) {
  std::vector<int, FrameAllocator<int>> v{FrameAllocator<int>(alloc)};
  (void)alloc.frame_alloc_batch<char>(64);
  v.reserve(16);
  alloc.end_frame();
  alloc.begin_frame();
  v.clear();
  v.reserve(32);  // frees a block of the frame before, which ends where the new one does
  for (int i = 0; i < 32; ++i) v.push_back(i);
  int* const other = alloc.frame_alloc_batch<int>(16);
  for (int i = 0; i < 16; ++i) other[i] = -1;
  for (int i = 0; i < 32; ++i) EXPECT_EQ(v[static_cast<std::size_t>(i)], i);
  if constexpr (kCheckLevel >= 1) {
    ASSERT_EQ(log.size(), 1U);
    EXPECT_EQ(log.last().code, Code::FA002);
  } else {
    EXPECT_EQ(log.size(), 0U);
  }
}

TEST_F(OwnElements, OfAStandardVectorStillGetTheirLastBlockBack) {
  const std::size_t before = alloc.frame_arena().position();
  {
    std::vector<int, FrameAllocator<int>> v{FrameAllocator<int>(alloc)};
    for (int i = 0; i < 100; ++i) v.push_back(i);
  }
  EXPECT_LT(alloc.frame_arena().position(), before + 100 * sizeof(int) * 2);
  EXPECT_EQ(log.size(), 0U);
}

}  // namespace
}  // namespace framealloc
