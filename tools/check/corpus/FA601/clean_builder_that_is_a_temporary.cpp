// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string>

namespace fa = framealloc;

class Query {
 public:
  explicit Query(fa::SmartAlloc& alloc) : text_(alloc.frame_string(64)) {}
  Query& where(const char* clause) {
    text_.append(clause);
    return *this;
  }
  std::string str() const { return std::string(text_.view()); }

 private:
  fa::FrameString text_;
};
std::string g_last;
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  g_last = Query(alloc).where("a").where("b").str();
}
