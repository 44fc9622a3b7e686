// SPDX-License-Identifier: MIT OR Apache-2.0
// The request lists of the workloads whose sizes are known only at run time. Generated once from a
// fixed seed: the same on every machine and for every peer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace bench {

struct Request {
  std::uint32_t size;
  std::uint32_t alignment;
};

// 1000 requests of 8 to 512 bytes, aligned to 8, 16 or 32.
[[nodiscard]] std::span<const Request> mixed_requests();
// A physics step: 800 requests of 16 to 512 bytes, 95 KiB together, aligned to 16.
[[nodiscard]] std::span<const Request> physics_requests();
// A user interface: 200 requests of 16 to 512 bytes, 32 KiB together, aligned to 16.
[[nodiscard]] std::span<const Request> ui_requests();

// 8192 slots below 1000, for the churn workload.
[[nodiscard]] std::span<const std::uint16_t> churn_slots();

}  // namespace bench
