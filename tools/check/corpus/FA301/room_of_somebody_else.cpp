// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

class Inbox {
 public:
  std::size_t remaining() const;
};
struct Spark {
  Spark* next = nullptr;
};
bool run(fa::SmartAlloc& alloc, const Inbox& inbox) {
  const auto frame = alloc.scoped_frame();
  Spark* sparks = nullptr;
  while (inbox.remaining() != 0) {  // expect: FA301
    Spark* spark = alloc.frame_new<Spark>();
    spark->next = sparks;
    sparks = spark;
  }
  return sparks != nullptr;
}
