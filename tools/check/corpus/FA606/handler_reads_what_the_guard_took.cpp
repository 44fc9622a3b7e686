// SPDX-License-Identifier: MIT OR Apache-2.0
// The guard in the try block is gone when the handler runs.
#include <exception>
#include <framealloc/framealloc.hpp>
namespace fa = framealloc;
struct Document {
  int nodes;
};
void parse(Document& document);
int load(fa::SmartAlloc& alloc) {
  Document* document = nullptr;
  try {
    auto frame = alloc.scoped_frame();
    document = alloc.frame_new<Document>(Document{1});
    parse(*document);
    return document->nodes;
  } catch (const std::exception&) {
    return -document->nodes;  // expect: FA606
  }
}
