// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

class Search {
 public:
  explicit Search(fa::SmartAlloc& alloc) : pool_(alloc.scratch_pool("search")) {}
  int attempt(int goal) {
    const fa::ScratchCheckpoint start = pool_.checkpoint();
    int* frontier = pool_.alloc<int>();
    *frontier = goal;
    pool_.rewind(start);
    return *frontier;  // expect: FA606
  }
  int careful(int goal) {
    const fa::ScratchCheckpoint start = pool_.checkpoint();
    int* frontier = pool_.alloc<int>();
    *frontier = goal;
    const int found = *frontier;
    pool_.rewind(start);
    return found;
  }

 private:
  fa::ScratchPool& pool_;
};
int use(Search& search) { return search.attempt(1) + search.careful(2); }
