// SPDX-License-Identifier: MIT OR Apache-2.0
// The rings and the include direction: the rules themselves on made-up files, then the tree.
#include "structure/layering.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace framealloc::structure {
namespace {

const Layout kMadeUp{{{"align.hpp", "base"},
                      {"stats.hpp", "account"},
                      {"leak.hpp", "diag"},
                      {"smart_alloc.hpp", "facade"}},
                     parse_modules(make_file("modules.txt",
                                             "gpu         gpu/core            -\n"
                                             "gpu_vulkan  gpu/vulkan          gpu\n"
                                             "async       integrations/async  -\n"
                                             "asio        integrations/asio   async threads\n"))};

std::vector<Offense> includes_of(const std::string& path, const std::string& text) {
  return check_includes(make_file(path, text), kMadeUp);
}

SourceFile read(const std::string& folder, const std::string& name) {
  for (const SourceFile& file : read_tree(folder)) {
    if (file.path == folder + "/" + name) return file;
  }
  ADD_FAILURE() << "no " << folder << "/" << name;
  return {};
}

const Layout& the_layout() {
  static const Layout layout{parse_public_headers(read("tests/structure", "public_headers.txt")),
                             parse_modules(read("modules", "modules.txt"))};
  return layout;
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
  const auto offenses = includes_of("src/arena/chunk.cpp",
                                    "#include <framealloc/detail/arena/chunk.hpp>\n"
                                    "#  include <framealloc/detail/thread/state.hpp>  // wrong\n");
  ASSERT_EQ(offenses.size(), 1U);
  EXPECT_EQ(offenses[0].path, "src/arena/chunk.cpp");
  EXPECT_EQ(offenses[0].line, 2U);
  EXPECT_NE(offenses[0].what.find("framealloc/detail/thread/state.hpp"), std::string::npos);
}

TEST(Layering, NoticesAPublicHeaderFromAbove) {
  EXPECT_EQ(
      includes_of("include/framealloc/leak.hpp", "#include <framealloc/smart_alloc.hpp>\n").size(),
      1U);
  EXPECT_EQ(includes_of("include/framealloc/align.hpp", "#include <framealloc/stats.hpp>\n").size(),
            1U);
  EXPECT_EQ(includes_of("src/os/clock.cpp", "#include <framealloc/stats.hpp>\n").size(), 1U);
}

TEST(Layering, NoticesEveryUpwardPairOfFoldersOnEveryRing) {
  const std::vector<std::string> order{"base",      "os",   "sync",  "account", "memory",
                                       "arena",     "pool", "heap",  "frame",   "thread",
                                       "container", "diag", "facade"};
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

TEST(Layering, ModulesMayUseTheCoreAndWhatTheyStandOn) {
  const auto includes = [](const char* path, const char* header) {
    return includes_of(path, "#include <framealloc/" + std::string(header) + ">\n").empty();
  };
  EXPECT_TRUE(includes("modules/integrations/asio/src/loop.cpp", "smart_alloc.hpp"));
  EXPECT_TRUE(includes("modules/integrations/asio/src/loop.cpp", "asio/asio.hpp"));
  EXPECT_TRUE(includes("modules/integrations/asio/src/loop.cpp", "async/async.hpp"));
  EXPECT_FALSE(includes("modules/integrations/async/src/async.cpp", "asio/asio.hpp"));
  EXPECT_FALSE(includes("modules/integrations/asio/src/loop.cpp", "gpu.hpp"));
  EXPECT_FALSE(includes("src/heap/heap.cpp", "gpu/block.hpp"));
  EXPECT_FALSE(includes("modules/integrations/flecs/hooks.hpp", "smart_alloc.hpp"));  // no row
}

TEST(Layering, ModulesMayShareAFolderOfHeaders) {
  const auto includes = [](const char* path, const char* header) {
    return includes_of(path, "#include <framealloc/" + std::string(header) + ">\n").empty();
  };
  EXPECT_TRUE(includes("modules/gpu/vulkan/src/device.cpp", "gpu/vulkan.hpp"));
  EXPECT_TRUE(includes("modules/gpu/vulkan/src/device.cpp", "gpu/block/list.hpp"));
  EXPECT_TRUE(includes("modules/gpu/vulkan/src/device.cpp", "gpu.hpp"));
  EXPECT_FALSE(includes("modules/gpu/core/src/heap.cpp", "gpu/vulkan.hpp"));
}

TEST(Layering, NoticesModulesThatStandOnEachOther) {
  const auto offenses = check_modules(make_file("modules.txt",
                                                "# name folder stands on\n"
                                                "a one/a c\n"
                                                "b one/b a\n"
                                                "c two/deep/c b\n"));
  ASSERT_GE(offenses.size(), 1U);
  EXPECT_EQ(offenses[0].line, 2U);
  EXPECT_EQ(offenses[0].what, "modules stand on each other: a -> c -> b -> a");
  EXPECT_EQ(check_modules(make_file("modules.txt", "a one/a a\n")).size(), 1U);
}

TEST(Layering, NoticesModulesThatStandOnNothing) {
  const auto count = [](const char* rows) {
    return check_modules(make_file("modules.txt", rows)).size();
  };
  EXPECT_EQ(count("a one/a -\nb one/b a threads\nc c a+b\n"), 0U);
  EXPECT_EQ(count("a one/a nobody\n"), 1U);
  EXPECT_EQ(count("a one/a b\nb one/b -\n"), 1U);
  EXPECT_EQ(count("a one/a -\na two/a -\n"), 1U);
}

TEST(Layering, TheListOfModulesIsTheTree) {
  const auto offenses = check_modules(read("modules", "modules.txt"));
  EXPECT_TRUE(offenses.empty()) << describe(offenses);
  std::set<std::string> there;
  for (const SourceFile& file : read_tree("modules")) there.insert(file.path);
  for (const Module& module : the_layout().modules) {
    EXPECT_TRUE(there.contains("modules/" + module.folder + "/CMakeLists.txt")) << module.name;
  }
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
  std::vector<Offense> offenses;
  std::size_t files = 0;
  for (const char* folder : {"include/framealloc", "src", "modules", "tools", "examples"}) {
    for (const SourceFile& file : read_tree(folder)) {
      ++files;
      for (const auto& check : {check_includes, check_platform_conditions}) {
        const auto found = check(file, the_layout());
        offenses.insert(offenses.end(), found.begin(), found.end());
      }
    }
  }
  EXPECT_GT(files, 10U) << "the source tree was not found";
  EXPECT_TRUE(offenses.empty()) << describe(offenses);
}

TEST(Layering, EveryRowOfTheTableIsAHeader) {
  std::set<std::string> there;
  for (const SourceFile& file : read_tree("include/framealloc")) there.insert(file.path);
  for (const auto& [header, folder] : the_layout().headers) {
    EXPECT_TRUE(there.contains("include/framealloc/" + header)) << header;
  }
}

// Result: the classes, structs and enumerations that `file` defines in namespace framealloc itself.
std::vector<std::string> public_types_of(const SourceFile& file) {
  static const std::regex kDefinition(
      R"(^(?:class|struct|enum class)\s+(?:\[\[\w+\]\]\s+|alignas\([\w:]+\)\s+|FRAMEALLOC_\w+\s+)*(\w+)(?!.*;$|<|\w).*)");
  static const std::regex kOneLine(R"(^(?:enum class|struct)\s+(\w+).*\};$)");
  std::vector<std::string> types;
  std::vector<std::pair<std::string, std::size_t>> spaces;  // and the lines where they begin
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string& line = file.lines[i];
    std::smatch match;
    if (line.starts_with("namespace ") && line.ends_with("{")) {
      spaces.emplace_back(line.substr(10, line.size() - 12), i);
    } else if (!spaces.empty() && (line.starts_with("}  // namespace") ||
                                   (line == "}" && i - spaces.back().second <= 4))) {
      spaces.pop_back();
    } else if (spaces.size() == 1 && spaces[0].first == "framealloc" &&
               (std::regex_match(line, match, kDefinition) ||
                std::regex_match(line, match, kOneLine))) {
      types.push_back(match[1].str());
    }
  }
  return types;
}

TEST(Layering, NoticesTheTypesOfAHeader) {
  const auto types = public_types_of(make_file("include/framealloc/x.hpp",
                                               "namespace framealloc {\n\n"
                                               "namespace detail {\nclass Hidden;\n}\n"
                                               "class Elsewhere;\n"
                                               "class [[nodiscard]] FRAMEALLOC_API Scope {\n};\n"
                                               "class alignas(detail::kCacheLine) Arena {\n};\n"
                                               "enum class Small : int { A, B };\n"
                                               "template <class T>\nstruct Box {\n};\n"
                                               "template <>\nstruct Box<void> {\n};\n"
                                               "namespace detail {\nstruct Inner {\n};\n"
                                               "}  // namespace detail\n"
                                               "}  // namespace framealloc\n"));
  EXPECT_EQ(types, (std::vector<std::string>{"Scope", "Arena", "Small", "Box"}));
}

TEST(Layering, EveryTypeForUsersCanBeForwardDeclared) {
  std::set<std::string> declared;
  const std::regex declaration(R"(^\s*(?:class|struct|enum class|using)\s+(\w+).*;$)");
  for (const std::string& line : read("include/framealloc", "fwd.hpp").lines) {
    std::smatch match;
    if (std::regex_match(line, match, declaration)) declared.insert(match[1].str());
  }
  std::size_t types = 0;
  for (const SourceFile& file : read_tree("include/framealloc")) {
    if (std::ranges::count(file.path, '/') != 2) continue;
    for (const std::string& type : public_types_of(file)) {
      ++types;
      EXPECT_TRUE(declared.contains(type)) << type << " of " << file.path << " is not in fwd.hpp";
    }
  }
  EXPECT_GT(types, 100U);
}

// The place of before of a header is a line that includes the header, and there are few of them.
TEST(Layering, PlacesOfBeforeOnlyForward) {
  std::size_t count = 0;
  for (const SourceFile& file : read_tree("include/framealloc")) {
    const auto slashes = std::ranges::count(file.path, '/');
    if (slashes == 2 || file.path.starts_with("include/framealloc/detail/")) continue;
    ++count;
    const std::string name = file.path.substr(file.path.rfind('/') + 1);
    EXPECT_TRUE(the_layout().headers.contains(name)) << file.path;
    EXPECT_EQ(std::ranges::count(file.lines, "#include <framealloc/" + name + ">"), 1) << file.path;
    EXPECT_LE(file.lines.size(), 5U) << file.path;
  }
  EXPECT_LE(count, 2U);
}

}  // namespace
}  // namespace framealloc::structure
