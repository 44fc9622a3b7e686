// SPDX-License-Identifier: MIT OR Apache-2.0
// The loop that each peer runs, compiled with its calls in place.
#pragma once

#include "peer.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>

namespace bench {

/// `Allocator` has: Slot, with a default value for an empty one; prepare(const Workload&);
/// bool allocate(Slot&, size, alignment); void free(Slot&); static uint64_t offset(const Slot&);
/// kName.
template <class Allocator>
class TypedPeer final : public Peer {
 public:
  [[nodiscard]] std::string_view name() const override { return Allocator::kName; }

  void prepare(const Workload& workload) override {
    allocator_.emplace(workload);
    slots_.assign(workload.slots, {});
    filled_.assign(workload.slots, 0);
    alignment_ = workload.alignment;
    run(workload.fill);
  }

  void run(const std::vector<Step>& steps) override {
    for (const Step step : steps) {
      auto& slot = slots_[step.slot];
      if (filled_[step.slot] != 0) allocator_->free(slot);
      filled_[step.slot] = step.size != 0 ? 1 : 0;
      if (step.size != 0 && !allocator_->allocate(slot, step.size, alignment_)) [[unlikely]]
        fail("denied a request", step, 0);
    }
  }

  Work check(const std::vector<Step>& steps) override {
    Work work;
    std::map<std::uint64_t, std::uint64_t> live;
    for (const Step step : steps) {
      auto& slot = slots_[step.slot];
      if (filled_[step.slot] != 0) {
        live.erase(Allocator::offset(slot));
        allocator_->free(slot);
        ++work.frees;
      }
      filled_[step.slot] = step.size != 0 ? 1 : 0;
      if (step.size == 0) continue;
      if (!allocator_->allocate(slot, step.size, alignment_)) fail("denied a request", step, 0);
      const std::uint64_t offset = Allocator::offset(slot);
      if (offset % alignment_ != 0 && Allocator::kAligns) fail("did not align", step, offset);
      const auto behind = live.lower_bound(offset);
      if (behind != live.end() && behind->first < offset + step.size)
        fail("overlaps the range behind", step, offset);
      if (behind != live.begin() && std::prev(behind)->first + std::prev(behind)->second > offset)
        fail("overlaps the range before", step, offset);
      live.emplace(offset, step.size);
      ++work.allocations;
      work.units += step.size;
    }
    return work;
  }

 private:
  [[noreturn]] void fail(const char* what, Step step, std::uint64_t offset) const {
    std::fprintf(stderr, "bench: %s %s: slot %u, %u units, offset %llu\n", Allocator::kName, what,
                 step.slot, step.size, static_cast<unsigned long long>(offset));
    std::exit(1);
  }

  std::optional<Allocator> allocator_;
  std::vector<typename Allocator::Slot> slots_;
  std::vector<std::uint8_t> filled_;
  std::uint32_t alignment_ = 1;
};

}  // namespace bench
