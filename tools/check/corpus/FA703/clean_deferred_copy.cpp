// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/annotations.hpp>
#include <framealloc/framealloc.hpp>

#include <functional>
#include <string>

namespace fa = framealloc;

namespace engine {
void defer(FRAMEALLOC_DEFERRED std::function<void()> work);
}
void use(const std::string& text);
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  fa::FrameString label = alloc.frame_string(8);
  label.append("ok");
  engine::defer([text = std::string(label.view())] { use(text); });
}
