// SPDX-License-Identifier: MIT OR Apache-2.0
#include "block/gap_bins.hpp"

namespace framealloc::gpu::detail {

void GapBins::clear() noexcept {
  for (unsigned bin = next_used(0); bin != kClassCount; bin = next_used(bin + 1)) {
    lists_[bin] = nullptr;
  }
  words_.fill(0);
  summary_ = 0;
  count_ = 0;
}

bool GapBins::bits_agree(unsigned classes) const noexcept {
  for (unsigned bin = 0; bin < kWords * 64; ++bin) {
    const bool used = bin < classes && lists_[bin] != nullptr;
    if (((words_[bin / 64] >> (bin % 64)) & 1) != (used ? 1U : 0U)) return false;
  }
  for (unsigned word = 0; word < 32; ++word) {
    const bool used = word < kWords && words_[word] != 0;
    if (((summary_ >> word) & 1) != (used ? 1U : 0U)) return false;
  }
  return true;
}

}  // namespace framealloc::gpu::detail
