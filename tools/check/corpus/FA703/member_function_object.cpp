// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <utility>

namespace fa = framealloc;

class Button {
 public:
  void on_click(std::function<void()> call) { call_ = std::move(call); }

 private:
  std::function<void()> call_;
};
void use(const char* text);
void run(fa::SmartAlloc& alloc, Button& button) {
  const auto frame = alloc.scoped_frame();
  fa::FrameString label = alloc.frame_string(8);
  label.append("ok");
  const char* text = label.c_str();
  button.on_click([text] { use(text); });  // expect: FA703
}
