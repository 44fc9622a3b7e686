// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/leak_report.hpp>

#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/text.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace framealloc {

namespace {

using detail::Instance;
using detail::LiveBlock;
using detail::SharedLedger;

constexpr std::string_view kPool = "pool";
constexpr std::string_view kHeap = "heap";

// Groups what is in use in memory that was there before; what does not fit is summed up in one
// group.
struct Grouping {
  struct Group {
    LiveBlock first;  // with the frame of the oldest
    std::string_view part;
    std::uint64_t count = 0;
    std::size_t bytes = 0;
    bool aged = false;  // whether the frame is known
  };
  static constexpr std::size_t kMaxGroups = 512;
  Group groups[kMaxGroups];
  std::size_t size = 0;
  std::uint64_t visited = 0;  // blocks that were seen one by one
  std::uint64_t other_count = 0;
  std::size_t other_bytes = 0;

  static bool same_text(const char* a, const char* b) noexcept {
    return a == b || std::strcmp(a, b) == 0;
  }
  static bool same(const LiveBlock& a, const LiveBlock& b) noexcept {
    return a.kind == b.kind && a.tag == b.tag && a.site.line == b.site.line &&
           same_text(a.site.file, b.site.file) && a.site.type_name() == b.site.type_name() &&
           (a.site.known() || same_text(a.site.function, b.site.function));
  }
  void add(const Group& one) noexcept {
    if (size == kMaxGroups) {
      other_count += one.count;
      other_bytes += one.bytes;
    } else {
      groups[size++] = one;
    }
  }
  void add(const LiveBlock& block) noexcept {
    for (std::size_t i = 0; i < size; ++i) {
      Group& group = groups[i];
      if (!same(group.first, block)) continue;
      ++group.count;
      group.bytes += block.size;
      group.first.frame = std::min(group.first.frame, block.frame);
      return;
    }
    add(Group{block, block.kind == AllocKind::Heap ? kHeap : kPool, 1, block.size, true});
  }
  static void visit(const LiveBlock& block, void* self) {
    ++static_cast<Grouping*>(self)->visited;
    static_cast<Grouping*>(self)->add(block);
  }
  // Bytes of one tag where single blocks are not known.
  void add_sum(TagId tag, AllocKind kind, std::string_view part, std::uint64_t count,
               std::size_t bytes) noexcept {
    if (bytes == 0) return;
    LiveBlock block;
    block.tag = tag;
    block.kind = kind;
    add(Group{block, part, count, bytes, false});
  }

  void collect_blocks(Instance& instance) noexcept {
    if (instance.pools().checked()) {
      instance.pools().for_each_live(&visit, this);
      instance.heap().for_each_live(&visit, this);
      return;
    }
    for (std::size_t i = 0; i < instance.tags().size(); ++i) {
      const auto tag = static_cast<TagId>(i);
      const detail::PoolTotals totals = instance.pools().totals(tag);
      add_sum(tag, AllocKind::Pool, kPool, 0, totals.pool_bytes);
      add_sum(tag, AllocKind::Heap, kHeap, 0, totals.heap_bytes);
    }
  }
  void collect_ledger(Instance& instance, const SharedLedger& ledger) noexcept {
    for (std::size_t i = 0; i < instance.tags().size(); ++i) {
      const auto tag = static_cast<TagId>(i);
      const detail::LedgerTotals totals = ledger.totals(&tag);
      add_sum(tag, AllocKind::Heap, ledger.part(), totals.allocations - totals.frees, totals.bytes);
    }
  }
  void collect(Instance& instance, bool leaks_only) noexcept {
    collect_blocks(instance);
    const SharedLedger* ledger = instance.first_ledger();
    for (; ledger != nullptr; ledger = ledger->next_ledger) {
      if (leaks_only && ledger->at_end() != SharedLedger::AtEnd::Leaks) continue;
      collect_ledger(instance, *ledger);
    }
    std::sort(groups, groups + size,
              [](const Group& a, const Group& b) { return a.bytes > b.bytes; });
  }
};

LeakGroup to_keep(const Instance& instance, const Grouping::Group& group) {
  LeakGroup kept;
  kept.tag = instance.tags().path(group.first.tag).view();
  kept.kind = group.first.kind;
  kept.part = group.part;
  kept.site = group.first.site;
  kept.type = group.first.site.type_name();
  kept.count = group.count;
  kept.bytes = group.bytes;
  kept.oldest_frame = group.first.frame;
  kept.aged = group.aged;
  return kept;
}

}  // namespace

LeakReport make_leak_report(Instance& instance) {
  LeakReport report;
  report.frame = instance.frame_number();
  auto* grouping = instance.metadata().create<Grouping>();
  if (grouping == nullptr) return report;
  grouping->collect(instance, false);
  report.groups.reserve(grouping->size + 1);
  for (std::size_t i = 0; i < grouping->size; ++i) {
    report.groups.push_back(to_keep(instance, grouping->groups[i]));
  }
  if (grouping->other_count != 0) {
    LeakGroup others;
    others.tag = "(other places)";
    others.part = kPool;
    others.count = grouping->other_count;
    others.bytes = grouping->other_bytes;
    report.groups.push_back(std::move(others));
  }
  instance.metadata().destroy(grouping);
  for (const LeakGroup& group : report.groups) {
    report.total_bytes += group.bytes;
    report.total_count += group.count;
  }
  return report;
}

namespace detail {
namespace {

void report_group(Instance& instance, const Grouping::Group& group) noexcept {
  Text<512> message;
  if (group.count != 0) message.append(group.count).append(" ");
  message.append(group.part).append(group.count == 1 ? " block" : " blocks");
  const std::string_view type = group.first.site.type_name();
  if (!type.empty()) message.append(" of type ").append(type);
  message.append(", ").append_bytes(group.bytes);
  if (group.aged) {
    message.append(", the oldest ").append(instance.frame_number() - group.first.frame);
    message.append(" frames old");
  }
  instance.report(Code::FA007, message.view(), group.first.tag, group.bytes, 0, group.first.site,
                  group.first.address);
}

// Every block that was counted in and not out is one that can be found, when nobody else is at
// work.
void check_ledger(Instance& instance, std::uint64_t found) noexcept {
  const PoolTotals totals = instance.pools().totals();
  const std::uint64_t counted = totals.allocations - totals.frees;
  if (counted == found) return;
  Text<256> message("the ledger counts ");
  message.append(totals.allocations).append(" allocations and ").append(totals.frees);
  message.append(" frees of pool and heap blocks, and ").append(found);
  message.append(" are in use; expected ").append(static_cast<std::int64_t>(counted));
  instance.report(Code::FA009, message);
}

}  // namespace

void report_leaks(Instance& instance) noexcept {
  auto* grouping = instance.metadata().create<Grouping>();
  if (grouping == nullptr) return;
  grouping->collect(instance, true);
  if (instance.pools().checked()) check_ledger(instance, grouping->visited);
  for (std::size_t i = 0; i < grouping->size; ++i) report_group(instance, grouping->groups[i]);
  if (grouping->other_count != 0) {
    Text<256> message;
    message.append(grouping->other_count).append(" blocks of further places, ");
    message.append_bytes(grouping->other_bytes);
    instance.report(Code::FA007, message.view(), TagId::Untagged, grouping->other_bytes);
  }
  instance.metadata().destroy(grouping);
}

}  // namespace detail
}  // namespace framealloc
