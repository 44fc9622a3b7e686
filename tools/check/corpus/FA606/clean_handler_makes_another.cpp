// SPDX-License-Identifier: MIT OR Apache-2.0
// The handler takes the memory back and makes other memory.
#include <framealloc/framealloc.hpp>
#include <stdexcept>
namespace fa = framealloc;
struct Document {
  int nodes;
};
void parse(Document& document);
int load(fa::SmartAlloc& alloc) {
  auto frame = alloc.scoped_frame();
  Document* document = nullptr;
  const auto start = alloc.frame_checkpoint();
  try {
    document = alloc.frame_new<Document>(Document{1});
    parse(*document);
  } catch (const std::runtime_error&) {
    (void)alloc.rollback_to(start);
    document = alloc.frame_new<Document>(Document{0});
  }
  return document->nodes;
}
