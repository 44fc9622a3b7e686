// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <array>

namespace fa = framealloc;

struct Context {
  fa::SmartAlloc* alloc = nullptr;
  int* data = nullptr;
};
using Step = void (*)(Context&);
void begin(Context& context) {
  context.alloc->begin_frame();
  context.data = context.alloc->frame_alloc_batch<int>(4);
}
void finish(Context& context) { context.alloc->end_frame(); }
constexpr Step kEnd[] = {finish};
int run(fa::SmartAlloc& alloc) {
  Context context{&alloc};
  begin(context);
  for (const Step step : kEnd) step(context);
  return context.data[0];  // expect: FA606
}
