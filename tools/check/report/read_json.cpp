// SPDX-License-Identifier: MIT OR Apache-2.0
// Reports that were written by --format json, for merging and for baselines.
#include "report/render.hpp"

#include <array>
#include <limits>
#include <nlohmann/json.hpp>

namespace fa_check {

namespace {

using Json = nlohmann::json;

// Takes members out of an object and keeps the first complaint.
class Members {
 public:
  Members(const Json& object, const std::string& where, std::string& complaint)
      : object_(object), where_(where), complaint_(complaint) {
    if (!object.is_object()) complain("is no object");
  }
  std::string text(const char* key) {
    const Json* value = find(key);
    if (value != nullptr && value->is_string()) return value->get<std::string>();
    complain(std::string("has no text '") + key + "'");
    return {};
  }
  std::uint64_t number(const char* key) {
    const Json* value = find(key);
    if (value != nullptr && value->is_number_unsigned()) return value->get<std::uint64_t>();
    complain(std::string("has no number '") + key + "'");
    return 0;
  }
  unsigned small(const char* key) {
    const std::uint64_t value = number(key);
    if (value <= std::numeric_limits<unsigned>::max()) return static_cast<unsigned>(value);
    complain(std::string("has a number '") + key + "' that is too large");
    return 0;
  }
  bool flag(const char* key) {
    const Json* value = find(key);
    return value != nullptr && value->is_boolean() && value->get<bool>();
  }
  const Json& list(const char* key) {
    static const Json none = Json::array();
    const Json* value = find(key);
    if (value != nullptr && value->is_array()) return *value;
    complain(std::string("has no list '") + key + "'");
    return none;
  }
  const Json* object(const char* key) {
    const Json* value = find(key);
    return value != nullptr && value->is_object() ? value : nullptr;
  }
  void complain(const std::string& what) {
    if (complaint_.empty()) complaint_ = where_ + " " + what;
  }

 private:
  const Json* find(const char* key) {
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }
  const Json& object_;
  std::string where_;
  std::string& complaint_;
};

Fix read_fix(const Json& json, const std::string& where, std::string& complaint) {
  Members members(json, where + ".fix", complaint);
  Fix fix{members.text("message"), {}};
  for (const Json& entry : members.list("edits")) {
    Members edit(entry, where + ".fix.edits", complaint);
    fix.edits.push_back({edit.text("file"), edit.small("line"), edit.small("column"),
                         edit.small("end_line"), edit.small("end_column"), edit.text("text")});
  }
  return fix;
}

Suppression read_suppression(const Json& json, const std::string& where, std::string& complaint) {
  Members members(json, where + ".suppression", complaint);
  Suppression why;
  const std::string kind = members.text("kind");
  if (kind == "config") {
    why.kind = SuppressionKind::Config;
  } else if (kind == "baseline") {
    why.kind = SuppressionKind::Baseline;
  } else if (kind != "inline") {
    members.complain("has the kind '" + kind + "'");
  }
  why.reason = members.text("reason");
  why.file = members.text("file");
  why.line = members.small("line");
  return why;
}

Diagnostic read_diagnostic(const Json& json, const std::string& where, std::string& complaint) {
  Members members(json, where, complaint);
  Diagnostic result;
  Finding& finding = result.finding;
  const std::string code = members.text("code");
  const auto choice = parse_codes(code);
  if (!choice || choice->is_range) {
    members.complain("has the code '" + code + "', which there is not");
    return result;
  }
  finding.code = choice->codes.front();
  finding.file = members.text("file");
  finding.line = members.small("line");
  finding.column = members.small("column");
  finding.end_line = members.small("end_line");
  finding.end_column = members.small("end_column");
  finding.function = members.text("function");
  finding.message = members.text("message");
  for (const Json& note : members.list("notes")) {
    if (note.is_string()) finding.notes.push_back(note.get<std::string>());
  }
  for (const Json& entry : members.list("related")) {
    Members place(entry, where + ".related", complaint);
    finding.related.push_back(
        {place.text("file"), place.small("line"), place.small("column"), place.text("message")});
  }
  if (const Json* fix = members.object("fix")) finding.fix = read_fix(*fix, where, complaint);
  const std::string severity = members.text("severity");
  if (severity == "error") {
    result.severity = Severity::Error;
  } else if (severity == "hint") {
    result.severity = Severity::Hint;
  } else if (severity != "warning") {
    members.complain("has the severity '" + severity + "'");
  }
  result.denied = members.flag("denied");
  result.line_fingerprint = members.text("line_fingerprint");
  result.fingerprint = members.text("fingerprint");
  if (const Json* why = members.object("suppression")) {
    result.suppression = read_suppression(*why, where, complaint);
  }
  return result;
}

FileReport read_file(const Json& json, const std::string& where, std::string& complaint) {
  Members members(json, where, complaint);
  FileReport file;
  file.file = members.text("file");
  file.reason = members.text("reason");
  file.ms = members.number("ms");
  const std::string status = members.text("status");
  constexpr std::array kAll{FileStatus::Analysed, FileStatus::Cached, FileStatus::Skipped,
                            FileStatus::Failed, FileStatus::Timeout};
  for (const FileStatus each : kAll) {
    if (status == to_string(each)) {
      file.status = each;
      return file;
    }
  }
  members.complain("has the status '" + status + "'");
  return file;
}

}  // namespace

std::optional<Report> report_of(const nlohmann::json& json, std::string& complaint) {
  Members top(json, "the report", complaint);
  const std::string schema = top.text("schema");
  if (complaint.empty() && schema != "framealloc.check.v1") {
    top.complain("has the schema '" + schema + "'; expected 'framealloc.check.v1'");
  }
  Report report;
  if (const Json* tool = top.object("tool")) {
    Members members(*tool, "tool", complaint);
    report.version = members.text("version");
    report.llvm = members.text("llvm");
  }
  std::size_t number = 0;
  for (const Json& file : top.list("files")) {
    report.files.push_back(read_file(file, "files[" + std::to_string(number++) + "]", complaint));
  }
  number = 0;
  for (const Json& found : top.list("diagnostics")) {
    report.diagnostics.push_back(
        read_diagnostic(found, "diagnostics[" + std::to_string(number++) + "]", complaint));
  }
  for (const Json& entry : top.list("assumptions")) {
    Members remark(entry, "assumptions", complaint);
    report.assumptions.push_back({remark.text("kind"), remark.text("file"), remark.small("line"),
                                  remark.text("function"), remark.text("message")});
  }
  if (const Json* sum = top.object("summary")) {
    report.summary.ms = Members(*sum, "summary", complaint).number("ms");
  }
  if (!complaint.empty()) return std::nullopt;
  return report;
}

}  // namespace fa_check
