// SPDX-License-Identifier: MIT OR Apache-2.0
// The last thing in the block ends the frame; whatever throws does so before that.
#include <exception>
#include <framealloc/framealloc.hpp>
namespace fa = framealloc;
struct Report {
  int lines;
};
void print(const Report& report);
static void finish(fa::SmartAlloc& alloc) { alloc.end_frame(); }
int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  Report* report = alloc.frame_new<Report>(Report{3});
  try {
    print(*report);
    finish(alloc);
    return 0;
  } catch (const std::exception&) {
    const int lines = report->lines;
    alloc.end_frame();
    return lines;
  }
}
