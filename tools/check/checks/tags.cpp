// SPDX-License-Identifier: MIT OR Apache-2.0
// FA801, FA802: tags that are not allowed where they are used, or that nobody knows.
#include "checks/findings.hpp"
#include "model/glob.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace fa_check {
namespace {

bool names(const std::vector<std::string>& list, const std::string& tag) {
  return std::find(list.begin(), list.end(), tag) != list.end();
}

// Whether the list has the tag, or each of its components.
bool covers(const std::vector<std::string>& list, const std::string& tag) {
  if (names(list, tag)) return true;
  const std::vector<std::string> components = components_of(tag);
  return std::all_of(components.begin(), components.end(),
                     [&](const std::string& each) { return names(list, each); });
}

// The tags that the longest glob allows in the file; null when no glob names it.
const std::vector<std::string>* allowed_in(const Settings& settings, const std::string& file) {
  const std::vector<std::string>* allowed = nullptr;
  std::size_t longest = 0;
  for (const auto& [glob, tags] : settings.module_tags) {
    if (!glob_covers(glob, settings.root, file)) continue;
    if (allowed != nullptr && glob.size() <= longest) continue;
    longest = glob.size();
    allowed = &tags;
  }
  return allowed;
}

unsigned distance(const std::string& a, const std::string& b) {
  // Edits, a swap of neighbors counted as one.
  std::vector<std::vector<unsigned>> cost(a.size() + 1, std::vector<unsigned>(b.size() + 1));
  for (unsigned i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (unsigned j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const unsigned same = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + same});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

// The one known tag that is nearest; "" when none is near, or two are.
std::string nearest(const std::set<std::string>& known, const std::string& tag) {
  std::string best;
  unsigned least = static_cast<unsigned>(tag.size() / 3) + 1;
  bool tied = false;
  for (const std::string& each : known) {
    const unsigned so_far = distance(tag, each);
    if (so_far > least) continue;
    tied = so_far == least && !best.empty();
    best = each;
    least = so_far;
  }
  return tied ? "" : best;
}

// Replaces the component in the literal that the call is given; nothing for a constant elsewhere.
std::optional<Fix> rename(const CheckInput& input, const clang::CallExpr& call,
                          const std::string& tag, const std::string& from, const std::string& to) {
  const clang::Expr* argument = call.getArg(0)->IgnoreUnlessSpelledInSource();
  while (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(argument)) {
    if (made->getNumArgs() == 0) return std::nullopt;
    argument = made->getArg(0)->IgnoreUnlessSpelledInSource();
  }
  const auto* const literal = llvm::dyn_cast<clang::StringLiteral>(argument);
  if (literal == nullptr || literal->getNumConcatenated() != 1) return std::nullopt;
  const clang::SourceManager& sources = input.context.getSourceManager();
  const clang::SourceLocation begin = literal->getBeginLoc();
  if (begin.isMacroID()) return std::nullopt;
  const clang::SourceLocation end =
      clang::Lexer::getLocForEndOfToken(begin, 0, sources, input.context.getLangOpts());
  // Written plainly: no escapes, no prefix.
  const llvm::StringRef spelled = clang::Lexer::getSourceText(
      clang::CharSourceRange::getCharRange(begin, end), sources, input.context.getLangOpts());
  if (spelled != "\"" + tag + "\"") return std::nullopt;
  std::string text;
  for (const std::string& each : components_of(tag))
    text += (text.empty() ? "" : "::") + (each == from ? to : each);
  Fix fix;
  fix.message = "use '" + to + "'";
  fix.edits.push_back({file_of(input, literal), sources.getSpellingLineNumber(begin),
                       sources.getSpellingColumnNumber(begin), sources.getSpellingLineNumber(end),
                       sources.getSpellingColumnNumber(end), "\"" + text + "\""});
  return fix;
}

}  // namespace

void check_tags(const CheckInput& input, std::vector<Finding>& findings) {
  const Settings& settings = input.settings;
  if (settings.module_tags.empty() && !settings.warn_unknown_tags) return;
  // What a module may use is known.
  std::set<std::string> known(settings.known_tags.begin(), settings.known_tags.end());
  for (const auto& [glob, tags] : settings.module_tags) known.insert(tags.begin(), tags.end());
  const std::vector<std::string> list(known.begin(), known.end());
  for (const clang::CallExpr* call : input.bodies.tags().uses()) {
    const auto tag = constant_text(input.context, call->getArg(0));
    if (!tag || components_of(*tag).empty()) continue;
    if (settings.warn_unknown_tags && !covers(list, *tag)) {
      Finding finding = finding_at(input, 802, call);
      for (const std::string& each : components_of(*tag)) {
        if (names(list, each)) continue;
        finding.message = "the tag '" + each + "' is not among tags.known_tags";
        const std::string other = nearest(known, each);
        if (other.empty()) break;
        finding.message += "; '" + other + "' is";
        finding.fix = rename(input, *call, *tag, each, other);
        break;
      }
      findings.push_back(std::move(finding));
      continue;
    }
    const std::vector<std::string>* const allowed = allowed_in(settings, file_of(input, call));
    if (allowed == nullptr || covers(*allowed, *tag)) continue;
    Finding finding = finding_at(input, 801, call);
    finding.message = "the tag '" + *tag + "' is not allowed in this module; allowed:";
    for (const std::string& each : *allowed) finding.message += " '" + each + "'";
    findings.push_back(std::move(finding));
  }
}

}  // namespace fa_check
