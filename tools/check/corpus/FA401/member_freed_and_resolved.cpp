// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
class Squad {
 public:
  bool retire(fa::HandleAllocator& handles) {
    handles.free(leader_);
    return handles.resolve_mut(leader_) != nullptr;  // expect: FA401
  }

 private:
  fa::Handle<Unit> leader_;
};
