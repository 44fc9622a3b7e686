// SPDX-License-Identifier: MIT OR Apache-2.0
// The Trace Event format, which Perfetto and chrome://tracing show.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace fa_formats {

class TraceText {
 public:
  explicit TraceText(std::string_view process);
  struct Value {
    std::string_view name;
    std::uint64_t value = 0;
  };
  // Effect: new values of a counter, each of which is a line of its graph.
  void add_counter(std::string_view name, std::uint64_t at_ns, std::span<const Value> values);
  std::string take();

 private:
  void begin(char phase, std::string_view name);

  std::string text_ = "[";
};

}  // namespace fa_formats
