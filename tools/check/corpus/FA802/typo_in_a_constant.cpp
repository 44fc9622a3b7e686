// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

enum class System { Ui, Physics };
constexpr const char* tag_of(System system) { return system == System::Ui ? "ui" : "phisics"; }
void run(fa::SmartAlloc& alloc) {
  alloc.with_tag(tag_of(System::Ui), [&] { (void)alloc.frame_alloc<int>(); });
  constexpr const char* kTag = tag_of(System::Physics);
  alloc.with_tag(kTag, [&] { (void)alloc.frame_alloc<int>(); });  // expect: FA802
}
