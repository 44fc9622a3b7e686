// SPDX-License-Identifier: MIT OR Apache-2.0
// What the server says about a document: diagnostics and code actions.
#include "cli/judge.hpp"
#include "lsp/server.hpp"
#include "report/render.hpp"

#include <filesystem>

namespace fa_check::lsp {

namespace {

namespace fs = std::filesystem;

int severity_of(Severity severity) {
  return severity == Severity::Error ? 1 : severity == Severity::Warning ? 2 : 4;
}

Json edit_json(Json range, const std::string& text) {
  return {{"range", std::move(range)}, {"newText", text}};
}

Json action(const std::string& title, const Json& diagnostic, bool preferred) {
  Json json{{"title", title}, {"kind", "quickfix"}, {"diagnostics", Json::array({diagnostic})}};
  if (preferred) json["isPreferred"] = true;
  return json;
}

bool touches(const Json& range, const Json& other) {
  const auto before = [](const Json& a, const Json& b) {
    return std::make_pair(a.value("line", 0U), a.value("character", 0U)) <
           std::make_pair(b.value("line", 0U), b.value("character", 0U));
  };
  if (!range.is_object() || !other.is_object()) return false;
  for (const Json* each : {&range, &other}) {
    if (!each->contains("start") || !each->contains("end") || !(*each)["start"].is_object() ||
        !(*each)["end"].is_object()) {
      return false;
    }
  }
  return !before(range["end"], other["start"]) && !before(other["end"], range["start"]);
}

}  // namespace

Json Server::point(const Document& document, unsigned line, unsigned column) const {
  const Position position = document.position(line, column, utf16_);
  return {{"line", position.line}, {"character", position.character}};
}

Json Server::range_of(const Document& document, const Finding& finding) const {
  Json end = finding.end_line != 0 ? point(document, finding.end_line, finding.end_column)
                                   : Json{{"line", finding.line - 1},
                                          {"character", document.length(finding.line, utf16_)}};
  return {{"start", point(document, finding.line, finding.column)}, {"end", std::move(end)}};
}

Json Server::diagnostics_of(const Document& document, UnitResult&& result,
                            const std::string& guessed) {
  Json all = Json::array();
  const Json first_line{{"start", {{"line", 0}, {"character", 0}}},
                        {"end", {{"line", 0}, {"character", document.length(1, utf16_)}}}};
  const auto inform = [&](const std::string& text) {
    all.push_back(
        {{"range", first_line}, {"severity", 3}, {"source", "framealloc"}, {"message", text}});
  };
  if (!result.parsed) {
    inform("not analyzed: " + (result.parse_errors.empty() ? std::string("it could not be parsed")
                                                           : result.parse_errors.front()));
    return all;
  }
  if (!guessed.empty()) inform(guessed);
  Options options;
  Configs configs("", true);
  Sources sources;
  sources.put(document.path(), document.text());
  Judge judge(options, configs, sources, root_.empty() ? "/" : root_);
  Report report;
  for (Finding& finding : result.findings) {
    if (finding.file != document.path()) continue;
    if (auto diagnostic = judge.judge(std::move(finding))) {
      report.diagnostics.push_back(std::move(*diagnostic));
    }
  }
  put_in_order(report);
  // The text of another file says where in it a column of bytes is: as the editor has it, else as it
  // lies on the disk.
  std::map<std::string, Document> others;
  const auto document_at = [&](const std::string& path) -> const Document* {
    if (path == document.path()) return &document;
    for (const auto& [uri, each] : documents_)
      if (each.path() == path) return &each;
    const SourceText& text = sources.get(path);
    return text.readable ? &others.try_emplace(path, path, 0, text.text).first->second : nullptr;
  };
  for (const Diagnostic& diagnostic : report.diagnostics) {
    if (diagnostic.suppression) continue;
    const Finding& finding = diagnostic.finding;
    std::string message = finding.message;
    for (const std::string& note : finding.notes) message += "\n" + note;
    Json related = Json::array();
    for (const Related& place : finding.related) {
      const std::string path = judge.absolute(place.file);
      const Document* const in = document_at(path);
      const Json at = in != nullptr
                          ? point(*in, place.line, place.column)
                          : Json{{"line", place.line - 1}, {"character", place.column - 1}};
      related.push_back(
          {{"location", {{"uri", uri_of_path(path)}, {"range", {{"start", at}, {"end", at}}}}},
           {"message", place.message}});
    }
    Json data{{"fingerprint", diagnostic.fingerprint}};
    if (finding.fix) {
      Json edits = Json::object();
      bool is_whole = true;
      for (const Edit& edit : finding.fix->edits) {
        const std::string path = judge.absolute(edit.file);
        const Document* const in = document_at(path);
        is_whole = is_whole && in != nullptr;
        if (in == nullptr) break;
        edits[uri_of_path(path)].push_back(
            edit_json({{"start", point(*in, edit.line, edit.column)},
                       {"end", point(*in, edit.end_line, edit.end_column)}},
                      edit.text));
      }
      if (is_whole)
        data["fix"] = {{"message", finding.fix->message}, {"changes", std::move(edits)}};
    }
    all.push_back({{"range", range_of(document, finding)},
                   {"severity", severity_of(diagnostic.severity)},
                   {"code", code_text(finding.code)},
                   {"codeDescription", {{"href", help_address(finding.code)}}},
                   {"source", "framealloc"},
                   {"message", std::move(message)},
                   {"relatedInformation", std::move(related)},
                   {"data", std::move(data)}});
  }
  return all;
}

Json Server::code_actions(const Json& parameters) const {
  Json actions = Json::array();
  const Document* document = document_of(parameters);
  if (document == nullptr || !parameters.contains("range")) return actions;
  const std::string uri = parameters["textDocument"]["uri"].get<std::string>();
  const auto published = published_.find(uri);
  if (published == published_.end()) return actions;
  for (const Json& diagnostic : published->second) {
    if (!diagnostic.contains("code") || !touches(diagnostic["range"], parameters["range"]))
      continue;
    const std::string code = diagnostic["code"].get<std::string>();
    if (diagnostic["data"].contains("fix")) {
      const Json& fix = diagnostic["data"]["fix"];
      Json json = action(fix["message"].get<std::string>(), diagnostic, true);
      json["edit"] = {{"changes", fix["changes"]}};
      actions.push_back(std::move(json));
    }
    // The editor asks for the reason where it knows the command; the edit has a place for it.
    const unsigned line = diagnostic["range"]["start"]["line"].get<unsigned>();
    const Json end{{"line", line}, {"character", document->length(line + 1, utf16_)}};
    const Json top{{"line", 0}, {"character", 0}};
    Json on_line = action("Suppress " + code + " on this line...", diagnostic, false);
    on_line["edit"]["changes"][uri] = Json::array(
        {edit_json({{"start", end}, {"end", end}}, "  // fa:allow(" + code + "): say why")});
    Json in_file = action("Suppress " + code + " in this file...", diagnostic, false);
    in_file["edit"]["changes"][uri] = Json::array(
        {edit_json({{"start", top}, {"end", top}}, "// fa:allow-file(" + code + "): say why\n")});
    Json explain = action("Explain " + code, diagnostic, false);
    explain["command"] = {
        {"title", "Explain " + code}, {"command", "framealloc.explain"}, {"arguments", {code}}};
    for (Json* each : {&on_line, &in_file, &explain}) actions.push_back(std::move(*each));
  }
  return actions;
}

}  // namespace fa_check::lsp
