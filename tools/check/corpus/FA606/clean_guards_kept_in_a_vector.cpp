// SPDX-License-Identifier: MIT OR Apache-2.0
// A guard that is moved into a vector ends the frame there.
#include <framealloc/framealloc.hpp>
#include <functional>
#include <memory>
#include <utility>
#include <vector>
namespace fa = framealloc;
using Cleanup = std::unique_ptr<void, std::function<void(void*)>>;
int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  int* number = alloc.frame_new<int>(3);
  std::vector<Cleanup> cleanups;
  {
    Cleanup end(&alloc, [](void* of) { static_cast<fa::SmartAlloc*>(of)->end_frame(); });
    cleanups.push_back(std::move(end));
  }
  return *number;
}
