// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Spark {
  Spark* next = nullptr;
};
int run(fa::SmartAlloc& alloc, std::size_t reserve) {
  const auto frame = alloc.scoped_frame();
  Spark* sparks = nullptr;
  int count = 0;
  while (alloc.frame_remaining() >= reserve + sizeof(Spark)) {
    Spark* spark = alloc.frame_new<Spark>();
    spark->next = sparks;
    sparks = spark;
    ++count;
  }
  return count;
}
