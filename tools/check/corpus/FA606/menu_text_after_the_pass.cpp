// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string_view>

namespace fa = framealloc;

void print(std::string_view text);
struct Screen {
  std::string_view title;
  std::string_view hint;
};
Screen compose(fa::SmartAlloc& alloc, int level) {
  auto title = alloc.frame_string(32);
  title.append("level ");
  title.push_back(static_cast<char>('0' + level));
  return {std::string_view(title.data(), title.size()), "press start"};
}
void show(fa::SmartAlloc& alloc) {
  Screen screen;
  {
    const auto frame = alloc.scoped_frame();
    screen = compose(alloc, 3);
    print(screen.title);
  }
  print(screen.hint);
  print(screen.title);  // expect: FA606
}
