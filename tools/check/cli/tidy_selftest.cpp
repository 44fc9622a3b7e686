// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/tidy_selftest.hpp"

#include "cli/options.hpp"
#include "cli/process.hpp"
#include "cli/run.hpp"
#include "common/exit_codes.hpp"
#include "common/output.hpp"

#include <unistd.h>

#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

namespace fa_check {

namespace {

namespace fs = std::filesystem;

constexpr std::array kVersions{22U, 19U};

// It needs no header, so that nothing but the module can be to blame.
constexpr std::string_view kProgram = R"(struct Item { int count; };
[[clang::annotate("framealloc::frame")]] Item* make_item();
[[clang::annotate("framealloc::begin_frame")]] void begin();
[[clang::annotate("framealloc::end_frame")]] void end();
int seeded_bug() {
  begin();
  Item* item = make_item();
  end();
  return item->count;
}
)";
constexpr std::string_view kWanted = "seeded_bug.cpp:9:";
constexpr std::string_view kCheck = "[framealloc-use-after-end]";

// A folder of its own, which goes with the object.
class Scratch {
 public:
  Scratch() {
    std::string pattern = (fs::temp_directory_path() / "fa-check-XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string name_of_module(unsigned version) {
  return "libframealloc-tidy-" + std::to_string(version) + ".so";
}

// Beside the program's folder, in the build tree as after installing.
fs::path folder_of_modules() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return (program.parent_path() / ".." / "lib" / "framealloc").lexically_normal();
}

std::string modules_in(const fs::path& folder) {
  std::string list;
  std::error_code error;
  for (const unsigned version : kVersions) {
    if (!fs::exists(folder / name_of_module(version), error)) continue;
    list += (list.empty() ? "" : " and ") + std::to_string(version);
  }
  return list;
}

struct Tidy {
  std::string program;
  unsigned major = 0;  // 0: it does not run, or says no version
  std::string said;    // the line with the version
};

Tidy ask(const std::string& program) {
  Tidy tidy{program, 0, ""};
  const ProcessResult asked = run_process({program, "--version"});
  if (asked.exit_code != 0) return tidy;
  tidy.major = tidy_major_of(asked.out);
  const std::size_t at = asked.out.find("LLVM version");
  if (at != std::string::npos) tidy.said = asked.out.substr(at, asked.out.find('\n', at) - at);
  return tidy;
}

// The one that is named; else the first in PATH for which there is a module, or the first at all.
Tidy choose(const std::string& named, const fs::path& folder) {
  if (!named.empty()) return ask(named);
  Tidy first;
  std::vector<std::string> names{"clang-tidy"};
  for (const unsigned version : kVersions) names.push_back("clang-tidy-" + std::to_string(version));
  for (const std::string& name : names) {
    Tidy tidy = ask(name);
    if (tidy.major == 0) continue;
    std::error_code error;
    if (fs::exists(folder / name_of_module(tidy.major), error)) return tidy;
    if (first.major == 0) first = std::move(tidy);
  }
  return first;
}

// The last line that says something, for people.
std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of(" \n");
  if (end == std::string::npos) return "it said nothing";
  const std::size_t begin = text.rfind('\n', end);
  const std::size_t from = begin == std::string::npos ? 0 : begin + 1;
  return text.substr(from, end + 1 - from);
}

}  // namespace

unsigned tidy_major_of(const std::string& version_text) {
  constexpr std::string_view kBefore = "LLVM version ";
  const std::size_t at = version_text.find(kBefore);
  if (at == std::string::npos) return 0;
  unsigned major = 0;
  for (std::size_t i = at + kBefore.size(); i < version_text.size(); ++i) {
    const char c = version_text[i];
    if (std::isdigit(static_cast<unsigned char>(c)) == 0 || major > 999) break;
    major = major * 10 + static_cast<unsigned>(c - '0');
  }
  return major;
}

int run_tidy_selftest(const std::string& clang_tidy) {
  const fs::path folder = folder_of_modules();
  const Tidy tidy = choose(clang_tidy, folder);
  if (tidy.major == 0) {
    tell(clang_tidy.empty()
             ? "there is no clang-tidy, clang-tidy-22 or clang-tidy-19 in PATH; name one"
             : "'" + clang_tidy + "' is no clang-tidy that runs: `" + clang_tidy +
                   " --version` tells no version of LLVM");
    return kExitUsage;
  }
  const fs::path module = folder / name_of_module(tidy.major);
  std::error_code error;
  if (!fs::exists(module, error)) {
    const std::string there = modules_in(folder);
    tell("'" + tidy.program + "' is of LLVM " + std::to_string(tidy.major) +
         ", and a module fits one major version alone: " + module.string() + " is not there" +
         (there.empty() ? "; neither is any other" : "; there is one for " + there));
    return kExitUsage;
  }
  const Scratch scratch;
  const std::string source = (scratch.path() / "seeded_bug.cpp").string();
  std::ofstream(source, std::ios::binary) << kProgram;
  const ProcessResult run =
      run_process({tidy.program, "--load=" + module.string(), "--checks=-*,framealloc-*",
                   "--config={}", source, "--", "-std=c++20"});
  const std::size_t at = run.out.find(kWanted);
  const bool found =
      at != std::string::npos && run.out.substr(at, run.out.find('\n', at) - at).ends_with(kCheck);
  if (!found) {
    tell("'" + tidy.program + "' (" + tidy.said + ") does not find the seeded bug with " +
         module.string() + ": it ended with " + std::to_string(run.exit_code) + ": " +
         last_line(run.err.empty() ? run.out : run.err));
    return kExitFindings;
  }
  const std::string text = tidy.program + " (" + tidy.said +
                           ") finds the seeded bug with\n  --load=" + module.string() +
                           " --checks='framealloc-*'\n";
  return fa_tools::write_out("fa check", text) == fa_tools::kExitOk ? kExitClean : kExitInternal;
}

}  // namespace fa_check
