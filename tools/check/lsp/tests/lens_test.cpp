// SPDX-License-Identifier: MIT OR Apache-2.0
// Lenses: where they stand, and what they say of the snapshots of a run.
#include "lsp/figures.hpp"
#include "lsp/run_figures.hpp"
#include "lsp/snapshot_folder.hpp"
#include "lsp/tag_scan.hpp"
#include "lsp/tokens.hpp"

#include <framealloc/snapshot.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace {

using namespace fa_check::lsp;

constexpr std::uint64_t kKiB = 1024, kMiB = 1024 * kKiB;

std::string places(std::string_view text) {
  std::string found;
  for (const TaggedFunction& function : tagged_functions(text)) {
    found += std::to_string(function.line) + ":";
    for (const TagOpening& opening : function.openings)
      found += " " + opening.tag + "@" + std::to_string(opening.line);
    found += ";";
  }
  return found;
}

TEST(TagScan, FindsFunctionsThatOpenTags) {
  EXPECT_EQ(places(R"x(#include <x>
constexpr std::string_view kRender = "render";
namespace game {
class World {
 public:
  explicit World(fa::SmartAlloc& memory) : memory_(memory), size_{3} {}
  void step(float dt) noexcept {
    // with_tag("comment", f)
    memory_.with_tag("physics", [&] { if (dt > 0) { solve(); } });
    auto scope = memory_.tag_scope(kRender);
  }
  void nothing() { log("with_tag(\"no\")"); }
};
template <class T>
auto helper(T value) -> decltype(value) {
  fa::TagScope scope = value.tag_scope("game::" "hud");
  return value;
}
}  // namespace game
)x"),
            "6: physics@8 render@9;13: game::hud@15;");
}

TEST(TagScan, KnowsConstantsHoweverTheyAreWritten) {
  EXPECT_EQ(places("#define A \"a\"\nconst char kB[] = \"b\";\nstd::string_view kC{\"c\"};\n"
                   "void f() { m.tag_scope(A); m.tag_scope(kB); m.tag_scope(game::kC); }"),
            "3: a@3 b@3 c@3;");
  EXPECT_EQ(places("void f() {\n m.with_tag(R\"(raw)\", g);\n}"), "0: raw@1;");
}

TEST(TagScan, ReadsHalfAFunctionAsFarAsItGoes) {
  EXPECT_EQ(places("void f() {\n  alloc.with_tag(\"a\", [&] {\n"), "0: a@1;");
  EXPECT_EQ(places("void f() {\n  alloc.with_tag(\"a"), "");
  EXPECT_EQ(places("}}}}} void f() { a.tag_scope(unknown); }"), "");
  EXPECT_EQ(places("#define X(a) a.tag_scope(\"m\")\nint y = with_tag(\"top\", f);"), "");
  EXPECT_EQ(places("R\"(with_tag"), "");
  EXPECT_EQ(places("/* with_tag"), "");
}

TEST(LensFigures, AreWrittenAsInFaInsight) {
  const std::vector<std::pair<std::uint64_t, std::string>> table{
      {0, "0 B"},
      {1023, "1023 B"},
      {kKiB, "1.00 KiB"},
      {10 * kKiB, "10.0 KiB"},
      {100 * kKiB, "100 KiB"},
      {kMiB - 1, "1.00 MiB"},
      {kMiB * 21 / 4, "5.25 MiB"},
      {std::uint64_t{1} << 53U, "\u2265 8.00 PiB"}};
  for (const auto& [bytes, text] : table) EXPECT_EQ(bytes_text(bytes), text) << bytes;
}

TEST(LensFigures, NamesOfStrangersAreText) {
  EXPECT_EQ(label_text("$(zap)"), "$\u200B(zap)");
  EXPECT_EQ(label_text("a\nb\u202Ec"), "a\uFFFDb\uFFFDc");
  EXPECT_EQ(label_text("\xFF\xC3"), "\uFFFD\uFFFD");
  EXPECT_EQ(label_text(std::string(201, 'x')), std::string(199, 'x') + "\u2026");
  EXPECT_EQ(label_text(std::string(200, 'x')), std::string(200, 'x'));
}

TEST(LensFigures, ATagStandsForEveryPathThatHasIt) {
  EXPECT_TRUE(belongs_to("physics", "physics"));
  EXPECT_TRUE(belongs_to("game::physics::contacts", "physics"));
  EXPECT_TRUE(belongs_to("game::physics", "game::physics"));
  EXPECT_FALSE(belongs_to("game::physics2", "physics"));
  EXPECT_FALSE(belongs_to("myphysics", "physics"));
  EXPECT_FALSE(belongs_to("", "physics"));
}

TagFigures figures(std::uint64_t frame, std::vector<TagFigures::Tag> tags,
                   std::vector<TagFigures::Budget> budgets = {}, std::uint64_t process = 1) {
  return {frame, process, std::move(tags), std::move(budgets)};
}

