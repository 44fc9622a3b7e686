// SPDX-License-Identifier: MIT OR Apache-2.0
// Lenses: what the tags that a function opens hold in the program that runs.
#include "lsp/server.hpp"
#include "lsp/tag_scan.hpp"

#include <algorithm>

namespace fa_check::lsp {

namespace {

constexpr auto kLook = std::chrono::milliseconds(250);
// From an answer to the next refresh. VS Code begins its wait before it asks, and a second one
// before it shows the answer, anew with each refresh and answer; both are 250 ms or longer. So the
// next refresh comes once the lenses were fetched and shown; an editor that does not fetch them is
// asked again after kNotFetched.
constexpr auto kRefresh = std::chrono::milliseconds(500);
constexpr auto kNotFetched = std::chrono::seconds(10);

Json lens(unsigned line, const std::string& title, const std::string& tag) {
  const Json at{{"line", line}, {"character", 0}};
  return {{"range", {{"start", at}, {"end", at}}},
          {"command",
           {{"title", title},
            {"command", "framealloc.showInInspector"},
            {"arguments", Json::array({{{"tag", tag}}})}}}};
}

}  // namespace

void Server::look_at_snapshots() {
  // Who shows no lenses has no use for the figures.
  if (!snapshots_.is_attached() || !shows_lenses_ || Clock::now() < next_look_) return;
  next_look_ = Clock::now() + kLook;
  snapshots_.look();
}

void Server::collect_snapshots() { lenses_changed_ = snapshots_.collect() || lenses_changed_; }

void Server::refresh_lenses() {
  if (!lenses_changed_ || !shows_lenses_ || Clock::now() < next_refresh_) return;
  lenses_changed_ = false;
  next_refresh_ = Clock::now() + kNotFetched;
  if (refreshes_lenses_) ask("workspace/codeLens/refresh", nullptr);
}

Json Server::code_lenses(const Json& parameters) {
  shows_lenses_ = true;
  next_refresh_ = std::min(next_refresh_, Clock::now() + kRefresh);
  Json lenses = Json::array();
  const Document* const document = document_of(parameters);
  if (document == nullptr || !snapshots_.is_attached()) return lenses;
  for (const TaggedFunction& function : tagged_functions(document->text())) {
    std::vector<std::string> tags;
    for (const TagOpening& opening : function.openings)
      if (std::find(tags.begin(), tags.end(), opening.tag) == tags.end())
        tags.push_back(opening.tag);
    const auto title = snapshots_.figures().lens(tags);
    if (!title) continue;
    lenses.push_back(lens(function.line, *title, tags.front()));
    if (tags.size() < 2) continue;
    for (const TagOpening& opening : function.openings)
      if (const auto own = snapshots_.figures().lens({opening.tag}))
        lenses.push_back(lens(opening.line, *own, opening.tag));
  }
  return lenses;
}

}  // namespace fa_check::lsp
