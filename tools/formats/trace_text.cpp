// SPDX-License-Identifier: MIT OR Apache-2.0
#include "formats/trace_text.hpp"

#include "common/json_text.hpp"

#include <utility>

namespace fa_formats {

namespace {

// Microseconds, to the nanosecond.
std::string time_text(std::uint64_t ns) {
  const std::string rest = std::to_string(ns % 1000);
  return std::to_string(ns / 1000) + "." + std::string(3 - rest.size(), '0') + rest;
}

}  // namespace

TraceText::TraceText(std::string_view process) {
  begin('M', "process_name");
  text_ += ",\"args\":{\"name\":";
  fa_tools::append_json_quoted(text_, process);
  text_ += "}}";
}

void TraceText::begin(char phase, std::string_view name) {
  if (text_.size() > 1) text_ += ',';
  text_ += "\n{\"ph\":\"";
  text_ += phase;
  text_ += "\",\"name\":";
  fa_tools::append_json_quoted(text_, name);
  text_ += ",\"pid\":1,\"tid\":0";
}

void TraceText::add_counter(std::string_view name, std::uint64_t at_ns,
                            std::span<const Value> values) {
  begin('C', name);
  text_ += ",\"ts\":" + time_text(at_ns) + ",\"args\":{";
  const char* separator = "";
  for (const Value& value : values) {
    text_ += std::exchange(separator, ",");
    fa_tools::append_json_quoted(text_, value.name);
    text_ += ':' + std::to_string(value.value);
  }
  text_ += "}}";
}

std::string TraceText::take() { return std::move(text_) + "\n]\n"; }

}  // namespace fa_formats
