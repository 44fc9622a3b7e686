// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>

namespace fa = framealloc;

struct Frame {
  const char* text = nullptr;
};
struct Stack {
  std::unique_ptr<Frame> top;
};
void push(fa::SmartAlloc& alloc, Stack& stack) {
  const auto frame = alloc.scoped_frame();
  char* text = alloc.frame_alloc_batch<char>(8);
  text[0] = 0;
  auto next = std::make_unique<Frame>();
  next->text = text;  // expect: FA601
  stack.top = std::move(next);
}
