// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

std::span<int> decode(fa::ScratchPool& pool, int count) {
  fa::ScratchBorrow borrow = pool.borrow();
  std::span<int> out = borrow.alloc_slice<int>(static_cast<std::size_t>(count));
  out[0] = count;
  return out;
}
int play(fa::SmartAlloc& alloc) {
  fa::ScratchPool& pool = alloc.scratch_pool("audio");
  const auto samples = decode(pool, 4);
  return samples[0];  // expect: FA606
}
