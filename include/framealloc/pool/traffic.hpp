// SPDX-License-Identifier: MIT OR Apache-2.0
// Reading every counter of pool and heap in one pass.
#pragma once

#include <framealloc/account/ledger.hpp>
#include <framealloc/base/ids.hpp>
#include <framealloc/pool/pool_table.hpp>

namespace framealloc::detail {

// Told every counter once, frees before what they are frees of: first the ledgers of all threads
// and of threads without a state, tag by tag, then the lists. So a block that somebody allocates
// and frees during the pass is at worst counted as still in use.
class TrafficVisitor {
 public:
  virtual void on_ledger(TagId tag, const TagCounters& counters) noexcept = 0;
  virtual void on_table(const PoolTable& table) noexcept = 0;

 protected:
  ~TrafficVisitor() = default;
};

}  // namespace framealloc::detail
