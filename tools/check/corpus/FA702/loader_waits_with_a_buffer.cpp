// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

struct Read {
  char* into;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  int await_resume() const noexcept { return 4; }
};
Read read_file(char* into, int size);
void parse(const char* text, int size);
Task load(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  char* buffer = alloc.frame_alloc_batch<char>(256);
  const int size = co_await read_file(buffer, 256);  // expect: FA702
  parse(buffer, size);
}
