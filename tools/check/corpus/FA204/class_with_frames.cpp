// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

class Engine {
 public:
  Engine() {
    alloc_.configure_deferred(fa::DeferredConfig::explicit_only());  // expect: FA204
  }
  void begin() { alloc_.begin_frame(); }
  void end() { alloc_.end_frame(); }

 private:
  fa::SmartAlloc alloc_;
};
