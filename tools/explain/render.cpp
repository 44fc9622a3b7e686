// SPDX-License-Identifier: MIT OR Apache-2.0
#include "render.hpp"

#include <algorithm>
#include <iterator>

namespace fa_explain {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;  // the manifest has no control characters
  }
  return out + "\"";
}

std::string json(const Rows& rows) {
  std::string out = "{\n  \"schema\": \"framealloc.codes.v1\",\n  \"codes\": [";
  const char* separator = "\n";
  for (const CodeInfo* row : rows) {
    out += separator;
    separator = ",\n";
    out += "    {\"code\": " + quoted(row->id) + ", \"slug\": " + quoted(row->slug);
    out += ", \"severity\": " + quoted(framealloc::to_string(row->severity));
    out += ", \"category\": " + quoted(framealloc::to_string(row->category));
    out += ", \"raised_by\": " + quoted(to_string(row->raised_by));
    out += ",\n     \"meaning\": " + quoted(row->meaning);
    out += ",\n     \"help\": " + quoted(row->help) + "}";
  }
  return out + (rows.empty() ? "]\n}\n" : "\n  ]\n}\n");
}

std::string_view who(RaisedBy raised_by) {
  switch (raised_by) {
    case RaisedBy::Runtime:
      return "the allocator, at run time";
    case RaisedBy::Analyzer:
      return "`fa check`, from the sources";
    case RaisedBy::Both:
      return "the allocator at run time, and `fa check` from the sources";
  }
  return "";
}

std::string plain(std::string_view text) {
  std::string out;
  std::ranges::copy_if(text, std::back_inserter(out), [](char c) { return c != '`'; });
  return out;
}

std::string text_of(const CodeInfo& row) {
  std::string out(row.id);
  out += " " + std::string(row.slug) + "\n";
  out += "  severity: " + std::string(framealloc::to_string(row.severity)) + "\n";
  out += "  category: " + std::string(framealloc::to_string(row.category)) + "\n";
  out += "  raised by: " + plain(who(row.raised_by)) + "\n";
  out += "  meaning: " + std::string(row.meaning) + "\n";
  return out + "  help: " + std::string(row.help) + "\n";
}

std::string capitalized(std::string_view text) {
  std::string out(text);
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z')
    out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

std::string markdown_of(const CodeInfo& row, std::string_view heading) {
  std::string out(heading);
  out += " " + std::string(row.id) + "\n\n";
  out += "**" + std::string(row.slug) + "**, " + std::string(framealloc::to_string(row.severity)) +
         ": " + std::string(row.meaning) + ".\n\n";
  out += "- Raised by " + std::string(who(row.raised_by)) + ".\n";
  return out + "- " + capitalized(row.help) + ".\n";
}

std::string table(const Rows& rows) {
  std::string out = "| code | slug | severity | raised by | meaning |\n|---|---|---|---|---|\n";
  for (const CodeInfo* row : rows) {
    out += "| " + std::string(row->id) + " | " + std::string(row->slug) + " | " +
           std::string(framealloc::to_string(row->severity)) + " | " +
           std::string(to_string(row->raised_by)) + " | " + std::string(row->meaning) + " |\n";
  }
  return out;
}

// The page of the documentation. Written by this program, so that it cannot say anything else than
// the manifest does.
std::string page(const Rows& rows) {
  std::string out =
      "# Diagnostic codes\n\n"
      "Written by `fa explain --all --format markdown` from `include/framealloc/codes.def`;\n"
      "a test holds the two together. `fa explain FA310` shows one code, `fa list` all of them.\n\n"
      "A report of the allocator goes to the handler or to stderr, and to every sink: see\n"
      "`SmartAlloc::add_sink()`. `SmartAlloc::suppress()` silences a code, `FRAMEALLOC_STRICT` "
      "makes\n"
      "errors (`error`) or warnings too (`warning`) end the program. In sources that `fa check`\n"
      "reads, `// fa:allow(FA602): reason` on or above the line accepts one finding.\n";
  std::string done;  // categories that have had their heading
  for (const CodeInfo* first : rows) {
    const std::string word(framealloc::to_string(first->category));
    if (done.find("," + word + ",") != std::string::npos) continue;
    done += "," + word + ",";
    out += "\n## " + capitalized(word) + "\n";
    for (const CodeInfo* row : rows) {
      if (row->category == first->category) out += "\n" + markdown_of(*row, "###");
    }
  }
  return out;
}

}  // namespace

std::optional<Format> parse_format(std::string_view text) {
  if (text == "text") return Format::Text;
  if (text == "json") return Format::Json;
  if (text == "markdown") return Format::Markdown;
  return std::nullopt;
}

std::string explain(const Rows& rows, Format format, bool whole) {
  if (format == Format::Json) return json(rows);
  if (format == Format::Markdown && whole) return page(rows);
  std::string out;
  for (const CodeInfo* row : rows) {
    if (!out.empty()) out += "\n";
    out += format == Format::Markdown ? markdown_of(*row, "##") : text_of(*row);
  }
  return out;
}

std::string list(const Rows& rows, Format format) {
  if (format == Format::Json) return json(rows);
  if (format == Format::Markdown) return table(rows);
  std::size_t width = 0;
  for (const CodeInfo* row : rows) width = std::max(width, row->slug.size());
  std::string out;
  for (const CodeInfo* row : rows) {
    std::string slug(row->slug);
    slug.resize(width, ' ');
    std::string severity(framealloc::to_string(row->severity));
    severity.resize(7, ' ');
    out += std::string(row->id) + "  " + severity + "  " + slug + "  " + std::string(row->meaning) +
           "\n";
  }
  return out;
}

}  // namespace fa_explain
