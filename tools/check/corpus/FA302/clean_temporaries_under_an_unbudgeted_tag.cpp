// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <utility>
#include <vector>

namespace fa = framealloc;

struct Clip {
  int samples = 0;
};
class Audio {
 public:
  explicit Audio(fa::SmartAlloc& alloc) : alloc_(alloc) {
    alloc.budgets()->register_tag_budget("audio", 1 << 20, 1 << 21);
  }
  int measure() {
    return alloc_.with_tag("measure", [&] {
      std::vector<fa::HeapBox<Clip>> probes;
      probes.push_back(alloc_.heap_box<Clip>());
      return probes.front()->samples;
    });
  }
  void load() {
    const auto tag = alloc_.tag_scope("audio::music");
    clips_.push_back(alloc_.heap_box<Clip>());
  }

 private:
  fa::SmartAlloc& alloc_;
  std::vector<fa::HeapBox<Clip>> clips_;
};
int use(Audio& audio) {
  audio.load();
  return audio.measure();
}
