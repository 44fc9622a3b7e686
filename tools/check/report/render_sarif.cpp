// SPDX-License-Identifier: MIT OR Apache-2.0
// --format sarif: SARIF 2.1.0, one run.
#include "report/render.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace fa_check {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

std::string percent_encoded(std::string_view path) {
  constexpr const char* kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                       (byte >= 'A' && byte <= 'Z') ||
                       std::string_view("-._~/+@").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
  return out;
}

const char* level_of(Severity severity) {
  return severity == Severity::Error ? "error" : severity == Severity::Warning ? "warning" : "note";
}

// "use-after-end" as SARIF wants names: "UseAfterEnd".
std::string pascal(std::string_view slug) {
  std::string name;
  bool up = true;
  for (const char c : slug) {
    if (c == '-') {
      up = true;
      continue;
    }
    name += up && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    up = false;
  }
  return name;
}

// Viewers complain about messages without a period.
std::string sentence(std::string text) {
  if (!text.ends_with('.')) text += '.';
  return text;
}

class Writer {
 public:
  Writer(const Report& report, const RenderOptions& options, Sources& sources)
      : report_(report), options_(options), sources_(sources) {}

  Json document() {
    Json rules = Json::array();
    for (const unsigned code : analyzer_codes()) {
      index_[code] = rules.size();
      rules.push_back(rule(code));
    }
    Json results = Json::array();
    for (const Diagnostic& diagnostic : report_.diagnostics) results.push_back(result(diagnostic));
    Json driver{{"name", "fa-check"},
                {"fullName", "fa check, the lifetime analyzer of framealloc"},
                {"version", report_.version},
                {"semanticVersion", report_.version},
                {"informationUri", FA_CHECK_HELP_BASE},
                {"rules", std::move(rules)}};
    Json run{{"tool", {{"driver", std::move(driver)}}},
             {"invocations", Json::array({invocation()})},
             {"columnKind", "unicodeCodePoints"},
             {"results", std::move(results)}};
    if (!options_.base.empty()) {
      run["originalUriBaseIds"] = {
          {"%SRCROOT%", {{"uri", "file://" + percent_encoded(options_.base) + "/"}}}};
    }
    return {{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", Json::array({std::move(run)})}};
  }

 private:
  static Json rule(unsigned code) {
    const CodeInfo& info = info_of(code);
    const std::string help(info.help);
    return {{"id", code_text(code)},
            {"name", pascal(info.slug)},
            {"shortDescription", {{"text", sentence(std::string(info.meaning))}}},
            {"fullDescription", {{"text", sentence(std::string(info.meaning) + ": " + help)}}},
            {"messageStrings", {{"default", {{"text", "{0}."}}}}},
            {"help",
             {{"text", sentence(help)},
              {"markdown", "**" + code_text(code) + " " + std::string(info.slug) + "**: " +
                               sentence(std::string(info.meaning)) + "\n\n" + sentence(help)}}},
            {"helpUri", help_address(code)},
            {"defaultConfiguration", {{"level", level_of(info.severity)}}},
            {"properties", {{"tags", {std::string(framealloc::to_string(info.category))}}}}};
  }

  Json invocation() const {
    Json notes = Json::array();
    bool all_read = true;
    for (const FileReport& file : report_.files) {
      const bool unread = file.status == FileStatus::Failed || file.status == FileStatus::Timeout;
      if (!unread && file.status != FileStatus::Skipped) continue;
      all_read = all_read && !unread;
      notes.push_back(
          {{"level", unread ? "error" : "note"},
           {"message",
            {{"text", sentence("The unit was not read (" + std::string(to_string(file.status)) +
                               "): " + file.reason)}}},
           {"locations",
            Json::array({{{"physicalLocation", {{"artifactLocation", artifact(file.file)}}}}})}});
    }
    Json json{{"executionSuccessful", all_read}};
    json["toolExecutionNotifications"] = std::move(notes);
    return json;
  }

  static Json artifact(const std::string& file) {
    if (file.starts_with('/')) return {{"uri", "file://" + percent_encoded(file)}};
    return {{"uri", percent_encoded(file)}, {"uriBaseId", "%SRCROOT%"}};
  }

  // A column in characters; ours are in bytes of UTF-8.
  unsigned characters(const std::string& file, unsigned line, unsigned column) {
    const std::string path = file.starts_with('/') ? file : options_.base + "/" + file;
    const std::string_view text = sources_.get(path).line(line);
    unsigned count = column;
    for (std::size_t i = 0; i + 1 < column && i < text.size(); ++i) {
      if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) --count;
    }
    return std::max(count, 1U);
  }

  Json region(const std::string& file, unsigned line, unsigned column, unsigned end_line,
              unsigned end_column) {
    Json json{{"startLine", std::max(line, 1U)}, {"startColumn", characters(file, line, column)}};
    if (end_line != 0) {
      json["endLine"] = end_line;
      json["endColumn"] = characters(file, end_line, end_column);
    }
    return json;
  }

  Json place(const Finding& finding) {
    return {{"artifactLocation", artifact(finding.file)},
            {"region", region(finding.file, finding.line, finding.column, finding.end_line,
                              finding.end_column)}};
  }
  Json place(const Related& related) {
    return {{"artifactLocation", artifact(related.file)},
            {"region", region(related.file, related.line, related.column, 0, 0)}};
  }

  Json result(const Diagnostic& diagnostic) {
    const Finding& finding = diagnostic.finding;
    std::string text = sentence(finding.message);
    for (const std::string& note : finding.notes) text += " " + sentence(note);
    // The string of the rule has the last period.
    const std::string argument = text.substr(0, text.size() - 1);
    Json json{{"ruleId", code_text(finding.code)},
              {"ruleIndex", index_[finding.code]},
              {"level", level_of(diagnostic.severity)},
              {"message", {{"text", text}, {"id", "default"}, {"arguments", {argument}}}}};
    Json location{{"physicalLocation", place(finding)}};
    if (!finding.function.empty()) {
      location["logicalLocations"] =
          Json::array({{{"fullyQualifiedName", finding.function}, {"kind", "function"}}});
    }
    json["locations"] = Json::array({location});
    if (!finding.related.empty()) add_path(finding, location, json);
    json["partialFingerprints"] = {{"framealloc/v1", diagnostic.fingerprint},
                                   {"framealloc/line/v1", diagnostic.line_fingerprint}};
    if (diagnostic.suppression) {
      json["suppressions"] = Json::array({suppression(*diagnostic.suppression)});
    } else {
      json["suppressions"] = Json::array();
    }
    if (finding.fix) json["fixes"] = Json::array({fix(*finding.fix)});
    return json;
  }

  void add_path(const Finding& finding, const Json& location, Json& json) {
    Json steps = Json::array(), related = Json::array();
    int id = 0;
    for (const Related& step : finding.related) {
      const Json text{{"text", sentence(step.message)}};
      steps.push_back({{"location", {{"physicalLocation", place(step)}, {"message", text}}}});
      related.push_back({{"id", ++id}, {"physicalLocation", place(step)}, {"message", text}});
    }
    Json last = location;
    last["message"] = {{"text", sentence(finding.message)}};
    steps.push_back({{"location", std::move(last)}});
    json["relatedLocations"] = std::move(related);
    json["codeFlows"] =
        Json::array({{{"threadFlows", Json::array({{{"locations", std::move(steps)}}})}}});
  }

  static Json suppression(const Suppression& why) {
    Json json{{"kind", why.kind == SuppressionKind::Inline ? "inSource" : "external"},
              {"status", "accepted"},
              {"justification", why.reason}};
    if (!why.file.empty()) {
      Json where{{"artifactLocation", artifact(why.file)}};
      if (why.line != 0) where["region"] = {{"startLine", why.line}};
      json["location"] = {{"physicalLocation", std::move(where)}};
    }
    return json;
  }

  Json fix(const Fix& fix) {
    std::map<std::string, Json> by_file;
    for (const Edit& edit : fix.edits) {
      Json& changes = by_file.try_emplace(edit.file, Json::array()).first->second;
      changes.push_back({{"deletedRegion", region(edit.file, edit.line, edit.column, edit.end_line,
                                                  edit.end_column)},
                         {"insertedContent", {{"text", edit.text}}}});
    }
    Json changes = Json::array();
    for (auto& [file, replacements] : by_file) {
      changes.push_back(
          {{"artifactLocation", artifact(file)}, {"replacements", std::move(replacements)}});
    }
    return {{"description", {{"text", sentence(fix.message)}}},
            {"artifactChanges", std::move(changes)}};
  }

  const Report& report_;
  const RenderOptions& options_;
  Sources& sources_;
  std::map<unsigned, std::size_t> index_;
};

}  // namespace

std::string render_sarif(const Report& report, const RenderOptions& options, Sources& sources) {
  return dump(Writer(report, options, sources).document(), 2);
}

}  // namespace fa_check
