// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <map>
#include <string_view>

namespace fa = framealloc;

char first_letter(fa::SmartAlloc& alloc) {
  std::map<int, std::string_view> names;
  alloc.begin_frame();
  auto text = alloc.frame_string();
  text.append("torch");
  names[1] = std::string_view(text.data(), text.size());
  const auto found = names.find(1);
  const std::string_view name = found->second;
  alloc.end_frame();
  return name[0];  // expect: FA606
}
