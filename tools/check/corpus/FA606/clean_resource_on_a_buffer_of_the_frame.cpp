// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace fa = framealloc;

std::size_t lex(fa::SmartAlloc& alloc, std::string_view text) {
  const auto frame = alloc.scoped_frame();
  const auto buffer = alloc.frame_slice<std::byte>(4096);
  std::pmr::monotonic_buffer_resource memory(buffer.data(), buffer.size());
  std::pmr::vector<std::string_view> tokens(&memory);
  tokens.push_back(text);
  return tokens.size();
}
