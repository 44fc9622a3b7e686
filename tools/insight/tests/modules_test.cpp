// SPDX-License-Identifier: MIT OR Apache-2.0
// embed.cmake joins the modules of the page in one scope and takes their imports away. That is the same
// program only while each name is declared once, and each module stands behind those that it imports.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace fa_insight {
namespace {

struct Module {
  std::string path;
  std::string text;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// "{ bytes, count }" -> bytes, count; a name that is taken under another is left as it stands.
std::vector<std::string> names_in(const std::string& list) {
  std::vector<std::string> names;
  static const std::regex kName("[^,\\s][^,]*[^,\\s]|[^,\\s]");
  for (std::sregex_iterator at(list.begin(), list.end(), kName), end; at != end; ++at) {
    names.push_back(at->str());
  }
  return names;
}

std::string folder_of(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

// Result: what is wrong with the modules in this order, one sentence each.
class Rules {
 public:
  std::vector<std::string> check(const std::vector<Module>& modules) {
    for (const Module& module : modules) {
      for (const std::string& line : lines_of(module.text)) check_line(module, line);
      known_.insert(module.path);
    }
    return offenses_;
  }

 private:
  void check_line(const Module& module, const std::string& line) {
    static const std::regex kImport(R"(import \{ ([^}]*) \} from '([^']*)';)");
    static const std::regex kDeclaration(
        R"((export )?(?:async )?(?:const|let|class|function\*?) (\[[^\]]*\]|[A-Za-z_$][A-Za-z0-9_$]*).*)");
    std::smatch found;
    if (std::regex_match(line, found, kImport)) {
      check_import(module, found[1], found[2]);
    } else if (line.starts_with("import ")) {
      offend(module, "has an import that embed.cmake does not take away: " + line);
    } else if (std::regex_match(line, found, kDeclaration)) {
      std::string names = found[2];
      if (names.front() == '[') names = names.substr(1, names.size() - 2);
      for (const std::string& name : names_in(names)) declare(module, name, found[1].matched);
    } else if (line.starts_with("export ")) {
      offend(module, "has an export that embed.cmake does not take away: " + line);
    }
  }
  void check_import(const Module& module, const std::string& names, const std::string& from) {
    const std::string path =
        (std::filesystem::path(folder_of(module.path)) / from).lexically_normal().string();
    if (!known_.contains(path)) return offend(module, "stands before what it imports: " + path);
    for (const std::string& name : names_in(names)) {
      if (exported_[name] != path) offend(module, "imports what is not exported: " + name);
    }
  }
  void declare(const Module& module, const std::string& name, bool is_exported) {
    const auto [at, is_new] = declared_.emplace(name, module.path);
    if (!is_new) offend(module, "declares " + name + ", as " + at->second + " does");
    if (is_exported) exported_[name] = module.path;
  }
  void offend(const Module& module, const std::string& what) {
    offenses_.push_back(module.path + " " + what);
  }

  std::set<std::string> known_;
  std::map<std::string, std::string> declared_;
  std::map<std::string, std::string> exported_;
  std::vector<std::string> offenses_;
};

std::vector<std::string> offenses_of(const std::vector<Module>& modules) {
  return Rules().check(modules);
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> listed() {
  std::vector<std::string> paths;
  for (const std::string& line :
       lines_of(read(std::filesystem::path(FA_PAGE_FOLDER) / "modules.txt"))) {
    if (!line.empty() && line.front() != '#') paths.push_back(line);
  }
  return paths;
}

using Offenses = std::vector<std::string>;

const Module kFirst{"a/one.js", "// one\nexport const one = 1;\nconst [x, y] = [1, 2];\n"};

TEST(PageModules, AModuleBehindItsImportsIsFine) {
  const Module second{"two.js", "import { one } from './a/one.js';\nexport function two() {}\n"};
  EXPECT_EQ(offenses_of({kFirst, second}), Offenses{});
}

TEST(PageModules, NoticesAWrongOrder) {
  const Module second{"a/two.js", "import { one } from './one.js';\n"};
  EXPECT_EQ(offenses_of({second, kFirst}),
            Offenses{"a/two.js stands before what it imports: a/one.js"});
}

TEST(PageModules, NoticesANameOfTwoModules) {
  for (const char* text : {"const one = 2;\n", "function one() {}\n", "class one {\n", "let y;\n",
                           "export async function one() {}\n", "const [z, one] = [1, 2];\n"}) {
    EXPECT_EQ(offenses_of({kFirst, {"two.js", text}}).size(), 1U) << text;
  }
  EXPECT_EQ(offenses_of({kFirst, {"two.js", "function two() {\n  const one = 2;\n}\n"}}),
            Offenses{});
}

TEST(PageModules, NoticesImportsAndExportsThatStayInThePage) {
  for (const char* text :
       {"import one from './a/one.js';\n", "import * as all from './a/one.js';\n", "import {\n",
        "import { one as uno } from './a/one.js';\n", "import { none } from './a/one.js';\n",
        "export default 1;\n", "export { one };\n"}) {
    EXPECT_EQ(offenses_of({kFirst, {"two.js", text}}).size(), 1U) << text;
  }
}

TEST(PageModules, OfThePageKeepTheRules) {
  const std::filesystem::path folder = FA_PAGE_FOLDER;
  std::vector<Module> modules;
  for (const std::string& path : listed()) modules.push_back({path, read(folder / path)});
  ASSERT_GT(modules.size(), 10U);
  for (const Module& module : modules) EXPECT_FALSE(module.text.empty()) << module.path;
  EXPECT_EQ(offenses_of(modules), Offenses{});
}

TEST(PageModules, AreAllListed) {
  const std::vector<std::string> paths = listed();
  const std::set<std::string> known(paths.begin(), paths.end());
  for (const auto& entry : std::filesystem::recursive_directory_iterator(FA_PAGE_FOLDER)) {
    if (entry.path().extension() != ".js") continue;
    const std::string path = entry.path().lexically_relative(FA_PAGE_FOLDER).generic_string();
    EXPECT_TRUE(known.contains(path)) << path;
  }
}

}  // namespace
}  // namespace fa_insight
