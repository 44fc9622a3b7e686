// SPDX-License-Identifier: MIT OR Apache-2.0
// fa merge: the reports of shards become one.
#include "cli/merge.hpp"

#include "cli/run.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

namespace fa_check {

namespace {

using Json = nlohmann::ordered_json;

std::string text_at(const Json& json, std::initializer_list<const char*> path) {
  const Json* at = &json;
  for (const char* key : path) {
    if (at->is_array()) at = at->empty() ? nullptr : &at->front();
    if (at == nullptr || !at->is_object() || !at->contains(key)) return {};
    at = &(*at)[key];
  }
  return at->is_string() ? at->get<std::string>() : at->dump();
}

// A finding is the same when its place and its code are.
auto sarif_key(const Json& result) {
  const auto number = [&](const char* name) {
    const std::string text = text_at(result, {"locations", "physicalLocation", "region", name});
    return text.empty() ? 0L : std::strtol(text.c_str(), nullptr, 10);
  };
  return std::make_tuple(
      text_at(result, {"locations", "physicalLocation", "artifactLocation", "uri"}),
      number("startLine"), number("startColumn"), text_at(result, {"ruleId"}));
}

}  // namespace

std::string merge_reports(std::vector<Report> parts, Report& whole) {
  for (Report& part : parts) {
    if (whole.version.empty()) {
      whole.version = part.version;
      whole.llvm = part.llvm;
    } else if (whole.version != part.version || whole.llvm != part.llvm) {
      return "the reports are of different versions of the tool: " + whole.version + " and " +
             part.version;
    }
    const auto move_all = [](auto& from, auto& into) {
      into.insert(into.end(), std::make_move_iterator(from.begin()),
                  std::make_move_iterator(from.end()));
    };
    move_all(part.files, whole.files);
    move_all(part.diagnostics, whole.diagnostics);
    move_all(part.assumptions, whole.assumptions);
    whole.summary.ms += part.summary.ms;
  }
  put_in_order(whole);
  count(whole);
  return {};
}

std::string merge_sarif(const std::vector<Json>& parts, Json& whole) {
  std::map<decltype(sarif_key(Json())), Json> results;
  Json notes = Json::array();
  bool successful = true;
  for (const Json& part : parts) {
    if (!part.contains("runs") || !part["runs"].is_array() || part["runs"].size() != 1) {
      return "a SARIF file has not exactly one run; expected what --format sarif wrote";
    }
    const Json& run = part["runs"][0];
    if (whole.is_null()) whole = part;
    if (text_at(run, {"tool", "driver", "version"}) !=
        text_at(whole["runs"][0], {"tool", "driver", "version"})) {
      return "the SARIF files are of different versions of the tool";
    }
    for (const Json& result : run.value("results", Json::array())) {
      results.try_emplace(sarif_key(result), result);
    }
    for (const Json& invocation : run.value("invocations", Json::array())) {
      successful = successful && invocation.value("executionSuccessful", true);
      for (const Json& note : invocation.value("toolExecutionNotifications", Json::array())) {
        if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
      }
    }
  }
  Json& run = whole["runs"][0];
  run["results"] = Json::array();
  for (auto& [key, result] : results) run["results"].push_back(std::move(result));
  run["invocations"] = Json::array(
      {{{"executionSuccessful", successful}, {"toolExecutionNotifications", std::move(notes)}}});
  return {};
}

namespace {

int end_with(const Options& options, const Report& report, const std::string& text) {
  if (!put_report(options, text)) return kExitInternal;
  for (const Diagnostic& found : report.diagnostics) {
    if (found.suppression) continue;
    const bool warning = options.deny_warnings && found.severity == Severity::Warning;
    if (found.denied || warning || found.severity == Severity::Error) return kExitFindings;
  }
  if (report.summary.failed != 0) return kExitUnread;
  if (report.summary.analysed + report.summary.cached == 0) {
    tell("nothing was analyzed, says every report");
    return kExitUsage;
  }
  return kExitClean;
}

int exit_of_sarif(const Json& whole) {
  const Json& run = whole["runs"][0];
  for (const Json& result : run["results"]) {
    const bool suppressed = result.contains("suppressions") && !result["suppressions"].empty();
    if (!suppressed && result.value("level", "") == "error") return kExitFindings;
  }
  return run["invocations"][0].value("executionSuccessful", true) ? kExitClean : kExitUnread;
}

}  // namespace

int run_merge(const Options& options) {
  std::vector<Report> reports;
  std::vector<Json> sarifs;
  for (const std::string& path : options.paths) {
    std::ifstream in(path, std::ios::binary);
    if (!in || std::filesystem::is_directory(path)) {
      tell("'" + path + "' cannot be read");
      return kExitUsage;
    }
    const Json json = Json::parse(in, nullptr, false);
    if (json.is_discarded() || !json.is_object()) {
      tell("'" + path + "' is no JSON object; expected a report of --format json or sarif");
      return kExitUsage;
    }
    if (json.contains("runs")) {
      sarifs.push_back(json);
      continue;
    }
    std::string complaint;
    auto report = report_of(nlohmann::json(json), complaint);
    if (!report) {
      tell("'" + path + "': " + complaint);
      return kExitUsage;
    }
    reports.push_back(std::move(*report));
  }
  if (!reports.empty() && !sarifs.empty()) {
    tell("reports of --format json and of --format sarif cannot be mixed");
    return kExitUsage;
  }
  if (!sarifs.empty()) {
    Json whole;
    if (options.format.value_or(Format::Sarif) != Format::Sarif) {
      tell(
          "of SARIF files only --format sarif can be made; merge reports of --format json instead");
      return kExitUsage;
    }
    const std::string complaint = merge_sarif(sarifs, whole);
    if (!complaint.empty()) {
      tell(complaint);
      return kExitUsage;
    }
    if (!put_report(options, dump(whole, 2))) return kExitInternal;
    return exit_of_sarif(whole);
  }
  Report whole;
  const std::string complaint = merge_reports(std::move(reports), whole);
  if (!complaint.empty()) {
    tell(complaint);
    return kExitUsage;
  }
  RenderOptions how{{}, options.quiet, options.verbose, std::filesystem::current_path().string()};
  Sources sources;
  return end_with(options, whole,
                  render(whole, options.format.value_or(Format::Json), how, sources));
}

}  // namespace fa_check
