// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string>
#include <string_view>

namespace fa = framealloc;

class Logger {
 public:
  class Scope {
   public:
    explicit Scope(Logger& logger) : logger_(logger) { ++logger_.depth_; }
    ~Scope() { --logger_.depth_; }

   private:
    Logger& logger_;
  };
  Scope tag_scope(std::string_view tag) {
    last_ = std::string(tag);
    return Scope(*this);
  }

 private:
  std::string last_;
  int depth_ = 0;
};
void run(Logger& logger) { const auto scope = logger.tag_scope("no such tag"); }
