// SPDX-License-Identifier: MIT OR Apache-2.0
// A report in each format. All of them are whole texts with a line end, and the same for the same
// report.
#pragma once

#include "common/color.hpp"
#include "report/report.hpp"
#include "report/source_text.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace fa_check {

enum class Format { Terminal, Compact, Json, Ndjson, Sarif, JUnit, Checkstyle, GitHub };

[[nodiscard]] std::optional<Format> parse_format(std::string_view text);
// Result: "terminal, compact, ... or github".
[[nodiscard]] std::string format_words();

struct RenderOptions {
  fa_tools::Color color;
  bool quiet = false;    // terminal, compact: no summary
  bool verbose = false;  // terminal: all units, all assumptions
  std::string base;      // the folder that paths are relative to, absolute
};

[[nodiscard]] std::string render(const Report& report, Format format, const RenderOptions& options,
                                 Sources& sources);

// The one document of --format json, and its parts, which --format ndjson writes one a line.
[[nodiscard]] nlohmann::ordered_json json_of(const Diagnostic& diagnostic);
[[nodiscard]] nlohmann::ordered_json json_of(const FileReport& file);
[[nodiscard]] nlohmann::ordered_json json_of(const Summary& summary);
[[nodiscard]] nlohmann::ordered_json json_of(const Report& report);
// Result: JSON that is valid UTF-8 whatever names hold; on one line when `indent` is negative.
[[nodiscard]] std::string dump(const nlohmann::ordered_json& json, int indent);
// Result: a line of --format ndjson.
[[nodiscard]] std::string ndjson_line(std::string_view type, nlohmann::ordered_json object);

// Result: the report that `json_of` made `json` from; `complaint` says what is wrong otherwise.
[[nodiscard]] std::optional<Report> report_of(const nlohmann::json& json, std::string& complaint);

[[nodiscard]] std::string render_sarif(const Report& report, const RenderOptions& options,
                                       Sources& sources);
[[nodiscard]] std::string render_terminal(const Report& report, const RenderOptions& options);
[[nodiscard]] std::string render_compact(const Report& report, const RenderOptions& options);
[[nodiscard]] std::string render_github(const Report& report);
[[nodiscard]] std::string render_junit(const Report& report);
[[nodiscard]] std::string render_checkstyle(const Report& report);

// Result: "1 error, 2 warnings, 0 hints (3 suppressed); 4 units analyzed, 1 cached, ...".
[[nodiscard]] std::string summary_text(const Report& report);
[[nodiscard]] std::string_view severity_text(Severity severity);
// Result: "FA606 (use-after-end)", the address of its explanation.
[[nodiscard]] std::string help_address(unsigned code);

}  // namespace fa_check
