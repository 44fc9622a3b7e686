// SPDX-License-Identifier: MIT OR Apache-2.0
// fa <verb> [arguments]: runs the program fa-<verb>, which does the work.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/exit_codes.hpp"
#include "common/output.hpp"
#include "locate.hpp"
#include "verbs.hpp"

namespace {

constexpr const char* kName = "fa";

const fa::Verb* find_verb(std::string_view name) {
  const auto found = std::find_if(fa::kVerbs.begin(), fa::kVerbs.end(),
                                  [name](const fa::Verb& verb) { return verb.name == name; });
  return found == fa::kVerbs.end() ? nullptr : &*found;
}

// Result: the verb whose program runs this one.
std::string_view program_of(const fa::Verb& verb) {
  return verb.part_of.empty() ? verb.name : verb.part_of;
}

std::string help_text(const std::string& folder) {
  std::string text =
      "fa - the tools of framealloc\n"
      "\n"
      "usage: fa <verb> [arguments]     fa <verb> --help says what a verb does\n"
      "       fa --help | --version\n"
      "\n";
  for (const fa::Verb& verb : fa::kVerbs) {
    std::string name(verb.name);
    name.resize(9, ' ');
    text.append("  ").append(name).append(" ").append(verb.summary);
    text += fa::find_program(program_of(verb), folder) ? "\n" : " (not installed)\n";
  }
  return text +
         "\n"
         "A verb is the program fa-<verb>, looked for beside fa and then in PATH.\n"
         "\n"
         "exit codes: the verb's own; without one: 0 help or version printed; 2 no such verb;\n"
         "            3 the output could not be written; 5 the verb is not installed, or its\n"
         "            program could not be started\n";
}

// `words`: the verb itself and what follows it.
int run(const fa::Verb& verb, const std::string& folder, std::vector<char*> words) {
  std::optional<std::string> program = fa::find_program(program_of(verb), folder);
  if (!program) {
    std::string text("the verb '");
    text.append(verb.name)
        .append("' is not installed: there is no program fa-")
        .append(program_of(verb));
    text.append(" in '").append(folder);
    text.append("' or in PATH. 'fa --help' lists the verbs that are");
    return fa_tools::complain(kName, text, fa_tools::kExitUnavailable);
  }
  // The program of another verb finds the name of its part as the first argument.
  if (verb.part_of.empty()) {
    words.front() = program->data();
  } else {
    words.insert(words.begin(), program->data());
  }
  words.push_back(nullptr);
  execv(program->c_str(), words.data());
  return fa_tools::complain(kName, "cannot start '" + *program + "': " + std::strerror(errno),
                            fa_tools::kExitUnavailable);
}

int wrong_usage(const std::string& what) {
  return fa_tools::complain(kName, what + "; 'fa --help' lists them", fa_tools::kExitUsage);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = fa::own_folder(argc > 0 ? argv[0] : "fa");
  if (argc < 2) return wrong_usage("no verb given");
  const std::string_view word = argv[1];
  if (word == "--help" || word == "-h" || word == "help") {
    return fa_tools::write_out(kName, help_text(folder));
  }
  if (word == "--version") {
    return fa_tools::write_out(kName, "fa " FRAMEALLOC_TOOLS_VERSION "\n");
  }
  const fa::Verb* verb = find_verb(word);
  if (verb == nullptr) return wrong_usage("there is no verb '" + std::string(word) + "'");
  return run(*verb, folder, {argv + 1, argv + argc});
}
