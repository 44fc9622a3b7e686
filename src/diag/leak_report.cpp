// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/diag/leak_report.hpp>

#include <framealloc/base/text.hpp>
#include <framealloc/thread/instance.hpp>

#include <algorithm>
#include <cstring>

namespace framealloc {

namespace {

using detail::Instance;
using detail::LiveBlock;

// Groups live blocks in memory that was there before; what does not fit is summed up in one group.
struct Grouping {
  struct Group {
    LiveBlock first;
    std::uint64_t count = 0;
    std::size_t bytes = 0;
  };
  static constexpr std::size_t kMaxGroups = 512;
  Group groups[kMaxGroups];
  std::size_t size = 0;
  std::uint64_t other_count = 0;
  std::size_t other_bytes = 0;

  static bool same_text(const char* a, const char* b) noexcept {
    return a == b || std::strcmp(a, b) == 0;
  }
  static bool same(const LiveBlock& a, const LiveBlock& b) noexcept {
    return a.kind == b.kind && a.tag == b.tag && a.site.line == b.site.line &&
           same_text(a.site.file, b.site.file) &&
           (a.site.known() || same_text(a.site.function, b.site.function));
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
    if (size == kMaxGroups) {
      ++other_count;
      other_bytes += block.size;
      return;
    }
    groups[size++] = Group{block, 1, block.size};
  }
  static void visit(const LiveBlock& block, void* self) {
    static_cast<Grouping*>(self)->add(block);
  }
  void collect(Instance& instance) noexcept {
    instance.pools().for_each_live(&visit, this);
    instance.heap().for_each_live(&visit, this);
    std::sort(groups, groups + size,
              [](const Group& a, const Group& b) { return a.bytes > b.bytes; });
  }
};

std::string_view kind_name(AllocKind kind) noexcept {
  return kind == AllocKind::Heap ? "heap" : "pool";
}

void add_group(LeakReport& report, LeakGroup group) {
  report.total_bytes += group.bytes;
  report.total_count += group.count;
  report.groups.push_back(std::move(group));
}

}  // namespace

LeakReport make_leak_report(Instance& instance) {
  LeakReport report;
  report.frame = instance.frame_number();
  if (!instance.pools().checked()) {
    for (std::size_t i = 0; i < instance.tags().size(); ++i) {
      const auto tag = static_cast<TagId>(i);
      const detail::PoolTotals totals = instance.pools().totals(tag);
      const std::string path(instance.tags().path(tag).view());
      if (totals.pool_bytes != 0) {
        add_group(report, {path, AllocKind::Pool, {}, 0, totals.pool_bytes, 0});
      }
      if (totals.heap_bytes != 0) {
        add_group(report, {path, AllocKind::Heap, {}, 0, totals.heap_bytes, 0});
      }
    }
    std::sort(report.groups.begin(), report.groups.end(),
              [](const LeakGroup& a, const LeakGroup& b) { return a.bytes > b.bytes; });
    return report;
  }
  auto* grouping = instance.metadata().create<Grouping>();
  if (grouping == nullptr) return report;
  grouping->collect(instance);
  for (std::size_t i = 0; i < grouping->size; ++i) {
    const Grouping::Group& group = grouping->groups[i];
    add_group(report, {std::string(instance.tags().path(group.first.tag).view()), group.first.kind,
                       group.first.site, group.count, group.bytes, group.first.frame});
  }
  if (grouping->other_count != 0) {
    add_group(
        report,
        {"(other places)", AllocKind::Pool, {}, grouping->other_count, grouping->other_bytes, 0});
  }
  instance.metadata().destroy(grouping);
  return report;
}

std::string LeakReport::to_string() const {
  std::string out;
  for (const LeakGroup& group : groups) {
    Text<512> line;
    line.append_bytes(group.bytes).append(" in ").append(group.count).append(" ");
    line.append(kind_name(group.kind)).append(" blocks, tag '");
    line.append(group.tag).append("'");
    if (group.site.known()) {
      line.append(", allocated at ").append(group.site.file).append(":").append(group.site.line);
    } else if (group.site.function[0] != '\0') {
      line.append(", allocated by ").append(group.site.function);
    }
    if (group.count != 0) {
      line.append(", up to ").append(frame - group.oldest_frame).append(" frames ago");
    }
    out.append(line.view()).push_back('\n');
  }
  return out;
}

namespace detail {

void report_leaks(Instance& instance) noexcept {
  auto* grouping = instance.metadata().create<Grouping>();
  if (grouping == nullptr) return;
  grouping->collect(instance);
  for (std::size_t i = 0; i < grouping->size; ++i) {
    const Grouping::Group& group = grouping->groups[i];
    Text<256> message;
    message.append(group.count).append(" ").append(kind_name(group.first.kind));
    message.append(" blocks, ").append_bytes(group.bytes).append(", the oldest ");
    message.append(instance.frame_number() - group.first.frame).append(" frames old");
    instance.report(Code::FA007, message.view(), group.first.tag, group.bytes, 0, group.first.site,
                    group.first.address);
  }
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
