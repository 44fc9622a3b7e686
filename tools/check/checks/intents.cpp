// SPDX-License-Identifier: MIT OR Apache-2.0
#include "checks/intents.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace fa_check {
namespace {

// The name by which the source knows the allocator, or "".
std::string owner_name(const CheckInput& input, PlaceId owner) {
  for (unsigned depth = 0; owner != 0 && depth < 8; ++depth) {
    const PlaceData& data = input.places[owner];
    switch (data.kind) {
      case PlaceKind::Field:
        return static_cast<const clang::FieldDecl*>(data.key)->getNameAsString();
      case PlaceKind::Local:
        if (!input.bodies.is_variable(data.key)) return "";
        [[fallthrough]];
      case PlaceKind::Global:
        return static_cast<const clang::ValueDecl*>(data.key)->getNameAsString();
      default:
        owner = data.parent;
    }
  }
  return "";
}

std::vector<Related> ends_of(const CheckInput& input, const Event& issue) {
  std::vector<Related> ends;
  for (const Event& event : input.log.events()) {
    const bool rewinds = event.kind == EventKind::Rewinds;
    if (!rewinds && event.kind != EventKind::FrameEnds) continue;
    if (event.owner != issue.owner || event.function != issue.function) continue;
    Finding at;
    relate(input, at, input.places.seen_from(event.at, issue.at),
           rewinds ? "it is rewound" : "the frame ends");
    for (Related& each : at.related) ends.push_back(std::move(each));
  }
  return ends;
}

}  // namespace

std::vector<Intent> intents_of(const CheckInput& input) {
  const clang::SourceManager& sources = input.context.getSourceManager();
  std::map<std::pair<unsigned, unsigned>, Intent> found;
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::Issue) continue;
    const Loan* const loan = input.solver.loan(event.loan);
    const clang::Stmt* const at = input.places.expression(event.at);
    if (loan == nullptr || at == nullptr || loan->resolved) continue;
    const clang::SourceLocation begin = at->getBeginLoc();
    if (begin.isMacroID() || !sources.isWrittenInMainFile(begin)) continue;
    const clang::SourceLocation end =
        clang::Lexer::getLocForEndOfToken(at->getEndLoc(), 0, sources, input.context.getLangOpts());
    if (end.isInvalid()) continue;
    Intent& intent =
        found[{sources.getSpellingLineNumber(begin), sources.getSpellingColumnNumber(begin)}];
    intent.line = sources.getSpellingLineNumber(begin);
    intent.column = sources.getSpellingColumnNumber(begin);
    intent.end_line = sources.getSpellingLineNumber(end);
    intent.end_column = sources.getSpellingColumnNumber(end);
    intent.owner = owner_name(input, event.owner);
    intent.of_thread = intent.of_thread || loan->of_thread;
    // Reached from several functions, it may end in each.
    for (Related& each : ends_of(input, event)) {
      const bool known =
          std::any_of(intent.ends.begin(), intent.ends.end(), [&](const Related& other) {
            return other.line == each.line && other.column == each.column &&
                   other.file == each.file;
          });
      if (!known) intent.ends.push_back(std::move(each));
    }
  }
  std::vector<Intent> intents;
  for (auto& [place, intent] : found) {
    std::sort(intent.ends.begin(), intent.ends.end(), [](const Related& a, const Related& b) {
      return std::tie(a.file, a.line, a.column) < std::tie(b.file, b.line, b.column);
    });
    intents.push_back(std::move(intent));
  }
  return intents;
}

}  // namespace fa_check
