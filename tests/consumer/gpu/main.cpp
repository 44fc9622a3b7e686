// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/gpu.hpp>

#include <cstdio>

int main() {
  framealloc::gpu::OffsetRing ring(1024);
  const std::uint64_t first = ring.allocate(1000);
  ring.close(1);
  ring.release(1);
  if (first == 0 && ring.used() == 0) {
    std::puts("consumer: the component gpu works");
    return 0;
  }
  std::fputs("consumer: the ring of the component gpu does not let go\n", stderr);
  return 1;
}
