// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/git.hpp"

#include "cli/process.hpp"

#include <filesystem>

namespace fa_check {

namespace {

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

ChangedFiles changed_since(const std::string& folder, const std::string& ref) {
  ChangedFiles result;
  const auto git = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"git", "-C", folder});
    return run_process(words);
  };
  const ProcessResult top = git({"rev-parse", "--show-toplevel"});
  if (top.exit_code != 0) {
    result.complaint =
        "--changed needs git and a repository: " +
        (top.err.empty() ? std::string("git could not be run") : first_line(top.err));
    return result;
  }
  const std::string root = first_line(top.out);
  const ProcessResult known = git({"rev-parse", "--verify", "--quiet", ref + "^{commit}"});
  if (known.exit_code != 0) {
    result.complaint = "--changed has the value '" + ref + "'; expected a revision that git knows";
    return result;
  }
  const ProcessResult differing =
      git({"diff", "--name-only", "--no-renames", "-z", first_line(known.out), "--"});
  const ProcessResult fresh =
      git({"ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", root});
  if (differing.exit_code != 0 || fresh.exit_code != 0) {
    result.complaint = "git did not say what has changed: " +
                       first_line(differing.exit_code != 0 ? differing.err : fresh.err);
    return result;
  }
  for (const std::string* text : {&differing.out, &fresh.out}) {
    std::size_t at = 0;
    for (std::size_t end = 0; (end = text->find('\0', at)) != std::string::npos; at = end + 1) {
      const std::filesystem::path path = std::filesystem::path(root) / text->substr(at, end - at);
      result.files.push_back(path.lexically_normal().string());
    }
  }
  return result;
}

}  // namespace fa_check
