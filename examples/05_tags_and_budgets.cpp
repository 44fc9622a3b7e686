// SPDX-License-Identifier: MIT OR Apache-2.0
// Tags name the owner of memory, budgets limit it. A hard limit denies: the call returns null, the
// report names the tag and the largest holder under it, and nothing else is affected.
#include <framealloc/framealloc.hpp>

#include <cstdio>
#include <string>

namespace fa = framealloc;
using namespace fa::literals;

namespace {

struct Particle {
  float position[3], velocity[3];
};

}  // namespace

int main() {
  int denials = 0;
  fa::SmartAlloc alloc(fa::AllocConfig{.enable_budgets = true});
  alloc.add_sink([&](const fa::Report& report) {
    if (report.code == fa::Code::FA311) ++denials;
  });
  alloc.budgets()->register_tag_budget("game::particles", 48_KiB, 64_KiB);  // soft, hard

  alloc.begin_frame();
  alloc.with_tag("game", [&] {
    alloc.with_tag("physics", [&] { (void)alloc.frame_alloc_batch<Particle>(500); });
    alloc.with_tag("particles", [&] {
      std::printf("inside %s\n", alloc.tag_path().c_str());
      Particle* const some = alloc.frame_alloc_batch<Particle>(2000);  // 48,000 bytes: granted
      Particle* const more = alloc.frame_alloc_batch<Particle>(2000);  // would be 96,000: denied
      std::printf("first batch: %s, second batch: %s\n", some != nullptr ? "granted" : "denied",
                  more != nullptr ? "granted" : "denied");
    });
  });
  for (const char* path : {"game::physics", "game::particles"}) {
    std::printf("%s holds %zu bytes of frame memory\n", path, alloc.tag_stats(path).frame_bytes);
  }
  alloc.end_frame();

  std::printf("reports: %s\n", denials > 0 ? "the denial was told" : "none");
  std::printf("after the frame: %zu bytes\n", alloc.tag_stats("game").subtree_bytes);
  return denials > 0 ? 0 : 1;
}
