// SPDX-License-Identifier: MIT OR Apache-2.0
// What stands over and beside the code: hovers and inlay hints.
#include "lsp/server.hpp"

#include <algorithm>
#include <tuple>

namespace fa_check::lsp {

namespace {

bool contains(const Json& range, const Json& position) {
  const auto place = [](const Json& at) {
    return std::pair(at.value("line", 0U), at.value("character", 0U));
  };
  return place(range["start"]) <= place(position) && place(position) <= place(range["end"]);
}

bool is_position(const Json& at) {
  return at.is_object() && at.contains("line") && at["line"].is_number_unsigned() &&
         at.contains("character") && at["character"].is_number_unsigned();
}

std::string line_text(const Document& document, unsigned line) {
  const std::string_view text = document.line(line);
  const std::size_t from = text.find_first_not_of(" \t");
  return from == text.npos ? std::string() : std::string(text.substr(from));
}

// As Markdown code; a backtick in it needs a longer fence.
std::string code(const std::string& text) {
  return text.find('`') == text.npos ? "`" + text + "`" : "`` " + text + " ``";
}

}  // namespace

const Intent* Server::intent_at(const Document& document, const std::string& uri,
                                const Json& position) const {
  const auto found = intents_.find(uri);
  if (found == intents_.end()) return nullptr;
  const Intent* inner = nullptr;
  for (const Intent& intent : found->second) {
    const Json range{{"start", point(document, intent.line, intent.column)},
                     {"end", point(document, intent.end_line, intent.end_column)}};
    // Sorted by their beginnings: the last that contains the place is the innermost.
    if (contains(range, position)) inner = &intent;
  }
  return inner;
}

std::string Server::hover_of_finding(const Json& diagnostic) const {
  const auto choice = parse_codes(diagnostic["code"].get<std::string>());
  if (!choice) return {};
  // The message and its places are shown by the editor itself.
  const CodeInfo& info = info_of(choice->codes.front());
  return "**" + std::string(info.id) + " " + std::string(info.slug) +
         "**: " + std::string(info.meaning) + ": " + std::string(info.help) + ".";
}

std::string Server::hover_of_intent(const Document& document, const Intent& intent) const {
  std::string text =
      intent.of_thread ? "**Memory of the thread's own frame**" : "**Memory of the current frame**";
  if (!intent.owner.empty()) text += " of " + code(intent.owner);
  if (intent.ends.empty()) return text + "; whoever calls ends the frame.";
  text += "; it ends\n";
  for (const Related& end : intent.ends) {
    const bool here = end.file == document.path();
    text += "\n- " + (here ? "on line " + std::to_string(end.line)
                           : "in " + code(end.file + ":" + std::to_string(end.line)));
    if (here) text += ": " + code(line_text(document, end.line));
  }
  return text;
}

Json Server::hover(const Json& parameters) const {
  const Document* const document = document_of(parameters);
  if (document == nullptr || !parameters.contains("position") ||
      !is_position(parameters["position"]))
    return nullptr;
  const std::string uri = parameters["textDocument"]["uri"].get<std::string>();
  const Json& at = parameters["position"];
  std::string text;
  Json range;
  const auto published = published_.find(uri);
  if (published != published_.end()) {
    for (const Json& diagnostic : published->second) {
      if (!diagnostic.contains("code") || !contains(diagnostic["range"], at)) continue;
      const std::string found = hover_of_finding(diagnostic);
      if (found.empty() || text.find(found) != text.npos) continue;
      text += (text.empty() ? "" : "\n\n") + found;
      if (range.is_null()) range = diagnostic["range"];
    }
  }
  if (const Intent* const intent = intent_at(*document, uri, at)) {
    text += (text.empty() ? "" : "\n\n") + hover_of_intent(*document, *intent);
    if (range.is_null())
      range = {{"start", point(*document, intent->line, intent->column)},
               {"end", point(*document, intent->end_line, intent->end_column)}};
  }
  if (text.empty()) return nullptr;
  return {{"contents", {{"kind", "markdown"}, {"value", text}}}, {"range", std::move(range)}};
}

Json Server::inlay_hints(const Json& parameters) const {
  Json hints = Json::array();
  const Document* const document = document_of(parameters);
  if (!inlay_hints_ || document == nullptr || !parameters.contains("range")) return hints;
  const Json& range = parameters["range"];
  if (!range.is_object() || !range.contains("start") || !range.contains("end") ||
      !is_position(range["start"]) || !is_position(range["end"]))
    return hints;
  const auto found = intents_.find(parameters["textDocument"]["uri"].get<std::string>());
  if (found == intents_.end()) return hints;
  for (const Intent& intent : found->second) {
    Json at = point(*document, intent.end_line, intent.end_column);
    if (!contains(range, at)) continue;
    const auto end = std::find_if(intent.ends.begin(), intent.ends.end(), [&](const Related& each) {
      return each.file == document->path();
    });
    const std::string text = end == intent.ends.end() ? std::string("until its frame ends")
                                                      : "until line " + std::to_string(end->line);
    hints.push_back(
        {{"position", std::move(at)},
         {"label", text},
         {"paddingLeft", true},
         {"tooltip", {{"kind", "markdown"}, {"value", hover_of_intent(*document, intent)}}}});
  }
  return hints;
}

}  // namespace fa_check::lsp
