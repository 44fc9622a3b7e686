// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string_view>
#include <utility>
#include <vector>

namespace fa = framealloc;

struct Clip {
  int samples = 0;
};
class Audio {
 public:
  explicit Audio(fa::SmartAlloc& alloc) : alloc_(alloc) {
    if (fa::BudgetManager* budgets = alloc.budgets()) {
      budgets->register_tag_budget("render", 1 << 20, 1 << 21);
      budgets->register_tag_budget("physics", 1 << 20, 1 << 21);
    }
  }
  void load(int samples) {
    alloc_.with_tag("audio", [&] {  // expect: FA302
      auto clip = alloc_.heap_box<Clip>();
      clip->samples = samples;
      clips_.push_back(std::move(clip));
    });
  }
  std::size_t size() const { return clips_.size(); }

 private:
  fa::SmartAlloc& alloc_;
  std::vector<fa::HeapBox<Clip>> clips_;
};
std::size_t use(Audio& audio) {
  audio.load(3);
  return audio.size();
}
