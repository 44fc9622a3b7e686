// SPDX-License-Identifier: MIT OR Apache-2.0
#include "allocator/device_dump.hpp"

#include "allocator/allocator_state.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace framealloc::gpu {
namespace detail {

namespace {

[[nodiscard]] std::string_view intent_name(GpuMemoryIntent intent) noexcept {
  switch (intent) {
    case GpuMemoryIntent::DeviceOnly:
      return "device-only";
    case GpuMemoryIntent::HostVisible:
      return "host-visible";
    case GpuMemoryIntent::HostCached:
      return "host-cached";
    case GpuMemoryIntent::Staging:
      return "staging";
    case GpuMemoryIntent::Readback:
      return "readback";
  }
  return "";
}

[[nodiscard]] DeviceRegionState state_of(TransientView::Kind kind) noexcept {
  switch (kind) {
    case TransientView::Kind::Used:
      return DeviceRegionState::Used;
    case TransientView::Kind::Retired:
      return DeviceRegionState::Retired;
    case TransientView::Kind::Padding:
      return DeviceRegionState::Padding;
    case TransientView::Kind::Block:
    case TransientView::Kind::Free:
      break;
  }
  return DeviceRegionState::Free;
}

}  // namespace

DeviceMap DeviceDump::look() {
  DeviceMap map;
  static_cast<void>(core_.retired.take_back_due());  // what counts as free is shown as free
  show_figures(map);
  collect_items();
  show_blocks(map);
  show_rings(map);
  show_dedicated(map);
  return map;
}

void DeviceDump::show_figures(DeviceMap& map) {
  map.device = std::string(core_.info().name);
  map.frame = core_.frame();
  const auto keep = [&](const auto& figures) {
    if constexpr (requires { figures.allocation_count; }) {
      map.totals = figures;
      map.totals.device = {};  // the device may be gone when the map is read
    } else if constexpr (requires { figures.reserved; }) {
      map.heaps.push_back(figures);
      map.heaps.back().device = {};
    } else if (figures.bytes != 0) {
      map.tags.push_back({std::string(figures.tag), figures.bytes});
    }
  };
  AllocatorState::of(core_).view.show(DeviceFigureVisitor(keep));
}

void DeviceDump::collect_items() {
  core_.records->visit([this](const BufferRecord& record) {
    // Of frame memory that the program has let go the page says as much.
    if (record.transient() && record.state.load(std::memory_order_relaxed) != RecordState::Live)
      return;
    Item item;
    item.memory = record.placement.memory.handle;
    item.offset = record.placement.offset;
    item.held = record.placement.held;
    item.size = record.size;
    item.type = record.placement.type;
    item.retired = record.state.load(std::memory_order_relaxed) == RecordState::Retired;
    item.alone = record.placement.block == nullptr;
    item.tag = record.tag;
    item.name = std::string(record.name_view());
    item.frame = record.born_frame;
    (record.transient() ? of_frames_ : items_).push_back(std::move(item));
  });
  for (std::vector<Item>* const items : {&items_, &of_frames_})
    std::sort(items->begin(), items->end(), [](const Item& a, const Item& b) {
      return std::tie(a.memory, a.offset) < std::tie(b.memory, b.offset);
    });
}

const DeviceDump::Item* DeviceDump::find(std::uint64_t memory, std::size_t offset) const {
  const auto at = std::lower_bound(
      items_.begin(), items_.end(), std::tie(memory, offset),
      [](const Item& item, const auto& key) { return std::tie(item.memory, item.offset) < key; });
  const bool found = at != items_.end() && at->memory == memory && at->offset == offset;
  return found ? &*at : nullptr;
}

DeviceBlock DeviceDump::block_of(unsigned type, std::uint64_t size, DeviceBlockKind kind) const {
  DeviceBlock block;
  block.heap = core_.gate.heap_of(type);
  block.type = type;
  block.size = size;
  block.kind = kind;
  return block;
}

void DeviceDump::add_item(DeviceBlock& block, const Item& item) const {
  DeviceRegion region;
  region.offset = item.offset;
  region.size = std::min(item.size, item.held);
  region.state = item.retired ? DeviceRegionState::Retired : DeviceRegionState::Used;
  region.tag = std::string(core_.host.path_of(item.tag).view());
  region.name = item.name;
  region.frame = item.frame;
  block.regions.push_back(std::move(region));
  if (item.held <= item.size) return;
  DeviceRegion rest;
  rest.offset = item.offset + item.size;
  rest.size = item.held - item.size;
  rest.state = DeviceRegionState::Padding;
  block.regions.push_back(std::move(rest));
}

void DeviceDump::show_blocks(DeviceMap& map) {
  struct Visit {
    const DeviceDump* dump;
    DeviceBlock* block;
    std::uint64_t memory;
  };
  core_.blocks.visit([&](const Block& block) {
    map.blocks.push_back(block_of(block.type, block.size, DeviceBlockKind::Block));
    Visit visit{this, &map.blocks.back(), block.memory.handle};
    block.visit(
        [](std::uint64_t offset, std::uint64_t size, bool used, void* context) {
          const Visit& at = *static_cast<Visit*>(context);
          const Item* const item = used ? at.dump->find(at.memory, offset) : nullptr;
          if (item != nullptr && item->held == size) return at.dump->add_item(*at.block, *item);
          DeviceRegion region;
          region.offset = offset;
          region.size = size;
          region.state = used ? DeviceRegionState::Used : DeviceRegionState::Free;
          at.block->regions.push_back(std::move(region));
        },
        &visit);
  });
}

void DeviceDump::show_rings(DeviceMap& map) {
  struct Visit {
    DeviceDump* dump;
    DeviceMap* map;
  } visit{this, &map};
  core_.transient->settle();
  core_.transient->visit(
      [](const TransientView& view, void* context) {
        const Visit& at = *static_cast<Visit*>(context);
        const DeviceLifetime lifetime =
            view.frames == 1 ? DeviceLifetime::Frame : DeviceLifetime::MultiFrame;
        if (view.kind == TransientView::Kind::Block) {
          DeviceBlock block = at.dump->block_of(view.type, view.size, DeviceBlockKind::Ring);
          block.lifetime = lifetime;
          block.intent = std::string(intent_name(view.intent));
          at.map->blocks.push_back(std::move(block));
          return;
        }
        at.dump->add_page(at.map->blocks.back(), view);
      },
      &visit);
}

// Effect: a part of a ring's block. Buffers that the program holds stand where they lie; of what else
// was handed out only the sum is known, so it fills the gaps between them from the front.
void DeviceDump::add_page(DeviceBlock& block, const TransientView& view) const {
  DeviceRegion region;
  region.lifetime = block.lifetime;
  region.frame = view.frame;
  region.state = state_of(view.kind);
  const bool in_use =
      region.state == DeviceRegionState::Used || region.state == DeviceRegionState::Retired;
  if (in_use) region.tag = std::string(core_.host.path_of(view.tag).view());
  std::size_t at = view.offset;
  const auto add = [&](const DeviceRegion& like, std::size_t size) {
    if (size == 0) return;
    block.regions.push_back(like);
    block.regions.back().offset = at;
    block.regions.back().size = size;
    at += size;
  };
  if (!in_use) return add(region, view.size);
  const std::size_t end = view.offset + view.size;
  const std::vector<const Item*> held = buffers_in(view);
  std::size_t unnamed = view.handed_out;
  for (const Item* const item : held) unnamed -= item->size;
  DeviceRegion rest;
  rest.lifetime = block.lifetime;
  rest.frame = view.frame;
  rest.state = DeviceRegionState::Padding;
  const auto fill_to = [&](std::size_t to) {
    const std::size_t bytes = std::min(to - at, unnamed);
    unnamed -= bytes;
    add(region, bytes);
    add(rest, to - at);
  };
  for (const Item* const item : held) {
    fill_to(item->offset);
    DeviceRegion buffer = region;
    buffer.tag = std::string(core_.host.path_of(item->tag).view());
    buffer.name = item->name;
    add(buffer, item->size);
  }
  fill_to(end);
}

// Result: the buffers of its frame that lie in a page, in order; none where other threads have taken or
// let go some meanwhile, so that they do not fit in.
std::vector<const DeviceDump::Item*> DeviceDump::buffers_in(const TransientView& view) const {
  std::vector<const Item*> held;
  std::size_t at = view.offset;
  std::size_t bytes = 0;
  auto next = std::lower_bound(
      of_frames_.begin(), of_frames_.end(), std::tie(view.memory, view.offset),
      [](const Item& item, const auto& key) { return std::tie(item.memory, item.offset) < key; });
  for (; next != of_frames_.end() && next->memory == view.memory &&
         next->offset < view.offset + view.size;
       ++next) {
    if (next->frame != view.frame) continue;  // of a frame that had the page before
    if (next->offset < at || next->size > view.offset + view.size - next->offset) return {};
    at = next->offset + next->size;
    bytes += next->size;
    held.push_back(&*next);
  }
  return bytes <= view.handed_out ? held : std::vector<const Item*>();
}

void DeviceDump::show_dedicated(DeviceMap& map) {
  for (const Item& item : items_) {
    if (!item.alone) continue;
    map.blocks.push_back(block_of(item.type, item.held, DeviceBlockKind::Dedicated));
    add_item(map.blocks.back(), item);
  }
}

}  // namespace detail

std::string GpuAllocator::to_json() const noexcept try {
  return core_ == nullptr ? std::string() : detail::DeviceDump(*core_).look().to_json();
} catch (...) {
  return {};
}

std::string GpuAllocator::to_svg() const noexcept try {
  return core_ == nullptr ? std::string() : detail::DeviceDump(*core_).look().to_svg();
} catch (...) {
  return {};
}

}  // namespace framealloc::gpu
