// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <array>
#include <cstddef>

namespace fa = framealloc;

class Menu {
 public:
  explicit Menu(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  int run(std::size_t key) {
    using Action = void (Menu::*)();
    static constexpr std::array<Action, 2> kActions{&Menu::next, &Menu::back};
    alloc_.begin_frame();
    int* chosen = alloc_.frame_alloc<int>();
    *chosen = 7;
    (this->*kActions[key])();
    const int result = *chosen;
    close();
    return result;
  }

 private:
  void next() { ++row_; }
  void back() { --row_; }
  void close() { alloc_.end_frame(); }
  fa::SmartAlloc& alloc_;
  int row_ = 0;
};
