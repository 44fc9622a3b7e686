// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <optional>
#include <string_view>

namespace fa = framealloc;

std::optional<std::string_view> best_name(fa::SmartAlloc& alloc, int score) {
  if (score < 0) return std::nullopt;
  auto text = alloc.frame_string(32);
  text.append("player");
  return std::string_view(text.data(), text.size());
}
bool announce(fa::SmartAlloc& alloc, int score) {
  alloc.begin_frame();
  const auto name = best_name(alloc, score);
  alloc.end_frame();
  if (!name) return false;
  return name->starts_with("pl");  // expect: FA606
}
