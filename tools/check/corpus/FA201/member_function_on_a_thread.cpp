// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string>
#include <thread>

namespace fa = framealloc;

class Writer {
 public:
  void write(const char* text, std::size_t size) { log_.append(text, size); }
  void start(fa::SmartAlloc& alloc) {
    auto line = alloc.frame_string(64);
    line.append("frame");
    thread_ = std::thread(&Writer::write, this, line.data(), line.size());  // expect: FA201
    alloc.end_frame();
  }
  void stop() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::string log_;
  std::thread thread_;
};
void use(Writer& writer, fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  writer.start(alloc);
  writer.stop();
}
