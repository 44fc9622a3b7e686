// SPDX-License-Identifier: MIT OR Apache-2.0
// An allocator of offsets under test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace bench {

/// One operation of a workload: frees what the slot holds, then, if the size is not 0, fills it.
struct Step {
  std::uint32_t slot;
  std::uint32_t size;
};

/// What is the same for every peer.
struct Workload {
  std::string_view name;
  std::uint64_t range;  ///< units of the whole
  std::uint32_t alignment;
  std::uint32_t slots;
  std::vector<Step> fill;  ///< before the clock starts
  std::vector<Step> steps;
  std::size_t pairs;  ///< allocations in `steps`, each of which is freed in it
};

/// What a run did; two peers that did the same work say the same.
struct Work {
  std::uint64_t allocations = 0;
  std::uint64_t frees = 0;
  std::uint64_t units = 0;
  friend bool operator==(const Work&, const Work&) = default;
};

class Peer {
 public:
  virtual ~Peer() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// Effect: an empty range and empty slots, for the workload.
  virtual void prepare(const Workload& workload) = 0;
  /// Effect: the steps, as fast as they go.
  virtual void run(const std::vector<Step>& steps) = 0;
  /// Effect: the steps, counted; every range is held against all that live.
  /// Failure: what went wrong is printed, and the program ends.
  virtual Work check(const std::vector<Step>& steps) = 0;
};

std::unique_ptr<Peer> make_ours();
std::unique_ptr<Peer> make_vma();
std::unique_ptr<Peer> make_offset_allocator();

}  // namespace bench
