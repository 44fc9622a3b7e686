// SPDX-License-Identifier: MIT OR Apache-2.0
// Every code that the library can raise is raised by a test; what nothing raises yet is listed here
// with the part that will, so that the list can only shrink knowingly.
#include "structure/repository.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace framealloc::structure {
namespace {

struct NotYet {
  std::string_view id;
  std::string_view who;  // will raise it
};

// In the manifest's order.
constexpr NotYet kNotYet[] = {
    {"FA101", "module ecs"},   {"FA102", "module ecs"}, {"FA411", "GPU module"},
    {"FA412", "GPU module"},   {"FA413", "GPU module"}, {"FA414", "GPU module"},
    {"FA415", "GPU module"},   {"FA416", "GPU module"}, {"FA417", "GPU module"},
    {"FA418", "GPU module"},   {"FA419", "GPU module"}, {"FA702", "module async"},
    {"FA704", "module async"},
};

// Codes that the manifest says the library raises.
std::vector<std::string> runtime_codes() {
  enum class By { Runtime, Analyzer, Both };
  const struct {
    const char* id;
    By by;
  } kRows[] = {
#define FRAMEALLOC_CODE(id, slug, severity, category, raised_by, meaning, help) \
  {"FA" #id, By::raised_by},
#include <framealloc/codes.def>
#undef FRAMEALLOC_CODE
  };
  std::vector<std::string> ids;
  for (const auto& row : kRows) {
    if (row.by != By::Analyzer) ids.emplace_back(row.id);
  }
  return ids;
}

// Codes that the C++ below `folder` names as a value, which is how one is raised and asked for.
void add_named(std::set<std::string>& ids, const std::string& folder) {
  static constexpr std::string_view kPrefix = "Code::FA";
  for (const SourceFile& file : read_tree(folder)) {
    if (!is_cpp(file.path) || file.path.ends_with("base/codes.cpp")) continue;
    for (const std::string& line : file.lines) {
      const std::string_view code = std::string_view(line).substr(0, line.find("//"));
      for (std::size_t at = 0; (at = code.find(kPrefix, at)) != std::string_view::npos; ++at) {
        if (at + 11 <= code.size()) ids.emplace(code.substr(at + 6, 5));
      }
    }
  }
}

std::set<std::string> named_in(const std::vector<std::string>& folders) {
  std::set<std::string> ids;
  for (const std::string& folder : folders) add_named(ids, folder);
  return ids;
}

bool is_listed(const std::string& id) {
  for (const NotYet& row : kNotYet) {
    if (row.id == id) return true;
  }
  return false;
}

TEST(CodesRaised, TheLibraryRaisesWhatIsNotListed) {
  // A sink names codes without raising them, which is no reason to take a code off the list.
  const std::set<std::string> raised = named_in({"src", "include/framealloc/container"});
  for (const std::string& id : runtime_codes()) {
    EXPECT_NE(raised.contains(id), is_listed(id))
        << id << (is_listed(id) ? " is raised now: take it off the list" : " is raised nowhere");
  }
}

TEST(CodesRaised, ATestRaisesEveryCodeThatTheLibraryRaises) {
  // Tests of emission itself (base) raise codes by hand, which proves nothing about the library.
  const std::set<std::string> asked = named_in({
      "tests/arena",
      "tests/container",
      "tests/diag",
      "tests/fault",
      "tests/frame",
      "tests/heap",
      "tests/memory",
      "tests/pool",
      "tests/smart_alloc",
      "tests/stress",
      "tests/thread",
  });
  for (const std::string& id : runtime_codes()) {
    EXPECT_TRUE(is_listed(id) || asked.contains(id)) << id << " is asked for by no test";
  }
}

TEST(CodesRaised, TheListIsOfTheManifestAndInItsOrder) {
  const std::vector<std::string> all = runtime_codes();
  auto at = all.begin();
  for (const NotYet& row : kNotYet) {
    EXPECT_FALSE(row.who.empty());
    while (at != all.end() && *at != row.id) ++at;
    EXPECT_NE(at, all.end()) << row.id << " is not a runtime code, or stands out of order";
  }
}

}  // namespace
}  // namespace framealloc::structure
