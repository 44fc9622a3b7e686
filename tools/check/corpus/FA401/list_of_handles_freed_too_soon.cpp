// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Link {
  fa::Handle<Link> next;
};
int release(fa::HandleAllocator& links, fa::Handle<Link> first) {
  int count = 0;
  while (first) {
    links.free(first);
    first = links.resolve(first)->next;  // expect: FA401
    ++count;
  }
  return count;
}
