// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <utility>

namespace fa = framealloc;

struct Config {
  int volume = 5;
};
class Settings {
 public:
  void apply(std::shared_ptr<const Config> config) { current_ = std::move(config); }
  int volume() const { return current_ ? current_->volume : 0; }

 private:
  std::shared_ptr<const Config> current_;
};
int edit(fa::SmartAlloc& alloc) {
  Settings settings;
  alloc.begin_frame();
  const Config* draft = alloc.frame_new<Config>(Config{9});
  settings.apply(std::shared_ptr<const Config>(draft, [](const Config*) {}));
  alloc.end_frame();
  return settings.volume();  // expect: FA606
}
