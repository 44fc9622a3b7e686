// SPDX-License-Identifier: MIT OR Apache-2.0
// The leak report for people and for programs.
#include <framealloc/base/text.hpp>
#include <framealloc/diag/leak_report.hpp>

#include "json_text.hpp"

namespace framealloc {

namespace {

void append_number(std::string& out, std::string_view key, std::uint64_t value) {
  out.append(", \"").append(key).append("\": ").append(std::to_string(value));
}

void append_group(std::string& out, const LeakGroup& group, std::uint64_t frame) {
  out.append("{\"part\": ");
  detail::append_json_string(out, group.part);
  out.append(", \"tag\": ");
  detail::append_json_string(out, group.tag);
  out.append(", \"type\": ");
  detail::append_json_string_or_null(out, group.type);
  out.append(", \"file\": ");
  detail::append_json_string_or_null(out, group.site.file);
  out.append(", \"function\": ");
  detail::append_json_string_or_null(out, group.site.function);
  append_number(out, "line", group.site.line);
  append_number(out, "count", group.count);
  append_number(out, "bytes", group.bytes);
  if (group.aged) {
    append_number(out, "age_frames", frame - group.oldest_frame);
  } else {
    out.append(", \"age_frames\": null");
  }
  out.push_back('}');
}

}  // namespace

std::string LeakReport::to_string() const {
  std::string out;
  for (const LeakGroup& group : groups) {
    Text<1024> line;
    line.append_bytes(group.bytes).append(" in ");
    if (group.count != 0) line.append(group.count).append(" ");
    line.append(group.part).append(group.count == 1 ? " block" : " blocks");
    if (!group.type.empty()) line.append(" of type ").append(Text<256>(group.type));
    line.append(", tag '").append(group.tag).append("'");
    if (group.site.known()) {
      line.append(", allocated at ").append(group.site.file).append(":").append(group.site.line);
    } else if (group.site.function[0] != '\0') {
      line.append(", allocated by ").append(Text<256>(group.site.function));
    }
    if (group.aged) {
      line.append(", up to ").append(frame - group.oldest_frame).append(" frames ago");
    }
    out.append(line.view()).push_back('\n');
  }
  return out;
}

std::string LeakReport::to_json() const {
  std::string out = "{\"schema\": \"framealloc.leaks.v1\"";
  append_number(out, "frame", frame);
  append_number(out, "total_bytes", total_bytes);
  append_number(out, "total_count", total_count);
  out.append(", \"groups\": [");
  for (std::size_t i = 0; i < groups.size(); ++i) {
    out.append(i == 0 ? "\n  " : ",\n  ");
    append_group(out, groups[i], frame);
  }
  out.append(groups.empty() ? "]}\n" : "\n]}\n");
  return out;
}

}  // namespace framealloc
