// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/render.hpp"

#include "common/arguments.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace fa_check {

namespace {

constexpr std::array<std::string_view, 8> kFormats{"terminal", "compact", "json",       "ndjson",
                                                   "sarif",    "junit",   "checkstyle", "github"};

std::string number_of(unsigned count, std::string_view what) {
  std::string text = std::to_string(count) + " " + std::string(what);
  if (count != 1) text += "s";
  return text;
}

std::string render_ndjson(const Report& report) {
  std::string text;
  for (const FileReport& file : report.files) text += ndjson_line("file", json_of(file));
  for (const Diagnostic& found : report.diagnostics) {
    text += ndjson_line("diagnostic", json_of(found));
  }
  return text + ndjson_line("summary", json_of(report.summary));
}

}  // namespace

std::optional<Format> parse_format(std::string_view text) {
  const auto found = std::find(kFormats.begin(), kFormats.end(), text);
  if (found == kFormats.end()) return std::nullopt;
  return static_cast<Format>(found - kFormats.begin());
}

std::string format_words() { return fa_tools::alternatives(kFormats); }

std::string_view severity_text(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "error";
    case Severity::Warning:
      return "warning";
    case Severity::Hint:
      return "hint";
  }
  return "error";
}

std::string help_address(unsigned code) {
  return std::string(FA_CHECK_HELP_BASE) + "#" + code_text(code);
}

std::string summary_text(const Report& report) {
  const Summary& sum = report.summary;
  std::string text = number_of(sum.errors, "error") + ", " + number_of(sum.warnings, "warning") +
                     ", " + number_of(sum.hints, "hint");
  if (sum.suppressed != 0) text += " (" + std::to_string(sum.suppressed) + " suppressed)";
  text += "; " + number_of(sum.analysed, "file") + " analyzed, " + std::to_string(sum.cached) +
          " cached, " + std::to_string(sum.skipped) + " skipped, " + std::to_string(sum.failed) +
          " failed";
  return text;
}

std::string render(const Report& report, Format format, const RenderOptions& options,
                   Sources& sources) {
  switch (format) {
    case Format::Terminal:
      return render_terminal(report, options);
    case Format::Compact:
      return render_compact(report, options);
    case Format::Json:
      return dump(json_of(report), 2);
    case Format::Ndjson:
      return render_ndjson(report);
    case Format::Sarif:
      return render_sarif(report, options, sources);
    case Format::JUnit:
      return render_junit(report);
    case Format::Checkstyle:
      return render_checkstyle(report);
    case Format::GitHub:
      return render_github(report);
  }
  return {};
}

}  // namespace fa_check
