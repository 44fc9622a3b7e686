// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

class System {
 public:
  void attach(fa::SmartAlloc& alloc) {
    alloc_ = &alloc;
    copy_ = alloc;
  }

 private:
  fa::SmartAlloc* alloc_ = nullptr;
  fa::SmartAlloc copy_;
};
