// SPDX-License-Identifier: MIT OR Apache-2.0
// The rings and the include direction: the rules themselves on made-up files, then the tree.
#include "structure/layering.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace framealloc::structure {
namespace {

const PublicHeaders kMadeUp{{"align.hpp", "base"},
                            {"stats.hpp", "account"},
                            {"leak.hpp", "diag"},
                            {"smart_alloc.hpp", "facade"}};

std::vector<Offence> includes_of(const std::string& path, const std::string& text) {
  return check_includes(make_file(path, text), kMadeUp);
}

const PublicHeaders& the_headers() {
  static const PublicHeaders headers = [] {
    for (const SourceFile& file : read_tree("tests/structure")) {
      if (file.path == "tests/structure/public_headers.txt") return parse_public_headers(file);
    }
    return PublicHeaders{};
  }();
  return headers;
}

TEST(Layering, AllowsTheSameFolderAndThoseBelow) {
  EXPECT_TRUE(
      includes_of("include/framealloc/detail/pool/slab.hpp",
                  "#include <framealloc/detail/pool/page.hpp>\n#include <framealloc/align.hpp>\n"
                  "#include <framealloc/stats.hpp>\n#include <vector>\n")
          .empty());
  EXPECT_TRUE(includes_of("include/framealloc/smart_alloc.hpp",
                          "#include <framealloc/leak.hpp>\n"
                          "#include <framealloc/detail/diag/history.hpp>\n")
                  .empty());
  EXPECT_TRUE(includes_of("src/os/linux/map.cpp", "#include <sys/mman.h>\n").empty());
}

TEST(Layering, NoticesAnIncludeThatPointsUpwards) {
  const auto offences = includes_of("src/arena/chunk.cpp",
                                    "#include <framealloc/detail/arena/chunk.hpp>\n"
                                    "#  include <framealloc/detail/thread/state.hpp>  // wrong\n");
  ASSERT_EQ(offences.size(), 1U);
  EXPECT_EQ(offences[0].path, "src/arena/chunk.cpp");
  EXPECT_EQ(offences[0].line, 2U);
  EXPECT_NE(offences[0].what.find("framealloc/detail/thread/state.hpp"), std::string::npos);
}

TEST(Layering, NoticesAPublicHeaderFromAbove) {
  EXPECT_EQ(includes_of("include/framealloc/leak.hpp", "#include <framealloc/smart_alloc.hpp>\n")
                .size(),
            1U);
  EXPECT_EQ(includes_of("include/framealloc/align.hpp", "#include <framealloc/stats.hpp>\n").size(),
            1U);
  EXPECT_EQ(includes_of("src/os/clock.cpp", "#include <framealloc/stats.hpp>\n").size(), 1U);
}

TEST(Layering, NoticesEveryUpwardPairOfFoldersOnEveryRing) {
  const std::vector<std::string> order{"base", "os",    "sync",   "account",   "memory", "arena",
                                       "pool", "heap",  "frame",  "thread",    "container", "diag",
                                       "facade"};
  for (std::size_t from = 0; from < order.size(); ++from) {
    for (std::size_t to = 0; to < order.size(); ++to) {
      const std::string detail = "#include \"framealloc/detail/" + order[to] + "/y.hpp\"\n";
      const std::string source = "#include \"" + order[to] + "/y.hpp\"\n";
      const bool fine = to <= from;
      EXPECT_EQ(includes_of("include/framealloc/detail/" + order[from] + "/x.hpp", detail).empty(),
                fine)
          << order[from] << " -> " << order[to];
      EXPECT_EQ(includes_of("src/" + order[from] + "/x.cpp", detail + source).empty(), fine)
          << order[from] << " -> " << order[to];
    }
  }
}

TEST(Layering, NoticesWhatIsInstalledIncludingWhatIsNot) {
  EXPECT_EQ(includes_of("include/framealloc/leak.hpp", "#include \"diag/text.hpp\"\n").size(), 1U);
  EXPECT_EQ(
      includes_of("include/framealloc/detail/diag/x.hpp", "#include \"os/process.hpp\"\n").size(),
      1U);
  EXPECT_TRUE(includes_of("src/diag/x.cpp", "#include \"os/process.hpp\"\n").empty());
}

TEST(Layering, NoticesSystemHeadersOutsideOs) {
  EXPECT_EQ(includes_of("src/memory/region.cpp", "#include <sys/mman.h>\n").size(), 1U);
  EXPECT_EQ(includes_of("src/heap/heap.cpp", "#include <unistd.h>\n").size(), 1U);
  EXPECT_EQ(includes_of("include/framealloc/align.hpp", "#include <mutex>\n").size(), 1U);
}

TEST(Layering, NoticesRelativePathsUnknownFoldersAndHeadersWithoutARow) {
  EXPECT_EQ(includes_of("src/pool/slab.cpp", "#include \"../heap/block.hpp\"\n").size(), 1U);
  EXPECT_EQ(includes_of("src/misc/thing.cpp", "").size(), 1U);
  EXPECT_EQ(includes_of("src/thing.cpp", "").size(), 1U);
  EXPECT_EQ(includes_of("include/framealloc/detail/misc/thing.hpp", "").size(), 1U);
  EXPECT_EQ(includes_of("include/framealloc/thing.hpp", "").size(), 1U);
}

TEST(Layering, ModulesMayUseTheCoreButNotEachOther) {
  EXPECT_TRUE(
      includes_of("modules/integrations/box2d/world.hpp",
                  "#include <framealloc/smart_alloc.hpp>\n#include <framealloc/box2d/hooks.hpp>\n")
          .empty());
  EXPECT_EQ(
      includes_of("modules/integrations/box2d/world.hpp", "#include <framealloc/gpu/block.hpp>\n")
          .size(),
      1U);
  EXPECT_EQ(includes_of("src/heap/heap.cpp", "#include <framealloc/gpu/block.hpp>\n").size(), 1U);
}

TEST(Layering, WhatStandsOutsideUsesHeadersForUsersOnly) {
  for (const char* path : {"modules/gpu/core/src/block.cpp", "tools/diff/main.cpp",
                           "examples/containers.cpp", "tools/demo/tests/run_test.cpp"}) {
    EXPECT_TRUE(includes_of(path, "#include <framealloc/leak.hpp>\n").empty()) << path;
    EXPECT_EQ(includes_of(path, "#include <framealloc/detail/sync/spin_lock.hpp>\n").size(), 1U)
        << path;
  }
}

TEST(Layering, NoticesPlatformConditions) {
  const std::string text =
      "#pragma once\n#ifdef _WIN32\n#endif\n#if defined(__linux__) && 1\n#endif\n";
  const auto conditions = [&](const char* path) {
    return check_platform_conditions(make_file(path, text), kMadeUp).size();
  };
  EXPECT_EQ(conditions("include/framealloc/detail/pool/slab.hpp"), 2U);
  EXPECT_EQ(conditions("include/framealloc/leak.hpp"), 2U);
  EXPECT_EQ(conditions("src/os/linux/map.cpp"), 0U);
  EXPECT_EQ(conditions("include/framealloc/compiler.hpp"), 0U);
}

TEST(Layering, TheTreeFollowsTheRingsAndTheDirection) {
  std::vector<Offence> offences;
  std::size_t files = 0;
  for (const char* folder : {"include/framealloc", "src", "modules", "tools", "examples"}) {
    for (const SourceFile& file : read_tree(folder)) {
      ++files;
      for (const auto& check : {check_includes, check_platform_conditions}) {
        const auto found = check(file, the_headers());
        offences.insert(offences.end(), found.begin(), found.end());
      }
    }
  }
  EXPECT_GT(files, 10U) << "the source tree was not found";
  EXPECT_TRUE(offences.empty()) << describe(offences);
}

TEST(Layering, EveryRowOfTheTableIsAHeader) {
  std::set<std::string> there;
  for (const SourceFile& file : read_tree("include/framealloc")) there.insert(file.path);
  for (const auto& [header, folder] : the_headers()) {
    EXPECT_TRUE(there.contains("include/framealloc/" + header)) << header;
  }
}

// The place of before of a header is a line that includes the header, and there are few of them.
TEST(Layering, PlacesOfBeforeOnlyForward) {
  std::size_t count = 0;
  for (const SourceFile& file : read_tree("include/framealloc")) {
    const auto slashes = std::ranges::count(file.path, '/');
    if (slashes == 2 || file.path.starts_with("include/framealloc/detail/")) continue;
    ++count;
    const std::string name = file.path.substr(file.path.rfind('/') + 1);
    EXPECT_TRUE(the_headers().contains(name)) << file.path;
    EXPECT_EQ(std::ranges::count(file.lines, "#include <framealloc/" + name + ">"), 1) << file.path;
    EXPECT_LE(file.lines.size(), 5U) << file.path;
  }
  EXPECT_LE(count, 2U);
}

}  // namespace
}  // namespace framealloc::structure
