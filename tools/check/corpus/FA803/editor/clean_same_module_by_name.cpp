// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../tools/shared/buffer.hpp"

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  char* buffer = editor_buffer(alloc);
  buffer[0] = 'x';
  alloc.heap_free(buffer);
}
