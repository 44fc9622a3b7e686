// SPDX-License-Identifier: MIT OR Apache-2.0
// fa <verb> [arguments]: runs the program fa-<verb>, which does the work.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "locate.hpp"
#include "verbs.hpp"

namespace {

constexpr int kExitUsage = 2;
constexpr int kExitNotInstalled = 3;
constexpr int kExitNotStarted = 4;

const fa::Verb* find_verb(std::string_view name) {
  const auto found = std::find_if(fa::kVerbs.begin(), fa::kVerbs.end(),
                                  [name](const fa::Verb& verb) { return verb.name == name; });
  return found == fa::kVerbs.end() ? nullptr : &*found;
}

void print_help(const std::string& folder) {
  std::puts(
      "fa - the tools of framealloc\n"
      "\n"
      "usage: fa <verb> [arguments]     fa <verb> --help says what a verb does\n"
      "       fa --help | --version\n");
  for (const fa::Verb& verb : fa::kVerbs) {
    const bool present = fa::find_program(verb.name, folder).has_value();
    std::printf("  %-9.*s %.*s%s\n", static_cast<int>(verb.name.size()), verb.name.data(),
                static_cast<int>(verb.summary.size()), verb.summary.data(),
                present ? "" : " (not installed)");
  }
  std::puts(
      "\n"
      "A verb is the program fa-<verb>, looked for beside fa and then in PATH.\n"
      "\n"
      "exit codes: the verb's own; without one: 0 help or version printed; 2 no such verb;\n"
      "            3 the verb is not installed; 4 its program could not be started");
}

int run(const fa::Verb& verb, const std::string& folder, char** arguments) {
  std::optional<std::string> program = fa::find_program(verb.name, folder);
  if (!program) {
    std::fprintf(stderr,
                 "fa: the verb '%s' is not installed: there is no program fa-%s in '%s' or in "
                 "PATH. 'fa --help' lists the verbs that are.\n",
                 std::string(verb.name).c_str(), std::string(verb.name).c_str(), folder.c_str());
    return kExitNotInstalled;
  }
  arguments[0] = program->data();
  execv(program->c_str(), arguments);
  std::fprintf(stderr, "fa: cannot start '%s': %s\n", program->c_str(), std::strerror(errno));
  return kExitNotStarted;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = fa::own_folder(argc > 0 ? argv[0] : "fa");
  if (argc < 2) {
    std::fputs("fa: no verb given; 'fa --help' lists them\n", stderr);
    return kExitUsage;
  }
  const std::string_view word = argv[1];
  if (word == "--help" || word == "-h" || word == "help") {
    print_help(folder);
    return 0;
  }
  if (word == "--version") {
    std::puts("fa " FRAMEALLOC_TOOLS_VERSION);
    return 0;
  }
  const fa::Verb* verb = find_verb(word);
  if (verb == nullptr) {
    std::fprintf(stderr, "fa: there is no verb '%s'; 'fa --help' lists them\n", argv[1]);
    return kExitUsage;
  }
  return run(*verb, folder, argv + 1);
}
