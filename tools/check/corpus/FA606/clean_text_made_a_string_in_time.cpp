// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace fa = framealloc;

std::string_view title(fa::SmartAlloc& alloc) {
  auto text = alloc.frame_string(16);
  text.append("score");
  return {text.data(), text.size()};
}
std::string run(fa::SmartAlloc& alloc) {
  std::optional<std::string> kept;
  {
    auto frame = alloc.scoped_frame();
    kept = std::string(title(alloc));
    if (kept->empty()) kept.emplace(title(alloc));
  }
  return kept.value_or("none");
}
