// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>

namespace fa = framealloc;

int accept_connection();
bool respond(int connection, const char* text, std::size_t size);

class Server {
 public:
  int run() {
    int served = 0;
    for (int connection = accept_connection(); connection >= 0; connection = accept_connection()) {
      served += serve(connection) ? 1 : 0;
    }
    return served;
  }

 private:
  bool serve(int connection) {
    const auto frame = alloc_.scoped_frame();
    auto reply = alloc_.frame_string(128);
    reply.append("HTTP/1.1 200 OK\r\n");
    return respond(connection, reply.data(), reply.size());
  }
  fa::SmartAlloc alloc_;
};
int main() {
  Server server;
  return server.run();
}
