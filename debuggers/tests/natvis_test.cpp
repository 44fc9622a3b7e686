// SPDX-License-Identifier: MIT OR Apache-2.0
// The natvis file against the headers: no debugger that reads it runs here, but a member that was
// renamed is found.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace framealloc {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::filesystem::path kRoot = FRAMEALLOC_SOURCE_DIR;

std::string natvis() { return read(kRoot / "debuggers/framealloc.natvis"); }

std::string all_headers() {
  std::string text;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot / "include")) {
    if (entry.path().extension() == ".hpp") text += read(entry.path());
  }
  return text;
}

std::vector<std::string> matches(const std::string& text, const std::string& pattern) {
  const std::regex wanted(pattern);
  std::vector<std::string> found;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), wanted);
       at != std::sregex_iterator(); ++at) {
    found.push_back((*at)[1]);
  }
  return found;
}

TEST(Natvis, EveryTagIsClosed) {
  std::vector<std::string> open;
  const std::string text =
      std::regex_replace(natvis(), std::regex("<\\?[^>]*\\?>|<!--[^]*?-->"), "");
  const std::regex tag("<(/?)([A-Za-z]+)[^>]*?(/?)>");
  for (auto at = std::sregex_iterator(text.begin(), text.end(), tag); at != std::sregex_iterator();
       ++at) {
    if ((*at)[3] == "/") continue;
    if ((*at)[1] != "/") {
      open.push_back((*at)[2]);
      continue;
    }
    ASSERT_FALSE(open.empty()) << (*at)[2];
    EXPECT_EQ(open.back(), (*at)[2]);
    open.pop_back();
  }
  EXPECT_TRUE(open.empty());
}

TEST(Natvis, NamesTypesThatAre) {
  const std::string headers = all_headers();
  const std::vector<std::string> types = matches(natvis(), "Name=\"framealloc::([A-Za-z:]+)");
  ASSERT_GE(types.size(), 12U);
  for (const std::string& type : types) {
    const std::string name =
        type.substr(type.rfind(':') == std::string::npos ? 0 : type.rfind(':') + 1);
    const std::regex declared(
        "(class|struct)( alignas\\([^)]*\\)| \\[\\[[a-z]+\\]\\]| FRAMEALLOC_API)* " + name + "\\b");
    EXPECT_TRUE(std::regex_search(headers, declared)) << type;
  }
}

TEST(Natvis, NamesMembersThatAre) {
  const std::string headers = all_headers();
  const std::vector<std::string> found = matches(natvis(), "\\b([a-z][a-z_]*_)\\b");
  const std::set<std::string> members(found.begin(), found.end());
  ASSERT_GE(members.size(), 12U);
  for (const std::string& member : members) {
    EXPECT_TRUE(std::regex_search(headers, std::regex("[ *&]" + member + "(;| = |\\{)"))) << member;
  }
}

}  // namespace
}  // namespace framealloc
