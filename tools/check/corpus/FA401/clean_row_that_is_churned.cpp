// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <vector>

namespace fa = framealloc;

struct Body {
  float x, y;
};

class Bodies {
 public:
  explicit Bodies(fa::SmartAlloc& alloc) : handles_(alloc.handles()) {
    for (auto& handle : row_) handle = handles_.alloc_raw<Body>();
    for (std::size_t i = 0; i < 4 * row_.size(); ++i) {
      auto& handle = row_[i * 7 % row_.size()];
      (void)handles_.free(handle);
      handle = handles_.alloc_raw<Body>();
    }
    for (std::size_t i = 0; i < row_.size(); ++i) {
      bodies_[i] = handles_.resolve(row_[i]);
      bodies_[i]->x = 1;
    }
  }

 private:
  fa::HandleAllocator& handles_;
  std::vector<fa::Handle<Body>> row_ = std::vector<fa::Handle<Body>>(64);
  std::vector<Body*> bodies_ = std::vector<Body*>(64);
};
void run(fa::SmartAlloc& alloc) { const Bodies bodies(alloc); }
