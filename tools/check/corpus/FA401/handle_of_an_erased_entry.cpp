// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <unordered_map>

namespace fa = framealloc;

struct Texture {
  int width = 0;
};
class Textures {
 public:
  explicit Textures(fa::SmartAlloc& alloc) : handles_(alloc.handles()) {}
  void evict(int id) {
    auto it = map_.find(id);
    if (it == map_.end()) return;
    const auto handle = it->second;
    map_.erase(it);
    handles_.free(handle);
    if (Texture* texture = handles_.resolve(handle)) texture->width = 0;  // expect: FA401
  }

 private:
  fa::HandleAllocator& handles_;
  std::unordered_map<int, fa::Handle<Texture>> map_;
};
void use(Textures& textures) { textures.evict(1); }
