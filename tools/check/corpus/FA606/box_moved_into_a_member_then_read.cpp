// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string>
#include <utility>

namespace fa = framealloc;

struct Message {
  std::string text;
};
class Console {
 public:
  void show(fa::FrameBox<Message> message) { last_ = std::move(message); }
  std::size_t length() const { return last_ ? last_->text.size() : 0; }
  void clear() { last_ = {}; }

 private:
  fa::FrameBox<Message> last_;
};
std::size_t run(fa::SmartAlloc& alloc) {
  Console console;
  alloc.begin_frame();
  auto message = alloc.frame_box<Message>();
  message->text = "hello";
  const Message& shown = *message;
  console.show(std::move(message));
  const std::size_t during = console.length();
  console.clear();
  alloc.end_frame();
  return during + shown.text.size();  // expect: FA606
}
