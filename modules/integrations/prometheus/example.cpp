// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>
#include <framealloc/prometheus/collector.hpp>

#include <prometheus/exposer.h>
#include <prometheus/text_serializer.h>

#include <cstdio>
#include <memory>
#include <string_view>

namespace fa = framealloc;

int main(int argc, char** argv) {
  fa::SmartAlloc alloc(fa::AllocConfig().with_budgets());
  alloc.budgets()->register_tag_budget("game::physics", 1 << 20, 2 << 20);
  alloc.enable_lifecycle_tracking();  // for the durations of frames
  const auto metrics = std::make_shared<fa::prometheus::Collector>(alloc);

  for (int frame = 0; frame < 3; ++frame) {
    const fa::ScopedFrame scope = alloc.scoped_frame();
    const fa::TagScope tag = alloc.tag_scope("game::physics");
    (void)alloc.frame_alloc_batch<float>(1000);
    alloc.pool_free(alloc.pool_alloc<double>());
  }

  if (argc > 1 && std::string_view(argv[1]) == "--print") {
    std::fputs(prometheus::TextSerializer().Serialize(metrics->Collect()).c_str(), stdout);
    return 0;
  }
  prometheus::Exposer exposer(
      "127.0.0.1:9464");  // its threads answer http://127.0.0.1:9464/metrics
  exposer.RegisterCollectable(metrics);
  std::puts("Enter ends it");
  (void)std::getchar();
}
