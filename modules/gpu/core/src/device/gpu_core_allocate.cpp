// SPDX-License-Identifier: MIT OR Apache-2.0
// From a request to a buffer.
#include "device/gpu_core.hpp"
#include "device/with_relief.hpp"

#include <framealloc/align.hpp>

#include <algorithm>
#include <cstring>

namespace framealloc::gpu::detail {

// What a request has come to when a place is looked for.
struct GpuCore::Wish {
  DeviceNeeds needs;
  std::size_t size = 0;       // needs.size, or the request's where that is more
  std::size_t asked = 0;      // by the program
  std::size_t alignment = 1;  // of needs and request
  OffsetKind kind = OffsetKind::Linear;
  GpuMemoryIntent intent = GpuMemoryIntent::DeviceOnly;
  float priority = 0.5F;
  bool device_address = false;
  bool alone_asked = false;  // by the request
  std::uint64_t buffer = 0;  // its raw handle
  std::uint64_t image = 0;
};

namespace {

[[nodiscard]] bool deny_request(GpuDenial& denial, Code code, std::string_view what) noexcept {
  denial = {};
  denial.code = code;
  denial.what = what;
  return false;
}

[[nodiscard]] bool deny_status(GpuDenial& denial, DeviceStatus status,
                               std::string_view what) noexcept {
  switch (status) {
    case DeviceStatus::OutOfMemory:
      return deny_request(denial, Code::FA416, "the device has no memory for the resource itself");
    case DeviceStatus::Unsupported:
      return deny_request(denial, Code::FA418, "the device lacks the usage");
    case DeviceStatus::Lost:
      return deny_request(denial, Code::FA419, "the device is lost");
    case DeviceStatus::Timeout:
    case DeviceStatus::Failed:
    case DeviceStatus::Ok:
      break;
  }
  return deny_request(denial, Code::FA419, what);
}

}  // namespace

bool GpuCore::allocate(const GpuAllocRequirements& request, const CallSite& site, GpuBuffer& buffer,
                       GpuDenial& denial) noexcept {
  if (request.size == 0) return deny_request(denial, Code::FA011, "a size of 0 bytes");
  if (!is_power_of_two(request.alignment))
    return deny_request(denial, Code::FA011, "an alignment that is no power of two");
  if (request.size > largest_request_)
    return deny_request(denial, Code::FA011, "more than the device can allocate at once");
  return request.lifetime.kind() == GpuLifetime::Kind::Persistent
             ? allocate_persistent(request, site, buffer, denial)
             : allocate_transient(request, site, buffer, denial);
}

bool GpuCore::allocate_persistent(const GpuAllocRequirements& request, const CallSite& site,
                                  GpuBuffer& buffer, GpuDenial& denial) noexcept {
  const BufferUsage usage =
      request.usage == BufferUsage::None ? implied_usage(request.intent) : request.usage;
  const TagId tag = host.current_tag_id();
  if (!charge_tag(tag, request.size, denial)) return false;
  retired.take_back_own();

  DeviceBuffer made;
  BufferRecord* record = nullptr;
  Placement placement;
  const DeviceStatus status = backend.create_buffer(request.size, usage, made);
  if (status != DeviceStatus::Ok) {
    tags.release(tag, request.size);
    return deny_status(denial, status, "the driver failed to create a buffer");
  }
  Wish wish;
  wish.needs = made.needs;
  wish.size = std::max(made.needs.size, request.size);
  wish.asked = request.size;
  wish.alignment = std::max(made.needs.alignment, request.alignment);
  wish.intent = request.intent;
  wish.priority = request.priority;
  wish.device_address = has(usage, BufferUsage::DeviceAddress);
  wish.alone_asked = request.dedicated;
  wish.buffer = made.handle;
  bool done = find_place(wish, placement, denial);
  if (done) {
    record = records->take(placement.type, request.size);
    if (record == nullptr)
      done = deny_request(denial, Code::FA012, "no memory to account for a buffer");
    if (done) {
      const DeviceStatus bound =
          backend.bind_buffer(made.handle, placement.memory, placement.offset);
      if (bound != DeviceStatus::Ok)
        done = deny_status(denial, bound, "the driver failed to bind a buffer to its memory");
    }
  }
  if (!done) {
    if (record != nullptr) records->give_back(record, placement.type, request.size);
    backend.destroy_buffer(made.handle);
    if (placement.memory.handle != 0) blocks.free(placement, frame());
    tags.release(tag, request.size);
    return false;
  }
  if (!request.name.empty()) backend.set_name(made.handle, request.name.substr(0, 31));
  fill(*record, request, placement, tag, site);
  record->is_resource = false;
  record->usage = usage;
  record->handle.store(made.handle, std::memory_order_relaxed);
  record->handle_offset = 0;
  record->device_address.store(wish.device_address ? backend.device_address(made.handle) : 0,
                               std::memory_order_relaxed);
  note_usage();
  record->state.store(RecordState::Live, std::memory_order_release);
  buffer = BufferAccess::buffer(record);
  if (host.emits(FrameEventKind::GpuAlloc)) [[unlikely]]
    told_alloc(*record);
  return true;
}

bool GpuCore::allocate_transient(const GpuAllocRequirements& request, const CallSite& site,
                                 GpuBuffer& buffer, GpuDenial& denial) noexcept {
  TransientPiece piece;
  if (!transient->allocate(request, piece, denial)) return false;
  BufferRecord* const record = records->take();
  if (record == nullptr)
    return deny_request(denial, Code::FA012, "no memory to account for a buffer");
  Placement placement;
  placement.memory = piece.memory;
  placement.offset = piece.memory_offset;
  placement.held = piece.held;
  placement.type = piece.type;
  fill(*record, request, placement, host.current_tag_id(), site);
  record->is_resource = false;
  record->movable = record->evictable = false;
  record->usage =
      request.usage == BufferUsage::None ? implied_usage(request.intent) : request.usage;
  record->handle.store(piece.handle, std::memory_order_relaxed);
  record->handle_offset = piece.handle_offset;
  std::uint64_t address = 0;
  if (has(record->usage, BufferUsage::DeviceAddress))
    address = backend.device_address(piece.handle);
  record->device_address.store(address == 0 ? 0 : address + piece.handle_offset,
                               std::memory_order_relaxed);
  record->born_frame = piece.frame;
  record->last_frame = piece.frame + request.lifetime.frames() - 1;
  record->state.store(RecordState::Live, std::memory_order_release);
  if (request.intent == GpuMemoryIntent::Staging) records->stage(*record);
  buffer = BufferAccess::buffer(record);
  if (host.emits(FrameEventKind::GpuAlloc)) [[unlikely]]
    told_alloc(*record);
  return true;
}

bool GpuCore::allocate_resource(const DeviceNeeds& needs, OffsetKind kind,
                                const GpuAllocRequirements& request, const ResourceOwner& owner,
                                const CallSite& site, ResourceMemory& memory,
                                GpuDenial& denial) noexcept {
  if (needs.size == 0) return deny_request(denial, Code::FA011, "a size of 0 bytes");
  if (needs.size > largest_request_)
    return deny_request(denial, Code::FA011, "more than the device can allocate at once");
  const TagId tag = host.current_tag_id();
  if (!charge_tag(tag, needs.size, denial)) return false;
  Wish wish;
  wish.needs = needs;
  wish.size = needs.size;
  wish.asked = needs.size;
  wish.alignment = needs.alignment;
  wish.kind = kind;
  wish.intent = request.intent;
  wish.priority = request.priority;
  wish.device_address = has(request.usage, BufferUsage::DeviceAddress);
  wish.alone_asked = request.dedicated;
  wish.buffer = owner.buffer;
  wish.image = owner.image;
  Placement placement;
  if (!find_place(wish, placement, denial)) {
    tags.release(tag, needs.size);
    return false;
  }
  BufferRecord* const record = records->take(placement.type, needs.size);
  if (record == nullptr) {
    blocks.free(placement, frame());
    tags.release(tag, needs.size);
    return deny_request(denial, Code::FA012, "no memory to account for a resource");
  }
  GpuAllocRequirements described = request;
  described.size = needs.size;
  described.lifetime = GpuLifetime::Persistent;
  fill(*record, described, placement, tag, site);
  record->is_resource = true;
  record->movable = record->evictable = false;
  record->usage = request.usage;
  record->handle.store(owner.owned ? owner.image : 0, std::memory_order_relaxed);
  record->handle_offset = 0;
  record->device_address.store(0, std::memory_order_relaxed);
  note_usage();
  record->state.store(RecordState::Live, std::memory_order_release);
  memory = BufferAccess::resource(record);
  if (host.emits(FrameEventKind::GpuAlloc)) [[unlikely]]
    told_alloc(*record);
  return true;
}

void GpuCore::fill(BufferRecord& record, const GpuAllocRequirements& request,
                   const Placement& placement, TagId tag, const CallSite& site) noexcept {
  const TypeFacts& type = types_[placement.type];
  const std::uint64_t now = frame();
  record.dedicated = placement.block == nullptr;
  record.movable = request.movable;
  record.evictable = request.evictable;
  record.host_visible = type.visible;
  record.cpu_writes.reset();
  record.non_coherent = type.non_coherent;
  record.evicting.store(false, std::memory_order_relaxed);
  record.used_by_transfer.store(false, std::memory_order_relaxed);
  const std::size_t length = std::min(request.name.size(), sizeof record.name - 1);
  if (length != 0) std::memcpy(record.name, request.name.data(), length);
  record.name[length] = '\0';
  record.placement = placement;
  record.mapped.store(type.visible ? placement.memory.mapped + placement.offset : nullptr,
                      std::memory_order_relaxed);
  record.size = request.size;
  record.intent = request.intent;
  record.lifetime = request.lifetime;
  record.tag = tag;
  record.priority = request.priority;
  record.user_data = request.user_data;
  record.site = site;
  record.born_frame = now;
  record.last_frame = 0;
  record.read_serial.store(0, std::memory_order_relaxed);
  record.write_serial.store(0, std::memory_order_relaxed);
  record.pins.store(0, std::memory_order_relaxed);
  record.touched_frame.store(now, std::memory_order_relaxed);
  record.asked_round = 0;
}

// --- Places
// ----------------------------------------------------------------------------------------

bool GpuCore::find_place(const Wish& wish, Placement& placement, GpuDenial& denial) noexcept {
  bool found = false;
  bool hopeless = false;
  HeapDenials denials(gate);
  const unsigned visited = order(wish.intent).visit(wish.needs.type_mask, [&](unsigned type) {
    // What is larger than a whole heap is no denial of that heap: nothing is evicted for it, and
    // what another heap has answered stands.
    if (!gate.can_ever_hold(type, wish.size)) return false;
    if (wish.alignment > blocks.block_size(type)) {
      hopeless = true;
      static_cast<void>(deny_request(denial, Code::FA011, "an alignment above that of a block"));
      return true;
    }
    denial.heap = gate.heap_of(type);
    found = with_relief(wish.size, denial, [&] { return place_in(type, wish, placement, denial); });
    if (!found) denials.note(denial);
    return found || (denial.code != Code::FA416 && denial.code != Code::FA417);
  });
  if (visited == 0) return deny_request(denial, Code::FA418, "no memory type for intent and usage");
  if (!found && denial.code == Code::None)
    return deny_request(denial, Code::FA011, "more than any heap for the intent has");
  return found && !hopeless;
}

bool GpuCore::place_in(unsigned type, const Wish& wish, Placement& placement,
                       GpuDenial& denial) noexcept {
  const bool forced = wish.alone_asked || wish.needs.requires_dedicated;
  if (forced || wish.needs.prefers_dedicated || wish.asked >= blocks.dedicated_from(type)) {
    if (place_alone(type, wish, placement, denial)) return true;
    if (forced) return false;
  }
  const std::size_t atom = atom_of(type);
  PlaceRequest request;
  request.size = align_up(wish.size, atom);
  request.alignment = std::max(wish.alignment, atom);
  request.kind = wish.kind;
  request.device_address = wish.device_address;
  const std::uint64_t failures = source.failures();
  if (blocks.place(type, request, placement)) return true;
  if (retired.take_back_due() && blocks.place(type, request, placement)) return true;
  if (source.failures() != failures)
    return deny_request(denial, Code::FA012, "no memory to account for a range of a block");
  // What is too large for a block has been denied memory of its own above.
  if (request.size > blocks.block_size(type)) return false;
  return place_in_new_block(type, request, wish.priority, placement, denial);
}

bool GpuCore::place_alone(unsigned type, const Wish& wish, Placement& placement,
                          GpuDenial& denial) noexcept {
  DeviceMemoryRequest request;
  request.type = type;
  request.size = wish.size;
  request.priority = wish.priority;
  request.device_address = wish.device_address;
  request.dedicated_buffer = wish.buffer;
  request.dedicated_image = wish.image;
  DeviceMemory memory;
  if (!gate.allocate(request, memory, denial)) return false;
  placement = {};
  placement.memory = memory;
  placement.held = wish.size;
  placement.type = type;
  blocks.count_dedicated(type, wish.size);
  emit(FrameEventKind::GpuBlockAllocated, wish.size, gate.heap_of(type));
  tell_thresholds();
  return true;
}

bool GpuCore::place_in_new_block(unsigned type, const PlaceRequest& request, float priority,
                                 Placement& placement, GpuDenial& denial) noexcept {
  // A whole block, a smaller one, one of the request's size: each is held against the budget before
  // the device is asked. A budget says at once what it has left, so what is left is used by blocks,
  // and not by memory for each request; the device is not asked for long.
  constexpr unsigned kHalvings = 3;  // of what the device denies
  constexpr std::size_t kLeastBlock = std::size_t{4} << 10;
  DeviceMemoryRequest wanted;
  wanted.type = type;
  wanted.priority = priority;
  wanted.device_address = request.device_address;
  DeviceMemory memory;
  bool taken = false;
  std::size_t size = blocks.block_size(type);
  for (unsigned halved = 0; size > request.size && (halved <= kHalvings || size >= kLeastBlock);
       ++halved) {
    wanted.size = size;
    taken = gate.allocate(wanted, memory, denial);
    const bool by_budget = denial.code == Code::FA417;
    const bool by_device = denial.code == Code::FA416 && halved < kHalvings;
    if (taken || !(by_budget || by_device)) break;
    size = align_down(size / 2, atom_of(type));
  }
  if (!taken) {
    if (denial.code != Code::None && denial.code != Code::FA416 && denial.code != Code::FA417)
      return false;
    wanted.size = request.size;
    if (!gate.allocate(wanted, memory, denial)) return false;
  }
  if (!blocks.add(type, memory, wanted.size, request, placement)) {
    gate.free(type, wanted.size, memory);
    return deny_request(denial, Code::FA012, "no memory to account for a block");
  }
  emit(FrameEventKind::GpuBlockAllocated, wanted.size, gate.heap_of(type));
  tell_thresholds();
  return true;
}

void GpuCore::told_alloc(const BufferRecord& record) noexcept {
  FrameEvent event;
  event.kind = FrameEventKind::GpuAlloc;
  event.id = record.id;
  event.size = record.size;
  event.name = record.name_view();
  event.frame_number = frame();
  host.emit(event, record.tag);
}

}  // namespace framealloc::gpu::detail
