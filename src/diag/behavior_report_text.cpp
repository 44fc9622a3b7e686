// SPDX-License-Identifier: MIT OR Apache-2.0
// The report of the behavior filter for people and for programs.
#include <framealloc/behavior.hpp>

#include <framealloc/snapshot.hpp>
#include <framealloc/text.hpp>
#include "diag/json_text.hpp"

#include <algorithm>
#include <cstdio>

namespace framealloc {

namespace {

std::string_view shown(std::string_view tag) noexcept { return tag.empty() ? "(untagged)" : tag; }

void put_thresholds(JsonText& json, const BehaviorThresholds& limits) {
  json.open_object("thresholds");
  json.put("frame_survival_frames", limits.frame_survival_frames);
  json.put_decimal("frame_survival_rate", limits.frame_survival_rate, 4);
  json.put_decimal("pool_same_frame_free_rate", limits.pool_same_frame_free_rate, 4);
  json.put_decimal("promotion_churn_rate", limits.promotion_churn_rate, 4);
  json.put_decimal("heap_in_hot_path_count", limits.heap_in_hot_path_count, 4);
  json.put("min_samples", limits.min_samples);
  json.put("check_frames", limits.check_frames);
  json.close_object();
}

void put_issue(JsonText& json, const BehaviorIssue& issue) {
  json.open_object();
  json.put("code", code_info(issue.code).id);
  json.put("level", to_string(issue.level));
  json.put("tag", std::string_view(issue.tag));
  json.put("kind", kind_name(issue.kind));
  json.put_decimal("value", issue.value, 4);
  json.put_decimal("threshold", issue.threshold, 4);
  json.put("message", std::string_view(issue.message));
  json.put("help", issue.help);
  json.close_object();
}

void put_stats(JsonText& json, const BehaviorStats& stats) {
  json.open_object();
  json.put("tag", std::string_view(stats.tag));
  json.put("kind", kind_name(stats.kind));
  json.put("total_allocs", stats.total_allocs);
  json.put("total_frees", stats.total_frees);
  json.put("survived_frame_count", stats.survived_frame_count);
  json.put("promotion_count", stats.promotion_count);
  json.put("same_frame_samples", stats.same_frame_samples);
  json.put("same_frame_frees", stats.same_frame_frees);
  json.put("same_frame_frees_most", stats.same_frame_frees_most);
  json.put("bytes_allocated", stats.bytes_allocated);
  json.put("survived_bytes", stats.survived_bytes);
  json.put("current_bytes", stats.current_bytes);
  json.put("peak_bytes", stats.peak_bytes);
  json.put("first_seen_frame", stats.first_seen_frame);
  json.put("last_alloc_frame", stats.last_alloc_frame);
  json.put_decimal("avg_lifetime_frames", stats.avg_lifetime_frames(), 4);
  json.put_decimal("survival_rate", stats.survival_rate(), 4);
  json.put_decimal("same_frame_free_rate", stats.same_frame_free_rate(), 4);
  json.put_decimal("promotion_rate", stats.promotion_rate(), 4);
  json.put_decimal("allocs_per_frame", stats.allocs_per_frame(), 4);
  json.close_object();
}

}  // namespace

std::string BehaviorIssue::to_string() const {
  Text<1024> text(code_info(code).id);
  text.append(" ").append(framealloc::to_string(level)).append(" [").append(shown(tag));
  text.append(", ").append(kind_name(kind)).append("]: ").append(message);
  text.append("\n  help: ").append(help).append("\n");
  return std::string(text.view());
}

std::vector<BehaviorIssue> BehaviorReport::issues_at_level(Severity least) const {
  std::vector<BehaviorIssue> some;
  for (const BehaviorIssue& issue : issues) {
    if (issue.level >= least) some.push_back(issue);
  }
  return some;
}

bool BehaviorReport::has_errors() const noexcept {
  return std::ranges::any_of(issues, [](const auto& i) { return i.level == Severity::Error; });
}

bool BehaviorReport::empty() const noexcept { return issues.empty(); }

bool BehaviorReport::has_warnings() const noexcept {
  return std::ranges::any_of(issues, [](const auto& i) { return i.level == Severity::Warning; });
}

const BehaviorStats* BehaviorReport::find(std::string_view tag, AllocKind kind) const noexcept {
  const auto at = std::ranges::find_if(
      stats, [&](const BehaviorStats& one) { return one.kind == kind && one.tag == tag; });
  return at == stats.end() ? nullptr : &*at;
}

std::string BehaviorReport::summary() const {
  const auto at = [this](Severity level) {
    return std::ranges::count_if(issues, [&](const auto& i) { return i.level == level; });
  };
  const auto warnings = at(Severity::Warning);
  const auto hints = at(Severity::Hint);
  Text<192> text("behavior filter ");
  text.append(filter_enabled ? "on: " : "off: ").append(frames_analyzed);
  text.append(frames_analyzed == 1 ? " frame, " : " frames, ").append(warnings);
  text.append(warnings == 1 ? " warning, " : " warnings, ").append(hints);
  text.append(hints == 1 ? " hint" : " hints");
  return std::string(text.view());
}

std::string BehaviorReport::to_text() const {
  std::string text = summary() + "\n";
  for (const BehaviorIssue& issue : issues) text += issue.to_string();
  if (stats.empty()) return text;
  char line[256];
  std::snprintf(line, sizeof line, "%-32s %-6s %12s %9s %9s %9s %9s %9s\n", "tag", "kind", "allocs",
                "per frame", "lifetime", "survival", "promoted", "same fr.");
  text += line;
  for (const BehaviorStats& one : stats) {
    const std::string tag(shown(one.tag));
    std::snprintf(line, sizeof line, "%-32.96s %-6s %12llu %9.2f %9.2f %8.1f%% %9.2f %8.1f%%\n",
                  tag.c_str(), std::string(kind_name(one.kind)).c_str(),
                  static_cast<unsigned long long>(one.total_allocs), one.allocs_per_frame(),
                  one.avg_lifetime_frames(), one.survival_rate() * 100, one.promotion_rate(),
                  one.same_frame_free_rate() * 100);
    text += line;
  }
  return text;
}

std::string BehaviorReport::to_json() const {
  JsonText json;
  json.open_object();
  json.put("schema", "framealloc.behavior.v1");
  json.put("enabled", filter_enabled);
  json.put("frames_analyzed", frames_analyzed);
  put_thresholds(json, thresholds);
  json.open_array("issues");
  for (const BehaviorIssue& issue : issues) put_issue(json, issue);
  json.close_array();
  json.open_array("tags");
  for (const BehaviorStats& one : stats) put_stats(json, one);
  json.close_array();
  json.close_object();
  return json.take();
}

}  // namespace framealloc
