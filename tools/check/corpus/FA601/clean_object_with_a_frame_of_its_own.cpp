// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

class Request {
 public:
  explicit Request(fa::SmartAlloc& alloc)
      : frame_(alloc.scoped_frame()), body_(alloc.frame_slice<char>(64)) {}
  char first() const { return body_[0]; }

 private:
  fa::ScopedFrame frame_;
  std::span<char> body_;
};
char handle(fa::SmartAlloc& alloc) {
  const Request request(alloc);
  return request.first();
}
