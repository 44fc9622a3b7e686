// SPDX-License-Identifier: MIT OR Apache-2.0
// The overlay as a person sees it, compared with a picture of it that somebody looked at.
#include <framealloc/imgui/overlay.hpp>

#include "software_renderer.hpp"
#include "targa.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

namespace framealloc::imgui {
namespace {

using test::Image;
using test::Picture;
using test::Pixel;

constexpr int kWidth = 780;
constexpr int kHeight = 660;
constexpr std::size_t kKiB = 1024;
constexpr std::size_t kMiB = 1024 * kKiB;
constexpr const char* kReference = FRAMEALLOC_IMGUI_FOLDER "/tests/overlay.tga";
constexpr const char* kVersion = "Dear ImGui " IMGUI_VERSION;
// Another compiler rounds the edge of a line otherwise; a row of text or a mark of a bar is more.
constexpr int kNear = 24;
constexpr std::size_t kMostOdd = 20;

struct Tag {
  const char* name;
  std::size_t parent;
  std::size_t frame, pool, heap;
  Limits limits;
};
// One budget of each color, marks apart from each other, a tag without anything.
constexpr Tag kTags[] = {
    {"", 0, 96 * kKiB, 0, 12 * kKiB, {}},
    {"game", 0, 0, 256 * kKiB, 0, {0, 24 * kMiB, 15 * kMiB + 256 * kKiB, 18 * kMiB, 0}},
    {"physics", 1, 3 * kMiB, kMiB, 0, {6 * kMiB, 8 * kMiB, 4 * kMiB, 5 * kMiB, 0}},
    {"render", 1, 7 * kMiB, 0, 512, {6 * kMiB, 12 * kMiB, 7 * kMiB + 512, 8 * kMiB, 0}},
    {"audio", 1, 0, 4 * kMiB, 0, {0, 4 * kMiB, 4 * kMiB, 4 * kMiB, 17}},
    {"tools", 0, 0, 0, 0, {}},
    {"editor", 0, 0, 0, 640 * kKiB, {}},
};

Figures some_figures() {
  Figures figures;
  figures.frame.frame_number = 4711;
  figures.frame_bytes = 10 * kMiB + 96 * kKiB;
  figures.all.pool_allocated = 5 * kMiB + 256 * kKiB;
  figures.all.heap_allocated = 652 * kKiB + 512;
  figures.all.reserved = 48 * kMiB;
  figures.all.idle_bytes = 6 * kMiB;
  figures.all.metadata_bytes = 700 * kKiB;
  figures.all.allocation_count = 123'456;
  figures.all.deallocation_count = 120'000;
  figures.whole = {24 * kMiB, 32 * kMiB, 16 * kMiB, 20 * kMiB, 0};
  for (const Tag& tag : kTags) {
    TagRow row;
    row.name = tag.name;
    row.frame = row.peak_frame = tag.frame;
    row.pool = tag.pool;
    row.heap = tag.heap;
    row.subtree = tag.frame + tag.pool + tag.heap;
    row.limits = tag.limits;
    figures.tags.push_back(row);
  }
  for (std::size_t i = figures.tags.size(); i-- > 1;) {
    TagRow& parent = figures.tags[kTags[i].parent];
    parent.subtree += figures.tags[i].subtree;
    figures.tags[i].next_sibling = parent.first_child;
    parent.first_child = i;
  }
  figures.threads.resize(3);
  figures.threads[0].name = "main";
  figures.threads[0].frame = 6 * kMiB;
  figures.threads[0].pool = 5 * kMiB;
  figures.threads[0].peak_frame = 7 * kMiB;
  figures.threads[1].name = "render";
  figures.threads[1].frame = 4 * kMiB;
  figures.threads[1].heap = 652 * kKiB + 512;
  figures.threads[1].peak_frame = 5 * kMiB;
  figures.threads[1].frame_limit = 6 * kMiB;
  figures.threads[2].id.value = 3;
  figures.threads[2].frame = 96 * kKiB;
  figures.threads[2].peak_frame = 1023 * kKiB + 900;
  for (std::size_t i = 0; i < Figures::kHistory; ++i) {
    const bool spike = i % 60 == 45;
    figures.times.add(spike ? 21.5F : 15.0F + static_cast<float>(i % 7) * 0.3F);
    figures.bytes.add(12.0F + static_cast<float>(i) / 60.0F + static_cast<float>(i % 5) * 0.1F);
  }
  return figures;
}

void add_reports(ReportRing& ring) {
  const auto add = [&ring](Code code, std::string_view tag, std::string_view message,
                           std::uint64_t repeated) {
    Report report;
    report.code = code;
    report.tag = tag;
    report.message = message;
    report.frame = 4710;
    report.repeated = repeated;
    ring.on_report(report);
  };
  add(Code::FA311, "game::audio", "the budget of the tag leaves 0 B", 17);
  add(Code::FA001, "", "call begin_frame() before allocating frame memory", 1);
  add(Code::FA530, "editor", "heap calls in every frame, about 12 of 48 B", 1);
}

Image draw_overlay() {
  IMGUI_CHECKVERSION();
  ImGuiContext* const context = ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.DisplaySize = ImVec2(kWidth, kHeight);
  io.DeltaTime = 1.0F / 60.0F;
  unsigned char* font = nullptr;
  int width = 0;
  int height = 0;
  io.Fonts->GetTexDataAsAlpha8(&font, &width, &height);
  SmartAlloc alloc;
  Image image(kWidth, kHeight);
  {
    Overlay overlay(alloc);
    add_reports(overlay.reports());
    const Figures figures = some_figures();
    for (int frame = 0; frame < 4; ++frame) {  // ImGui finds out how wide and high things are
      ImGui::NewFrame();
      ImGui::SetNextWindowPos(ImVec2(10, 10));
      ImGui::SetNextWindowSize(ImVec2(760, 640));
      if (ImGui::Begin("framealloc")) overlay.draw_inside(figures);
      ImGui::End();
      ImGui::Render();
    }
    test::Renderer(image, font, width, height).draw(*ImGui::GetDrawData());
  }
  ImGui::DestroyContext(context);
  return image;
}

bool odd(const Pixel& a, const Pixel& b) {
  const auto apart = [](int x, int y) { return x > y ? x - y : y - x; };
  return std::max({apart(a.r, b.r), apart(a.g, b.g), apart(a.b, b.b)}) > kNear;
}

// Result: where they differ, in red on a dark shade of the picture.
Image difference(const Image& is, const Image& should, std::size_t* count) {
  Image marked(is.width(), is.height());
  *count = 0;
  for (int y = 0; y < is.height(); ++y) {
    for (int x = 0; x < is.width(); ++x) {
      const bool differs = odd(is.at(x, y), should.at(x, y));
      *count += differs ? 1 : 0;
      const auto dark = static_cast<std::uint8_t>(is.at(x, y).g / 4);
      marked.at(x, y) = differs ? Pixel{255, 40, 40} : Pixel{dark, dark, dark};
    }
  }
  return marked;
}

TEST(Picture, IsTheOneThatSomebodyLookedAt) {
  const Image image = draw_overlay();
  if (std::getenv("FRAMEALLOC_IMGUI_RECORD") != nullptr) {
    ASSERT_TRUE(test::write_targa(kReference, kVersion, image));
    std::cout << "recorded " << kReference << "; look at it before you commit it\n";
  }
  const std::optional<Picture> reference = test::read_targa(kReference);
  ASSERT_TRUE(reference.has_value()) << "no picture in " << kReference;
  ASSERT_EQ(reference->image.width(), kWidth);
  ASSERT_EQ(reference->image.height(), kHeight);
  if (reference->note != kVersion) {
    // Another version draws frames and fonts otherwise; what must be the same is the data's.
    std::cout << "compared by its bars only: the picture is of " << reference->note << ", this is "
              << kVersion << "\n";
    for (const ImU32 color : {kBarGood, kBarWarn, kBarFull, kBarMark, kBarTrack}) {
      const auto is = static_cast<double>(image.count(test::pixel_of(color)));
      const auto should = static_cast<double>(reference->image.count(test::pixel_of(color)));
      EXPECT_NEAR(is, should, should / 10) << std::hex << color;
    }
    return;
  }
  std::size_t count = 0;
  const Image marked = difference(image, reference->image, &count);
  if (count <= kMostOdd) return;
  const std::string actual = FRAMEALLOC_IMGUI_OUTPUT "/overlay-actual.tga";
  const std::string where = FRAMEALLOC_IMGUI_OUTPUT "/overlay-difference.tga";
  EXPECT_TRUE(test::write_targa(actual, kVersion, image));
  EXPECT_TRUE(test::write_targa(where, kVersion, marked));
  ADD_FAILURE() << count << " pixels differ from " << kReference << "\n  it is now:      " << actual
                << "\n  they differ in: " << where
                << "\n  if that is meant, record it with FRAMEALLOC_IMGUI_RECORD=1 and look at it";
}

TEST(Picture, FilesComeBackAsTheyWere) {
  const std::string path = FRAMEALLOC_IMGUI_OUTPUT "/round-trip.tga";
  Image image(301, 7);  // runs longer than a packet, and rows without any
  for (int x = 0; x < image.width(); ++x) {
    image.at(x, 0) = {1, 2, 3};
    image.at(x, 1) = {static_cast<std::uint8_t>(x % 100), 0, 9};
    image.at(x, 2) = {static_cast<std::uint8_t>(x / 2 % 100), 0, 9};
    image.at(x, 3) = {static_cast<std::uint8_t>(x / 3 % 100), 0, 9};
    image.at(x, 4) = {static_cast<std::uint8_t>(x % 5 == 0 ? 3 : x % 50), 0, 9};
  }
  ASSERT_TRUE(test::write_targa(path, "a note", image));
  const std::optional<Picture> back = test::read_targa(path);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->note, "a note");
  ASSERT_EQ(back->image.width(), image.width());
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) ASSERT_EQ(back->image.at(x, y), image.at(x, y));
  }
  EXPECT_FALSE(test::read_targa(path + ".none").has_value());
  std::remove(path.c_str());
}

}  // namespace
}  // namespace framealloc::imgui
