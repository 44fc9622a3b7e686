// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/baseline.hpp"

#include "report/render.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

namespace fa_check {

namespace {

// What somebody suppressed for a reason is no business of the baseline's.
bool belongs(const Diagnostic& diagnostic) {
  return !diagnostic.suppression || diagnostic.suppression->kind == SuppressionKind::Baseline;
}

}  // namespace

std::string Baseline::read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return "the baseline '" + path + "' cannot be read";
  const nlohmann::json json = nlohmann::json::parse(in, nullptr, false);
  const std::string expected = "; expected a file that --write-baseline wrote";
  if (!json.is_object()) return "the baseline '" + path + "' is no JSON object" + expected;
  const auto found = json.contains("findings") ? json.find("findings") : json.find("diagnostics");
  if (found == json.end() || !found->is_array()) {
    return "the baseline '" + path + "' has no list 'findings'" + expected;
  }
  file_ = path;
  for (const nlohmann::json& entry : *found) {
    const auto fingerprint = entry.is_object() ? entry.find("fingerprint") : entry.end();
    if (!entry.is_object() || fingerprint == entry.end() || !fingerprint->is_string()) {
      return "the baseline '" + path + "' has a finding without a fingerprint" + expected;
    }
    fingerprints_.insert(fingerprint->get<std::string>());
  }
  return {};
}

void Baseline::learn(const std::string& path, const std::vector<Diagnostic>& diagnostics) {
  file_ = path;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (belongs(diagnostic)) fingerprints_.insert(diagnostic.fingerprint);
  }
}

std::string baseline_text(const std::vector<Diagnostic>& diagnostics) {
  nlohmann::ordered_json findings = nlohmann::ordered_json::array();
  for (const Diagnostic& diagnostic : diagnostics) {
    if (!belongs(diagnostic)) continue;
    findings.push_back({{"fingerprint", diagnostic.fingerprint},
                        {"code", code_text(diagnostic.finding.code)},
                        {"file", diagnostic.finding.file},
                        {"function", diagnostic.finding.function},
                        {"message", diagnostic.finding.message}});
  }
  return dump({{"schema", "framealloc.check.baseline.v1"}, {"findings", std::move(findings)}}, 2);
}

}  // namespace fa_check
