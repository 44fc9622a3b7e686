// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace fa = framealloc;

void write(const std::string& line);
class Logger {
 public:
  Logger() : thread_([this] { run(); }) {}
  ~Logger() {
    stop();
    thread_.join();
  }
  void log(std::string_view line) {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(line);
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }

 private:
  void run() {
    for (;;) {
      const std::lock_guard lock(mutex_);
      for (const std::string& line : lines_) write(line);
      lines_.clear();
      if (stop_) return;
    }
  }
  std::mutex mutex_;
  std::deque<std::string> lines_;
  bool stop_ = false;
  std::thread thread_;
};
void frame(fa::SmartAlloc& alloc, Logger& logger) {
  alloc.begin_frame();
  auto line = alloc.frame_string(32);
  line.append("text");
  logger.log(std::string_view(line.data(), line.size()));
  alloc.end_frame();
}
