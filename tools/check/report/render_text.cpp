// SPDX-License-Identifier: MIT OR Apache-2.0
// The formats for people, and the lines that GitHub's runner reads.
#include "report/render.hpp"

#include "common/terminal_text.hpp"

#include <algorithm>

namespace fa_check {

namespace {

using fa_tools::printable;
using fa_tools::Style;

std::string place_text(const std::string& file, unsigned line, unsigned column) {
  return printable(file) + ":" + std::to_string(line) + ":" + std::to_string(column);
}

Style style_of(Severity severity) {
  return severity == Severity::Error ? Style::Bad : Style::Strong;
}

// The line of the source with marks under what is meant.
std::string excerpt(const Diagnostic& diagnostic, const fa_tools::Color& color) {
  const Finding& finding = diagnostic.finding;
  if (diagnostic.line_text.empty()) return {};
  const std::string number = std::to_string(finding.line);
  const std::string margin(number.size(), ' ');
  std::string marks;
  const std::size_t from = finding.column > 0 ? finding.column - 1 : 0;
  for (std::size_t i = 0; i < from && i < diagnostic.line_text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(diagnostic.line_text[i]);
    // One mark a character: bytes that continue one have none.
    if ((byte & 0xC0U) != 0x80U) marks += byte == '\t' ? '\t' : ' ';
  }
  const std::size_t end = finding.end_line == finding.line && finding.end_column > finding.column
                              ? finding.end_column - 1
                              : diagnostic.line_text.size();
  std::string under;
  for (std::size_t i = from; i < std::min(end, diagnostic.line_text.size()); ++i) {
    if ((static_cast<unsigned char>(diagnostic.line_text[i]) & 0xC0U) != 0x80U) under += '^';
  }
  if (under.empty()) under = "^";
  std::string line = diagnostic.line_text;
  std::string clean;
  // Tabs stay, so that the marks stand where they should.
  for (std::size_t at = 0;;) {
    const std::size_t tab = line.find('\t', at);
    clean +=
        printable(std::string_view(line).substr(at, tab == std::string::npos ? tab : tab - at));
    if (tab == std::string::npos) break;
    clean += '\t';
    at = tab + 1;
  }
  return color.paint(Style::Faint, number + " | ") + clean + "\n" +
         color.paint(Style::Faint, margin + " | ") + marks +
         color.paint(style_of(diagnostic.severity), under) + "\n";
}

std::string github_data(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '%') {
      out += "%25";
    } else if (c == '\r') {
      out += "%0D";
    } else if (c == '\n') {
      out += "%0A";
    } else {
      out += c;
    }
  }
  return out;
}
std::string github_property(std::string_view text) {
  std::string out;
  for (const char c : github_data(text)) {
    if (c == ':') {
      out += "%3A";
    } else if (c == ',') {
      out += "%2C";
    } else {
      out += c;
    }
  }
  return out;
}

std::string unit_lines(const Report& report, const RenderOptions& options) {
  std::string text;
  std::size_t guessed = 0;
  for (const FileReport& file : report.files) {
    const bool unread = file.status == FileStatus::Failed || file.status == FileStatus::Timeout;
    const bool read = file.status == FileStatus::Analysed || file.status == FileStatus::Cached;
    if (read && file.reason.find("compilation database") != std::string::npos) ++guessed;
    if (!unread && !options.verbose) continue;
    std::string line = printable(file.file) + ": " + std::string(to_string(file.status));
    if (!file.reason.empty()) line += ": " + printable(file.reason);
    text += options.color.paint(unread ? Style::Bad : Style::Faint, line) + "\n";
  }
  if (guessed != 0 && !options.verbose && !options.quiet) {
    text += std::to_string(guessed) +
            (guessed == 1 ? " file was read with a command" : " files were read with commands") +
            " that no compilation database has (-v says which)\n";
  }
  return text;
}

}  // namespace

std::string render_terminal(const Report& report, const RenderOptions& options) {
  const fa_tools::Color& color = options.color;
  std::string text;
  for (const Diagnostic& diagnostic : report.diagnostics) {
    if (diagnostic.suppression) continue;
    const Finding& finding = diagnostic.finding;
    text +=
        color.paint(style_of(diagnostic.severity), std::string(severity_text(diagnostic.severity)) +
                                                       "[" + code_text(finding.code) + "]: ") +
        color.paint(Style::Strong, printable(finding.message)) + "\n";
    text += "  --> " + place_text(finding.file, finding.line, finding.column);
    if (!finding.function.empty()) text += " in " + printable(finding.function);
    text += "\n" + excerpt(diagnostic, color);
    for (const Related& place : finding.related) {
      text += "  " + color.paint(Style::Faint, place_text(place.file, place.line, place.column)) +
              ": " + printable(place.message) + "\n";
    }
    for (const std::string& note : finding.notes) text += "  note: " + printable(note) + "\n";
    if (finding.fix) text += "  fix: " + printable(finding.fix->message) + " (--fix)\n";
    text += "  help: " + std::string(info_of(finding.code).help) + "; fa explain " +
            code_text(finding.code) + "\n\n";
  }
  text += unit_lines(report, options);
  if (options.verbose) {
    for (const Remark& remark : report.assumptions) {
      text += place_text(remark.file, remark.line, 1) + ": " + printable(remark.message) + "\n";
    }
  }
  if (!options.quiet) text += summary_text(report) + "\n";
  return text;
}

std::string render_compact(const Report& report, const RenderOptions& options) {
  std::string text;
  for (const Diagnostic& diagnostic : report.diagnostics) {
    if (diagnostic.suppression) continue;
    const Finding& finding = diagnostic.finding;
    text += place_text(finding.file, finding.line, finding.column) + ": " +
            std::string(severity_text(diagnostic.severity)) + " [" + code_text(finding.code) +
            "]: " + printable(finding.message) + "\n";
  }
  text += unit_lines(report, options);
  if (!options.quiet) text += summary_text(report) + "\n";
  return text;
}

std::string render_github(const Report& report) {
  std::string text;
  for (const Diagnostic& diagnostic : report.diagnostics) {
    if (diagnostic.suppression) continue;
    const Finding& finding = diagnostic.finding;
    const char* const command = diagnostic.severity == Severity::Error     ? "error"
                                : diagnostic.severity == Severity::Warning ? "warning"
                                                                           : "notice";
    text +=
        std::string("::") + command + " file=" + github_property(finding.file) +
        ",line=" + std::to_string(finding.line) + ",col=" + std::to_string(finding.column) +
        ",endLine=" + std::to_string(finding.end_line) +
        ",endColumn=" + std::to_string(finding.end_column) + ",title=" +
        github_property(code_text(finding.code) + " " + std::string(info_of(finding.code).slug)) +
        "::" + github_data(finding.message) + "\n";
  }
  for (const FileReport& file : report.files) {
    if (file.status != FileStatus::Failed && file.status != FileStatus::Timeout) continue;
    text += "::warning file=" + github_property(file.file) +
            ",title=not analyzed::" + github_data(file.reason) + "\n";
  }
  return text + "::notice title=fa check::" + github_data(summary_text(report)) + "\n";
}

}  // namespace fa_check
