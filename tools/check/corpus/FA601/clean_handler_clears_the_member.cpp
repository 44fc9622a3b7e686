// SPDX-License-Identifier: MIT OR Apache-2.0
// The member is cleared by both ways.
#include <exception>
#include <framealloc/framealloc.hpp>
namespace fa = framealloc;
struct Document {
  int nodes;
};
void parse(Document& document);
class Loader {
 public:
  explicit Loader(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  void load() {
    alloc_.begin_frame();
    current_ = alloc_.frame_new<Document>(Document{1});
    try {
      parse(*current_);
      current_ = nullptr;
    } catch (const std::exception&) {
      current_ = nullptr;
    }
    alloc_.end_frame();
  }

 private:
  fa::SmartAlloc& alloc_;
  Document* current_ = nullptr;
};
