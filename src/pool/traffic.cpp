// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/pool/traffic.hpp>

#include <framealloc/pool/pool_thread.hpp>

namespace framealloc::detail {

void PoolShared::visit_traffic(TrafficVisitor& visitor) const noexcept {
  const PoolThread* const threads = threads_.load(std::memory_order_acquire);
  const std::size_t tags = tags_.size();
  const auto visit = [&](const ThreadLedger& ledger) {
    for (std::size_t i = 0; i < tags; ++i) {
      const auto tag = static_cast<TagId>(static_cast<std::uint16_t>(i));
      const TagCounters* const counters = ledger.find(tag);
      if (counters != nullptr) {
        visitor.on_ledger(tag, *counters);
      } else {
        i |= ThreadLedger::kBlock - 1;  // nor has it the rest of the block
      }
    }
  };
  visit(strays_);
  for (const PoolThread* thread = threads; thread != nullptr; thread = thread->next_) {
    visit(thread->ledger_);
  }
  for (const PoolThread* thread = threads; thread != nullptr; thread = thread->next_) {
    const PoolTable* table = thread->tables_.load(std::memory_order_acquire);
    for (; table != nullptr; table = table->next) visitor.on_table(*table);
  }
}

}  // namespace framealloc::detail
