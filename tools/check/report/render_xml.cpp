// SPDX-License-Identifier: MIT OR Apache-2.0
// --format junit and checkstyle.
#include "report/render.hpp"

#include "common/terminal_text.hpp"

#include <map>

namespace fa_check {

namespace {

// XML 1.0 has no way to write most control characters, nor bytes that are not UTF-8.
std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const fa_tools::Character next = fa_tools::first_character(text);
    const std::string_view bytes = text.substr(0, next.bytes);
    text.remove_prefix(next.bytes);
    if (bytes == "&") {
      out += "&amp;";
    } else if (bytes == "<") {
      out += "&lt;";
    } else if (bytes == ">") {
      out += "&gt;";
    } else if (bytes == "\"") {
      out += "&quot;";
    } else if (bytes == "\n") {
      out += "&#10;";
    } else if (bytes == "\t") {
      out += "&#9;";
    } else if (!next.valid || next.code < 0x20 || next.code == 0xFFFE || next.code == 0xFFFF) {
      out += "\xEF\xBF\xBD";
    } else {
      out += bytes;
    }
  }
  return out;
}

std::string attribute(const char* name, std::string_view value) {
  return std::string(" ") + name + "=\"" + escaped(value) + "\"";
}
std::string attribute(const char* name, std::uint64_t value) {
  return attribute(name, std::to_string(value));
}

std::string body_of(const Diagnostic& diagnostic) {
  const Finding& finding = diagnostic.finding;
  std::string text = finding.file + ":" + std::to_string(finding.line) + ":" +
                     std::to_string(finding.column) + ": " + finding.message;
  for (const Related& place : finding.related) {
    text += "\n" + place.file + ":" + std::to_string(place.line) + ":" +
            std::to_string(place.column) + ": " + place.message;
  }
  for (const std::string& note : finding.notes) text += "\nnote: " + note;
  return text;
}

std::string test_case(const Diagnostic& diagnostic) {
  const Finding& finding = diagnostic.finding;
  std::string text = "    <testcase" +
                     attribute("name", code_text(finding.code) + " " + finding.file + ":" +
                                           std::to_string(finding.line)) +
                     attribute("classname", finding.file) + attribute("file", finding.file) +
                     attribute("line", std::uint64_t{finding.line}) + ">\n";
  const std::string body = escaped(body_of(diagnostic));
  if (diagnostic.suppression) {
    text += "      <skipped" + attribute("message", diagnostic.suppression->reason) + "/>\n";
  } else if (diagnostic.severity == Severity::Hint) {
    text += "      <system-out>" + body + "</system-out>\n";
  } else {
    text += "      <failure" + attribute("type", severity_text(diagnostic.severity)) +
            attribute("message", finding.message) + ">" + body + "</failure>\n";
  }
  return text + "    </testcase>\n";
}

}  // namespace

std::string render_junit(const Report& report) {
  std::uint64_t tests = report.diagnostics.size(), errors = 0, passed = 0;
  std::string cases;
  for (const FileReport& file : report.files) {
    const bool unread = file.status == FileStatus::Failed || file.status == FileStatus::Timeout;
    if (file.status == FileStatus::Skipped) continue;
    unread ? ++errors : ++passed;
    cases += "    <testcase" + attribute("name", "analysis") + attribute("classname", file.file) +
             attribute("file", file.file);
    cases += unread ? ">\n      <error" + attribute("type", to_string(file.status)) +
                          attribute("message", file.reason) + "/>\n    </testcase>\n"
                    : "/>\n";
  }
  for (const Diagnostic& diagnostic : report.diagnostics) cases += test_case(diagnostic);
  const Summary& sum = report.summary;
  const std::string counts = attribute("tests", tests + errors + passed) +
                             attribute("failures", std::uint64_t{sum.errors} + sum.warnings) +
                             attribute("errors", errors) +
                             attribute("skipped", std::uint64_t{sum.suppressed});
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute("name", "fa-check") +
         counts + ">\n  <testsuite" + attribute("name", "framealloc") + counts + ">\n" + cases +
         "  </testsuite>\n</testsuites>\n";
}

std::string render_checkstyle(const Report& report) {
  std::map<std::string, std::string> by_file;
  for (const FileReport& file : report.files) {
    if (file.status == FileStatus::Failed || file.status == FileStatus::Timeout) {
      by_file[file.file] += "    <error line=\"1\" column=\"1\" severity=\"error\"" +
                            attribute("message", "not analyzed: " + file.reason) +
                            attribute("source", "fa-check." + std::string(to_string(file.status))) +
                            "/>\n";
    }
  }
  for (const Diagnostic& diagnostic : report.diagnostics) {
    if (diagnostic.suppression) continue;
    const Finding& finding = diagnostic.finding;
    const std::string_view severity =
        diagnostic.severity == Severity::Hint ? "info" : severity_text(diagnostic.severity);
    by_file[finding.file] += "    <error" + attribute("line", std::uint64_t{finding.line}) +
                             attribute("column", std::uint64_t{finding.column}) +
                             attribute("severity", severity) +
                             attribute("message", finding.message) +
                             attribute("source", "fa-check." + code_text(finding.code)) + "/>\n";
  }
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n";
  for (const auto& [file, errors] : by_file) {
    text += "  <file" + attribute("name", file) + ">\n" + errors + "  </file>\n";
  }
  return text + "</checkstyle>\n";
}

}  // namespace fa_check
