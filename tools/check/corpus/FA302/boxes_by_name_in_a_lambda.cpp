// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string>
#include <unordered_map>

namespace fa = framealloc;

struct Sound {
  float gain = 1;
};
class AudioCache {
 public:
  explicit AudioCache(fa::SmartAlloc alloc) : alloc_(alloc) {
    alloc_.budgets()->register_tag_budget("textures", 1 << 20, 2 << 20);
  }
  Sound& find(const std::string& name) {
    auto it = sounds_.find(name);
    if (it == sounds_.end()) {
      alloc_.with_tag("audio", [&] {  // expect: FA302
        it = sounds_.emplace(name, alloc_.heap_box<Sound>()).first;
      });
    }
    return *it->second;
  }

 private:
  fa::SmartAlloc alloc_;
  std::unordered_map<std::string, fa::HeapBox<Sound>> sounds_;
};
void use(AudioCache& cache) { cache.find("step").gain = 0; }
