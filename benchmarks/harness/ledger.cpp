// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ledger.hpp"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

namespace bench {

namespace {

bool holds(std::uintptr_t address, std::uint64_t value) {
  std::uint64_t seen = 0;
  std::memcpy(&seen, reinterpret_cast<const void*>(address), sizeof seen);
  return seen == value;
}

}  // namespace

void Ledger::fail(std::string what) {
  if (failure_.empty()) failure_ = std::move(what);
}

void Ledger::made(void* p, std::size_t size, std::size_t alignment, std::uint64_t value) {
  ++objects_;
  held(p, size, alignment, value);
}

void Ledger::held(void* p, std::size_t size, std::size_t alignment, std::uint64_t value) {
  const auto address = reinterpret_cast<std::uintptr_t>(p);
  if (p == nullptr) return fail("a null block");
  if (guarantee_ == Guarantee::Distinct && address % alignment != 0) {
    return fail("a block of " + std::to_string(size) + " bytes is not aligned to " +
                std::to_string(alignment));
  }
  if (!live_.insert({address, {size, value}}).second) return fail("a live block came again");
  if (!holds(address, value)) fail("the eight bytes were not written");
}

void Ledger::gave_back(void* p) {
  const auto found = live_.find(reinterpret_cast<std::uintptr_t>(p));
  if (found == live_.end()) return fail("a block came back that is not live");
  if (!holds(found->first, found->second.value)) fail("a block changed before it came back");
  live_.erase(found);
}

void Ledger::at_peak() {
  std::vector<std::pair<std::uintptr_t, Block>> blocks(live_.begin(), live_.end());
  std::sort(blocks.begin(), blocks.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto& [address, block] = blocks[i];
    if (i + 1 < blocks.size() && address + block.size > blocks[i + 1].first) {
      return fail("two live blocks overlap");
    }
    if (!holds(address, block.value)) return fail("a live block changed");
  }
}

void Ledger::round_over(bool resets_all) {
  if (!resets_all && !live_.empty()) {
    fail(std::to_string(live_.size()) + " blocks were not given back inside the round");
  }
  live_.clear();
}

}  // namespace bench
