// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>
#include <utility>

namespace fa = framealloc;

void save(const char* text, std::size_t size);
void autosave(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  auto text = alloc.frame_string(256);
  text.append("state");
  std::thread([data = text.data(), size = text.size()] { save(data, size); })  // expect: FA201
      .detach();
}
