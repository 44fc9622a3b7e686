// SPDX-License-Identifier: MIT OR Apache-2.0
// The leak report for people and for programs.
#include <framealloc/leak_report.hpp>
#include <framealloc/text.hpp>
#include "diag/json_text.hpp"

namespace framealloc {

namespace {

void put_text_or_null(JsonText& json, std::string_view key, std::string_view text) {
  if (text.empty()) {
    json.put_null(key);
  } else {
    json.put(key, text);
  }
}

void put_group(JsonText& json, const LeakGroup& group, std::uint64_t frame) {
  json.open_object();
  json.put("part", group.part);
  json.put("tag", std::string_view(group.tag));
  put_text_or_null(json, "type", group.type);
  put_text_or_null(json, "file", group.site.file);
  put_text_or_null(json, "function", group.site.function);
  json.put("line", group.site.line);
  json.put("count", group.count);
  json.put("bytes", group.bytes);
  if (group.aged) {
    json.put("age_frames", frame - group.oldest_frame);
  } else {
    json.put_null("age_frames");
  }
  json.close_object();
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
  JsonText json;
  json.open_object();
  json.put("schema", "framealloc.leaks.v1");
  json.put("frame", frame);
  json.put("total_bytes", total_bytes);
  json.put("total_count", total_count);
  json.open_array("groups");
  for (const LeakGroup& group : groups) put_group(json, group, frame);
  json.close_array();
  json.close_object();
  return json.take();
}

}  // namespace framealloc
