// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstring>
#include <string>
#include <vector>

namespace fa = framealloc;

std::vector<char> save(fa::SmartAlloc& alloc, std::size_t size) {
  std::vector<char> file(size);
  std::string name;
  {
    const auto frame = alloc.scoped_frame();
    char* bytes = static_cast<char*>(alloc.frame_alloc_layout(size, 16));
    if (bytes == nullptr) return {};
    std::memset(bytes, 7, size);
    std::memcpy(file.data(), bytes, size);
    auto text = alloc.frame_string(16);
    text.append("slot");
    name.assign(text.begin(), text.end());
  }
  file.insert(file.end(), name.begin(), name.end());
  return file;
}
