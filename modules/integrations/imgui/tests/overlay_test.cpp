// SPDX-License-Identifier: MIT OR Apache-2.0
// The overlay, drawn into memory and looked at; and that it allocates nothing.
#include <framealloc/imgui/overlay.hpp>

#include "example.hpp"
#include "software_renderer.hpp"
#include "support/fake_device.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <new>
#include <sstream>
#include <string>
#include <thread>

namespace {
std::atomic<std::uint64_t> allocations{0};
}  // namespace

// Every operator new of this program is counted.
void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* const block = std::malloc(size == 0 ? 1 : size)) return block;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { std::free(block); }

namespace framealloc::imgui {
namespace {

using test::Image;
using test::Pixel;
using test::pixel_of;
using test::Renderer;

constexpr int kWidth = 780;
constexpr int kHeight = 660;
constexpr std::size_t kMiB = std::size_t{1} << 20;

class OverlayTest : public ::testing::Test {
 protected:
  OverlayTest() : alloc_(config()) {
    ImGui::SetAllocatorFunctions(
        [](std::size_t size, void*) {
          allocations.fetch_add(1, std::memory_order_relaxed);
          return std::malloc(size);
        },
        [](void* block, void*) { std::free(block); });
    context_ = ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DisplaySize = ImVec2(kWidth, kHeight);
    io.DeltaTime = 1.0F / 60.0F;
    io.Fonts->GetTexDataAsAlpha8(&font_, &font_width_, &font_height_);
    alloc_.print_reports(false);
    alloc_.set_thread_name("main");
    alloc_.budgets()->set_global_budget(0, 16 * kMiB);
    alloc_.budgets()->register_tag_budget("game::physics", 3 * kMiB, 4 * kMiB);
    alloc_.budgets()->register_tag_budget("game::render", 0, 2 * kMiB);
  }
  ~OverlayTest() override { ImGui::DestroyContext(context_); }

  static AllocConfig config() {
    AllocConfig config;
    config.enable_budgets = true;
    return config;
  }
  // One frame of a game that draws the overlay at its end.
  template <class Draw>
  void frame(std::size_t physics, Draw&& draw) {
    alloc_.begin_frame();
    alloc_.with_tag("game", [&] {
      alloc_.with_tag("physics", [&] { (void)alloc_.frame_alloc_layout(physics, 16); });
      alloc_.with_tag("render", [&] { (void)alloc_.frame_alloc_layout(kMiB, 16); });
    });
    ImGui::NewFrame();
    ImGui::SetNextWindowPos(ImVec2(10, 10));
    draw();
    ImGui::Render();
    alloc_.end_frame();
  }
  Image render() const {
    Image image(kWidth, kHeight);
    Renderer(image, font_, font_width_, font_height_).draw(*ImGui::GetDrawData());
    return image;
  }

