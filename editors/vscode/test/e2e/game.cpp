// SPDX-License-Identifier: MIT OR Apache-2.0
#include <cstdio>
struct Memory {
  template <class F>
  void with_tag(const char* tag, F&& f) {
    (void)tag;
    f();
  }
};

void step(Memory& memory, float dt) {
  memory.with_tag("physics", [&] { std::printf("%f\n", dt); });
}

void draw(Memory& memory) {
  memory.with_tag("render", [&] { std::puts("render"); });
  memory.with_tag("hud", [&] { std::puts("hud"); });
}

int main() {
  Memory memory;
  step(memory, 0.016f);
  draw(memory);
}