TEST(LensText, SaysWhatEndsWithTheFrameAndWhatIsHeld) {
  RunFigures run;
  EXPECT_FALSE(run.lens({"physics"}));
  run.add(figures(1, {{"game::physics", 4 * kMiB, 0}, {"game::physics::contacts", kMiB, 0}}));
  EXPECT_EQ(run.lens({"physics"}), "physics: 5.00 MiB this frame · peak 5.00 MiB → █");
  run.add(figures(2, {{"game::physics", 2 * kMiB, kMiB / 2}}));
  EXPECT_EQ(run.lens({"physics"}),
            "physics: 2.00 MiB this frame + 512 KiB held · peak 5.00 MiB ↘ █▅");
  run.add(figures(3, {{"game::physics", 0, 3 * kMiB}}));
  EXPECT_EQ(run.lens({"physics"}), "physics: 3.00 MiB held · peak 5.00 MiB ↘ █▅▅");
  run.add(figures(4, {}));
  EXPECT_EQ(run.lens({"physics"}), "physics: 0 B this frame · peak 5.00 MiB ↘ █▅▅▁");
  EXPECT_EQ(run.lens({"physics", "hud"}), "2 tags: 0 B this frame · peak 5.00 MiB ↘ █▅▅▁");
}

TEST(LensText, NamesTheBudgetOfThatVeryPath) {
  RunFigures run;
  run.add(figures(1, {{"physics", 0, 0}}, {{"physics", 8 * kMiB, 0, 6'900'000}}));
  EXPECT_EQ(run.lens({"physics"}), "physics: 0 B this frame · peak 0 B · 82 % of 8.00 MiB → ▁");
  // The peak has not grown since: what is used counts.
  run.add(figures(2, {{"physics", 0, 0}}, {{"physics", 8 * kMiB, 0, 6'900'000}}));
  EXPECT_EQ(run.lens({"physics"}), "physics: 0 B this frame · peak 0 B · 0 % of 8.00 MiB → ▁▁");
  run.add(figures(3, {{"game::physics", 1, 0}}, {{"game::physics", kMiB, 1, 1}}));
  EXPECT_EQ(run.lens({"physics"}), "physics: 1 B this frame · peak 1 B ↗ ▁▁█");
}

TEST(LensText, AnotherProcessOrASmallerFrameBeginsAnew) {
  RunFigures run;
  run.add(figures(7, {{"a", 100, 0}}));
  run.add(figures(3, {{"a", 10, 0}}));
  EXPECT_EQ(run.lens({"a"}), "a: 10 B this frame · peak 10 B → █");
  run.add(figures(9, {{"a", 5, 0}}, {}, 2));
  EXPECT_EQ(run.lens({"a"}), "a: 5 B this frame · peak 5 B → █");
  // The same frame once more: the newer counts.
  run.add(figures(9, {{"a", 6, 0}}, {}, 2));
  EXPECT_EQ(run.lens({"a"}), "a: 6 B this frame · peak 6 B → █");
}

TEST(LensText, OldSnapshotsLeaveButTheirPeakStays) {
  RunFigures run;
  run.add(figures(1, {{"a", 9000, 0}}));
  EXPECT_TRUE(run.lens({"a"}));
  for (std::uint64_t frame = 2; frame < 2 * RunFigures::kMostSnapshots; ++frame)
    run.add(figures(frame, {{"a", 8, 0}}));
  EXPECT_EQ(run.lens({"a"}), "a: 8 B this frame · peak 8.79 KiB → ████████");
}

framealloc::SnapshotTag row(const char* path, const char* thread, framealloc::AllocKind kind,
                            std::size_t bytes) {
  framealloc::SnapshotTag tag;
  tag.path = path;
  tag.thread = thread;
  tag.kind = kind;
  tag.bytes = bytes;
  return tag;
}

TEST(SnapshotFolder, TakesOfASnapshotWhatLensesNeed) {
  using framealloc::AllocKind;
  framealloc::Snapshot snapshot(12);
  snapshot.process_id = 4711;
  snapshot.tags = {row("a", "*", AllocKind::Frame, 100), row("a", "1", AllocKind::Frame, 60),
                   row("a", "*", AllocKind::Scratch, 10), row("b", "1", AllocKind::Pool, 30),
                   row("b", "2", AllocKind::Heap, 20)};
  snapshot.budgets.push_back({"a", false, 5, 0, 1, 2, 0});
  snapshot.budgets.push_back({"", true, 5, 0, 1, 2, 0});
  const auto taken = tag_figures_of(snapshot.to_json(2));
  ASSERT_TRUE(taken);
  EXPECT_EQ(
      line_of(*taken),
      R"({"budgets":[["a",5,1,2]],"frame":12,"process":4711,"tags":[["a",110,0],["b",0,50]]})");
  const auto again = read_line(line_of(*taken));
  ASSERT_TRUE(again);
  EXPECT_EQ(line_of(*again), line_of(*taken));
}

TEST(SnapshotFolder, RefusesWhatIsNoSnapshotOfABearableSize) {
  EXPECT_FALSE(tag_figures_of("{\"version\": 2}"));
  EXPECT_FALSE(tag_figures_of(std::string((std::size_t{16} << 20) + 1, ' ')));
  framealloc::Snapshot snapshot(1);
  snapshot.tags.assign(10'001, row("a", "*", framealloc::AllocKind::Frame, 1));
  EXPECT_FALSE(tag_figures_of(snapshot.to_json(2)));
}

}  // namespace
