// SPDX-License-Identifier: MIT OR Apache-2.0
// The include direction: the rule itself on made-up files, then the tree.
#include "structure/layering.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace framealloc::structure {
namespace {

std::vector<Offence> includes_of(const std::string& path, const std::string& text) {
  return check_includes(make_file(path, text));
}

TEST(Layering, AllowsTheSameFolderAndThoseBelow) {
  EXPECT_TRUE(
      includes_of("include/framealloc/pool/slab.hpp",
                  "#include <framealloc/pool/page.hpp>\n#include <framealloc/base/align.hpp>\n"
                  "#include <vector>\n")
          .empty());
  EXPECT_TRUE(
      includes_of("include/framealloc/framealloc.hpp",
                  "#include <framealloc/smart_alloc.hpp>\n#include <framealloc/diag/report.hpp>\n")
          .empty());
  EXPECT_TRUE(includes_of("src/os/linux/map.cpp", "#include <sys/mman.h>\n").empty());
}

TEST(Layering, NoticesAnIncludeThatPointsUpwards) {
  const auto offences = includes_of("src/arena/chunk.cpp",
                                    "#include <framealloc/arena/chunk.hpp>\n"
                                    "#  include <framealloc/thread/state.hpp>  // wrong\n");
  ASSERT_EQ(offences.size(), 1U);
  EXPECT_EQ(offences[0].path, "src/arena/chunk.cpp");
  EXPECT_EQ(offences[0].line, 2U);
  EXPECT_NE(offences[0].what.find("framealloc/thread/state.hpp"), std::string::npos);
}

TEST(Layering, NoticesTheFacadeIncludedFromBelow) {
  EXPECT_EQ(
      includes_of("include/framealloc/diag/leak.hpp", "#include <framealloc/smart_alloc.hpp>\n")
          .size(),
      1U);
}

TEST(Layering, NoticesEveryUpwardPairOfFolders) {
  const std::vector<std::string> order{"base", "os",   "sync",  "account", "memory",    "arena",
                                       "pool", "heap", "frame", "thread",  "container", "diag"};
  for (std::size_t from = 0; from < order.size(); ++from) {
    for (std::size_t to = 0; to < order.size(); ++to) {
      const auto offences = includes_of("include/framealloc/" + order[from] + "/x.hpp",
                                        "#include \"framealloc/" + order[to] + "/y.hpp\"\n");
      EXPECT_EQ(offences.empty(), to <= from) << order[from] << " -> " << order[to];
    }
  }
}

TEST(Layering, NoticesSystemHeadersOutsideOs) {
  EXPECT_EQ(includes_of("src/memory/region.cpp", "#include <sys/mman.h>\n").size(), 1U);
  EXPECT_EQ(includes_of("src/heap/heap.cpp", "#include <unistd.h>\n").size(), 1U);
  EXPECT_EQ(includes_of("include/framealloc/base/ids.hpp", "#include <mutex>\n").size(), 1U);
}

TEST(Layering, NoticesRelativePathsAndUnknownFolders) {
  EXPECT_EQ(includes_of("src/pool/slab.cpp", "#include \"../heap/block.hpp\"\n").size(), 1U);
  EXPECT_EQ(includes_of("src/misc/thing.cpp", "").size(), 1U);
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

TEST(Layering, NoticesPlatformConditions) {
  const std::string text =
      "#pragma once\n#ifdef _WIN32\n#endif\n#if defined(__linux__) && 1\n#endif\n";
  EXPECT_EQ(check_platform_conditions(make_file("include/framealloc/pool/slab.hpp", text)).size(),
            2U);
  EXPECT_TRUE(check_platform_conditions(make_file("src/os/linux/map.cpp", text)).empty());
  EXPECT_TRUE(
      check_platform_conditions(make_file("include/framealloc/base/compiler.hpp", text)).empty());
}

TEST(Layering, TheTreeFollowsTheDirection) {
  std::vector<Offence> offences;
  std::size_t files = 0;
  for (const char* folder : {"include/framealloc", "src", "modules"}) {
    for (const SourceFile& file : read_tree(folder)) {
      ++files;
      for (const auto& check : {check_includes, check_platform_conditions}) {
        const auto found = check(file);
        offences.insert(offences.end(), found.begin(), found.end());
      }
    }
  }
  EXPECT_GT(files, 10U) << "the source tree was not found";
  EXPECT_TRUE(offences.empty()) << describe(offences);
}

}  // namespace
}  // namespace framealloc::structure
