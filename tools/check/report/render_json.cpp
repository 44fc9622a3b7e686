// SPDX-License-Identifier: MIT OR Apache-2.0
// --format json and ndjson; docs/schema/check-v1.schema.json describes them.
#include "report/render.hpp"

#include <nlohmann/json.hpp>

namespace fa_check {

namespace {

using Json = nlohmann::ordered_json;

Json fix_json(const Fix& fix) {
  Json edits = Json::array();
  for (const Edit& edit : fix.edits) {
    edits.push_back({{"file", edit.file},
                     {"line", edit.line},
                     {"column", edit.column},
                     {"end_line", edit.end_line},
                     {"end_column", edit.end_column},
                     {"text", edit.text}});
  }
  return {{"message", fix.message}, {"applicability", "safe"}, {"edits", std::move(edits)}};
}

}  // namespace

nlohmann::ordered_json json_of(const Diagnostic& diagnostic) {
  const Finding& finding = diagnostic.finding;
  const CodeInfo& info = info_of(finding.code);
  Json related = Json::array();
  for (const Related& place : finding.related) {
    related.push_back({{"file", place.file},
                       {"line", place.line},
                       {"column", place.column},
                       {"message", place.message}});
  }
  Json json{{"code", code_text(finding.code)},
            {"slug", info.slug},
            {"category", framealloc::to_string(info.category)},
            {"severity", severity_text(diagnostic.severity)},
            {"file", finding.file},
            {"line", finding.line},
            {"column", finding.column},
            {"end_line", finding.end_line},
            {"end_column", finding.end_column},
            {"function", finding.function},
            {"message", finding.message},
            {"notes", finding.notes},
            {"related", std::move(related)},
            {"fix", finding.fix ? fix_json(*finding.fix) : Json()},
            {"denied", diagnostic.denied},
            {"line_fingerprint", diagnostic.line_fingerprint},
            {"fingerprint", diagnostic.fingerprint},
            {"suppressed", diagnostic.suppression.has_value()},
            {"suppression", Json()}};
  if (const auto& why = diagnostic.suppression) {
    json["suppression"] = {{"kind", to_string(why->kind)},
                           {"reason", why->reason},
                           {"file", why->file},
                           {"line", why->line}};
  }
  return json;
}

nlohmann::ordered_json json_of(const FileReport& file) {
  return {{"file", file.file},
          {"status", to_string(file.status)},
          {"reason", file.reason},
          {"ms", file.ms}};
}

nlohmann::ordered_json json_of(const Summary& sum) {
  return {{"analysed", sum.analysed}, {"cached", sum.cached},         {"skipped", sum.skipped},
          {"failed", sum.failed},     {"errors", sum.errors},         {"warnings", sum.warnings},
          {"hints", sum.hints},       {"suppressed", sum.suppressed}, {"ms", sum.ms}};
}

nlohmann::ordered_json json_of(const Report& report) {
  Json json{{"schema", "framealloc.check.v1"},
            {"tool", {{"name", "fa-check"}, {"version", report.version}, {"llvm", report.llvm}}},
            {"files", Json::array()},
            {"diagnostics", Json::array()},
            {"assumptions", Json::array()}};
  for (const FileReport& file : report.files) json["files"].push_back(json_of(file));
  for (const Diagnostic& found : report.diagnostics) json["diagnostics"].push_back(json_of(found));
  for (const Remark& remark : report.assumptions) {
    json["assumptions"].push_back({{"kind", remark.kind},
                                   {"file", remark.file},
                                   {"line", remark.line},
                                   {"function", remark.function},
                                   {"message", remark.message}});
  }
  json["summary"] = json_of(report.summary);
  return json;
}

std::string dump(const nlohmann::ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string ndjson_line(std::string_view type, nlohmann::ordered_json object) {
  Json line{{"type", type}};
  line.update(object);
  return dump(line, -1);
}

}  // namespace fa_check
