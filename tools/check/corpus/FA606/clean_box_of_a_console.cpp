// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string>
#include <utility>

namespace fa = framealloc;

struct Message {
  std::string text;
};
std::size_t run(fa::SmartAlloc& alloc) {
  fa::FrameBox<Message> last;
  std::size_t total = 0;
  for (int i = 0; i < 3; ++i) {
    alloc.begin_frame();
    if (last != nullptr) total += 1000;
    last = alloc.frame_box<Message>();
    last->text = "hello";
    total += last->text.size();
    alloc.end_frame();
  }
  return last ? last->text.size() : total;
}
