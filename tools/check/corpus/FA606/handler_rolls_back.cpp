// SPDX-License-Identifier: MIT OR Apache-2.0
// Parsing may throw; the handler takes the memory back, and what was made in it is read.
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
  }
  return document->nodes;  // expect: FA606
}
