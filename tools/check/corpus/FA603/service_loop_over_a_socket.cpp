// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>

namespace fa = framealloc;

int accept_connection();
bool respond(int connection, const char* text, std::size_t size);

int main() {
  fa::SmartAlloc alloc = fa::SmartAlloc::with_defaults();
  int served = 0;
  while (true) {  // expect: FA603
    const int connection = accept_connection();
    if (connection < 0) break;
    auto reply = alloc.frame_string(128);
    reply.append("HTTP/1.1 200 OK\r\n");
    if (respond(connection, reply.data(), reply.size())) ++served;
  }
  return served;
}
