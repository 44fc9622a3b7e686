// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Chunk {
  int cells = 0;
};
int stream(fa::HandleAllocator& chunks, int count) {
  fa::Handle<Chunk> previous;
  for (int i = 0; i < count; ++i) {
    const auto fresh = chunks.alloc<Chunk>();
    if (previous) chunks.free(previous);
    previous = fresh;
  }
  return chunks.resolve(previous)->cells;
}
