// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

namespace fa = framealloc;

std::size_t lex(fa::SmartAlloc& alloc, std::string_view text) {
  std::span<std::byte> buffer;
  {
    const auto frame = alloc.scoped_frame();
    buffer = alloc.frame_slice<std::byte>(4096).span();
  }
  std::pmr::monotonic_buffer_resource memory(buffer.data(), buffer.size());  // expect: FA606
  std::pmr::vector<std::string_view> tokens(&memory);
  tokens.push_back(text);
  return tokens.size();
}