  SmartAlloc alloc_;
  ImGuiContext* context_ = nullptr;
  unsigned char* font_ = nullptr;
  int font_width_ = 0;
  int font_height_ = 0;
};

struct Bar {
  int x = 0, y = 0, fill = 0, whole = 0;
};
constexpr ImU32 kBarColors[] = {kBarTrack, kBarGood, kBarWarn, kBarFull, kBarMark};

bool is_bar(const Pixel& pixel) {
  for (const ImU32 color : kBarColors) {
    if (pixel == pixel_of(color)) return true;
  }
  return false;
}
// Result: bars whose used part has this color, from top to bottom, measured at their upper edge.
std::vector<Bar> bars(const Image& image, ImU32 color) {
  std::vector<Bar> found;
  for (int y = 1; y < image.height(); ++y) {
    for (int x = 1; x < image.width(); ++x) {
      if (image.at(x, y) != pixel_of(color) || is_bar(image.at(x - 1, y)) ||
          is_bar(image.at(x, y - 1))) {
        continue;
      }
      Bar bar{x, y, image.run(x, y, pixel_of(color)), 0};
      while (x + bar.whole < image.width() && is_bar(image.at(x + bar.whole, y))) ++bar.whole;
      if (bar.whole > 20) found.push_back(bar);
      x += bar.whole;
    }
  }
  return found;
}
double share(const Bar& bar) {
  return static_cast<double>(bar.fill) / static_cast<double>(bar.whole);
}

TEST_F(OverlayTest, DrawsWhatTheAllocatorHolds) {
  Overlay overlay(alloc_);
  for (int i = 0; i < 30; ++i)
    frame(kMiB + static_cast<std::size_t>(i) * 16384, [&] { overlay.draw(); });
  frame(kMiB, [&] { overlay.draw(); });
  const Image image = render();
  // The whole, physics and render, each with its part; physics' mark is in the unused part.
  const std::vector<Bar> good = bars(image, kBarGood);
  ASSERT_EQ(good.size(), 3U);
  EXPECT_NEAR(share(good[0]), 2.0 / 16, 0.03);
  EXPECT_NEAR(share(good[1]), 1.0 / 4, 0.05);
  EXPECT_NEAR(share(good[2]), 1.0 / 2, 0.05);
  EXPECT_TRUE(bars(image, kBarWarn).empty());
  EXPECT_TRUE(bars(image, kBarFull).empty());
  EXPECT_EQ(good[1].x, good[2].x);
  // The mark of the soft limit, at three quarters.
  int mark = good[1].fill;
  while (mark < good[1].whole && image.at(good[1].x + mark, good[1].y) != pixel_of(kBarMark))
    ++mark;
  EXPECT_NEAR(static_cast<double>(mark) / good[1].whole, 0.75, 0.02);
  // Beside each bar stands text: light pixels in front of a dark window.
  for (const Bar& bar : good) {
    int light = 0;
    for (int y = bar.y; y < bar.y + 13; ++y) {
      for (int x = bar.x + bar.whole + 4; x < std::min(bar.x + bar.whole + 150, kWidth - 14); ++x) {
        if (image.at(x, y).r > 150) ++light;
      }
    }
    EXPECT_GT(light, 60);
  }
  // Two lines of the plots.
  EXPECT_GT(image.count(pixel_of(ImGui::GetColorU32(ImGuiCol_PlotLines))), 100U);
}

TEST_F(OverlayTest, ColorsTellHowFullABudgetIs) {
  Overlay overlay(alloc_);
  frame(kMiB * 13 / 4, [&] { overlay.draw(); });
  frame(kMiB * 13 / 4, [&] { overlay.draw(); });
  Image image = render();
  EXPECT_EQ(bars(image, kBarWarn).size(), 1U);  // physics is above its soft limit
  EXPECT_EQ(bars(image, kBarGood).size(), 2U);
  alloc_.budgets()->register_tag_budget("game::render", 0, kMiB);  // and it holds as much
  frame(1024, [&] { overlay.draw(); });
  image = render();
  ASSERT_EQ(bars(image, kBarFull).size(), 1U);
  EXPECT_NEAR(share(bars(image, kBarFull)[0]), 1.0, 0.03);
}

TEST_F(OverlayTest, FiguresAreTheAllocators) {
  Overlay overlay(alloc_);
  void* const block = alloc_.heap_alloc<char>(100'000);
  frame(kMiB, [&] { overlay.draw(); });
  const Figures& figures = overlay.figures();
  EXPECT_GE(figures.frame_bytes, 2 * kMiB);
  EXPECT_GE(figures.all.heap_allocated, 100'000U);
  EXPECT_EQ(figures.whole.hard, 16 * kMiB);
  const TagRow& game = figures.tags[figures.tags[0].first_child];
  EXPECT_EQ(game.name, "game");
  EXPECT_EQ(game.subtree, 2 * kMiB);
  const TagRow& physics = figures.tags[game.first_child];
  EXPECT_EQ(physics.name, "physics");
  EXPECT_EQ(physics.frame, kMiB);
  EXPECT_EQ(physics.limits.soft, 3 * kMiB);
  EXPECT_EQ(figures.tags[physics.next_sibling].name, "render");
  EXPECT_EQ(figures.tags[0].subtree, 2 * kMiB + figures.tags[0].heap);
  ASSERT_EQ(figures.threads.size(), 1U);
  EXPECT_EQ(figures.threads[0].name.view(), "main");
  EXPECT_EQ(figures.threads[0].heap, figures.all.heap_allocated);
  for (int i = 0; i < 3; ++i) frame(kMiB, [&] { overlay.draw(); });
  EXPECT_EQ(figures.bytes.size(), 4);
  EXPECT_EQ(figures.times.size(), 3);
  EXPECT_NEAR(figures.bytes[3], 2.1, 0.05);
  alloc_.heap_free(static_cast<char*>(block));
}

TEST_F(OverlayTest, ASteadyFrameAllocatesNothing) {
  Overlay overlay(alloc_);
  alloc_.with_tag("a tag whose path is longer than any small string",
                  [&] { EXPECT_NE(alloc_.pool_alloc<double>(), nullptr); });
  // ImGui's buffers grow until the history has its full length.
  for (std::size_t i = 0; i < Figures::kHistory + 10; ++i) frame(kMiB, [&] { overlay.draw(); });
  const std::uint64_t before = allocations;
  const std::uint64_t own = alloc_.stats().allocation_count;
  const std::size_t reserved = alloc_.stats().reserved;
  for (int i = 0; i < 300; ++i) frame(kMiB, [&] { overlay.draw(); });
  EXPECT_EQ(allocations - before, 0U);
  EXPECT_EQ(alloc_.stats().allocation_count, own);
  EXPECT_EQ(alloc_.stats().reserved, reserved);
}

TEST_F(OverlayTest, ShowsDevicesWhereThereAreAny) {
  Overlay overlay(alloc_);
  for (int i = 0; i < 3; ++i) frame(kMiB, [&] { overlay.draw(); });
  const std::size_t without = bars(render(), kBarGood).size();
  const testing::RegisteredDevice fake(alloc_);
  ASSERT_TRUE(fake);
  for (int i = 0; i < 3; ++i) frame(kMiB, [&] { overlay.draw(); });
  const Figures& figures = overlay.figures();
  ASSERT_EQ(figures.devices.size(), 1U);
  EXPECT_EQ(figures.devices[0].name.view(), "Fake GPU");
  EXPECT_EQ(figures.devices[0].all.total_bytes, 8 * kMiB);
  ASSERT_EQ(figures.device_heaps.size(), 2U);
  EXPECT_TRUE(figures.device_heaps[0].all.device_local);
  EXPECT_EQ(figures.device_heaps[1].all.limit, 64 * kMiB);
  ASSERT_EQ(figures.device_tags.size(), 2U);
  EXPECT_EQ(figures.device_tags[1].path.view(), "hud");
  EXPECT_EQ(figures.device_tags[1].limits.denials, 1U);
  // Two heaps and the one tag with a limit have a bar each, below those of the host.
  const std::vector<Bar> good = bars(render(), kBarGood);
  ASSERT_EQ(good.size(), without + 3);
  EXPECT_NEAR(share(good[without]), 6.0 / 204.8, 0.03);
  EXPECT_NEAR(share(good[without + 1]), 2.0 / 64, 0.03);
  EXPECT_NEAR(share(good[without + 2]), 2.0 / 3, 0.03);
  // Steady, it allocates nothing.
  for (std::size_t i = 0; i < Figures::kHistory + 10; ++i) frame(kMiB, [&] { overlay.draw(); });
  const std::uint64_t before = allocations;
  for (int i = 0; i < 100; ++i) frame(kMiB, [&] { overlay.draw(); });
  EXPECT_EQ(allocations - before, 0U);
}

TEST_F(OverlayTest, KeepsReportsInPlaceAndCountsRepeats) {
  Overlay overlay(alloc_);
  const std::uint64_t before = allocations;
  for (int i = 0; i < 3; ++i) {
    alloc_.with_tag("hud", [&] { EXPECT_EQ(alloc_.frame_alloc<int>(), nullptr); });  // FA001
  }
  EXPECT_EQ(allocations - before, 0U);
  ReportRing::Entry entry;
  ASSERT_TRUE(overlay.reports().get(0, entry));
  EXPECT_EQ(entry.code, Code::FA001);
  EXPECT_EQ(entry.tag.view(), "hud");
  EXPECT_EQ(entry.count, 3U);
  EXPECT_FALSE(entry.message.empty());
  EXPECT_FALSE(overlay.reports().get(1, entry));
  for (int i = 0; i < 50; ++i) {
    Report report;
    report.code = Code::FA007;
    const std::string tag = "tag " + std::to_string(i);
    report.tag = tag;
    overlay.reports().on_report(report);
  }
  EXPECT_TRUE(overlay.reports().get(ReportRing::kMost - 1, entry));
  EXPECT_FALSE(overlay.reports().get(ReportRing::kMost, entry));
  EXPECT_TRUE(overlay.reports().get(0, entry));
  EXPECT_EQ(entry.tag.view(), "tag 31");  // the oldest has gone
  frame(kMiB, [&] { overlay.draw(); });
}

TEST_F(OverlayTest, ClearedReportsBeginAnew) {
  ReportRing ring;
  Report report;
  const auto fill = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::string tag = std::to_string(i);
      report.tag = tag;
      ring.on_report(report);
    }
  };
  fill(ReportRing::kMost + 5);
  ring.clear();
  ReportRing::Entry entry;
  EXPECT_FALSE(ring.get(0, entry));
  fill(ReportRing::kMost + 1);  // the oldest of these goes, not the one where it had stopped
  ASSERT_TRUE(ring.get(0, entry));
  EXPECT_EQ(entry.tag.view(), "32");
  ASSERT_TRUE(ring.get(5, entry));
  EXPECT_EQ(entry.tag.view(), "5");
}

TEST_F(OverlayTest, StopsListeningWhenItEnds) {
  struct Quiet final : DiagnosticSink {
    void on_report(const Report&) noexcept override {}
  };
  // There are so many places; each overlay takes one and has to give it back.
  for (std::size_t i = 0; i < 16; ++i) Overlay overlay(alloc_);
  Quiet sinks[8];
  for (Quiet& sink : sinks) EXPECT_TRUE(alloc_.add_sink(sink));
  for (Quiet& sink : sinks) alloc_.remove_sink(sink);
}

TEST_F(OverlayTest, AFrameThatIsDrawnTwiceCountsOnce) {
  Overlay overlay(alloc_);
  for (int i = 0; i < 3; ++i) {
    frame(kMiB, [&] {
      overlay.draw();
      overlay.draw();
    });
  }
  EXPECT_EQ(overlay.figures().bytes.size(), 3);
  EXPECT_EQ(overlay.figures().times.size(), 2);
}

TEST_F(OverlayTest, ThreadsAreThoseThatLiveTheOldestFirst) {
  alloc_.set_thread_frame_budget(5 * kMiB);
  for (int i = 0; i < 2; ++i) frame(kMiB, [] {});  // this thread is there first
  Figures figures;
  std::thread([&] {
    alloc_.set_thread_name("worker");
    char* const block = alloc_.heap_alloc<char>(1000);
    figures.read(alloc_);
    alloc_.heap_free(block);
  }).join();
  ASSERT_EQ(figures.threads.size(), 2U);
  EXPECT_EQ(figures.threads[0].name.view(), "main");
  EXPECT_EQ(figures.threads[0].frame_limit, 5 * kMiB);
  EXPECT_GE(figures.threads[0].peak_frame, 2 * kMiB);
  EXPECT_EQ(figures.threads[1].name.view(), "worker");
  EXPECT_EQ(figures.threads[1].frame_limit, 0U);
  EXPECT_GE(figures.threads[1].heap, 1000U);
  figures.read(alloc_);
  EXPECT_EQ(figures.threads.size(), 1U);
}

TEST_F(OverlayTest, DenialsAreCounted) {
  Figures figures;
  const auto denials = [&] {
    figures.read(alloc_);
    const TagRow& game = figures.tags[figures.tags[0].first_child];
    EXPECT_EQ(figures.tags[game.first_child].name, "physics");
    return figures.tags[game.first_child].limits.denials;
  };
  frame(kMiB, [] {});
  EXPECT_EQ(denials(), 0U);
  frame(5 * kMiB, [] {});  // the limit is 4 MiB
  EXPECT_EQ(denials(), 1U);
}

TEST_F(OverlayTest, AClosedWindowReadsNothing) {
  Overlay overlay(alloc_);
  bool open = false;
  frame(kMiB, [&] { overlay.draw(&open); });
  EXPECT_EQ(overlay.figures().bytes.size(), 0);
  open = true;
  frame(kMiB, [&] { overlay.draw(&open); });
  EXPECT_EQ(overlay.figures().bytes.size(), 1);
}

TEST_F(OverlayTest, AnAllocatorThatCouldNotBeMadeIsShownEmpty) {
  Overlay overlay(
      SmartAlloc(AllocConfig{.frames_in_flight = 99, .on_report = [](const Report&, void*) {}}));
  frame(kMiB, [&] { overlay.draw(); });
  EXPECT_TRUE(overlay.figures().tags.empty());
}

TEST_F(OverlayTest, TheExampleOfTheReadmeIsThisOne) {
  DebugMenu menu(alloc_);
  frame(kMiB, [&] { menu.draw(); });
  EXPECT_GT(ImGui::GetDrawData()->TotalVtxCount, 500);
  const auto read = [](const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  };
  const std::string folder = FRAMEALLOC_IMGUI_FOLDER "/";
  const std::string file = read(folder + "tests/example.hpp");
  const std::string code = file.substr(file.find("#include"));
  EXPECT_NE(read(folder + "README.md").find("```cpp\n" + code + "```"), std::string::npos);
}

}  // namespace
}  // namespace framealloc::imgui
