// SPDX-License-Identifier: MIT OR Apache-2.0
// The handle: memory and frames.
#include <framealloc/gpu/allocator.hpp>

#include "allocator/allocator_state.hpp"

#include <framealloc/align.hpp>
#include <framealloc/report.hpp>

#include <algorithm>

namespace framealloc::gpu {

namespace {

using detail::AllocatorState;
using detail::GpuCore;
using detail::GpuDenial;

[[nodiscard]] Error empty_handle() noexcept {
  return {Code::FA010, "the GpuAllocator is empty: it was moved from"};
}

// Result: what is wrong with the configuration; empty: nothing.
[[nodiscard]] Text<192> wrong_with(const GpuConfig& config, const GpuDeviceInfo& info) noexcept {
  Text<192> text;
  if (config.frames_in_flight < 1 || config.frames_in_flight > 8)
    text.append("GpuConfig::frames_in_flight is ")
        .append(config.frames_in_flight)
        .append(": 1 to 8 are possible");
  else if (config.block_size < 4096)
    text.append("GpuConfig::block_size is ")
        .append(config.block_size)
        .append(": at least 4096 bytes are possible");
  else if (config.block_size > kMaxRequest)
    text.append("GpuConfig::block_size is ").append(config.block_size).append(": too large");
  else if (config.ring_page < 256)
    text.append("GpuConfig::ring_page is ")
        .append(config.ring_page)
        .append(": at least 256 bytes are possible");
  else if (config.ring_size < config.ring_page)
    text.append("GpuConfig::ring_size is ")
        .append(config.ring_size)
        .append(": less than ring_page, which is ")
        .append(config.ring_page);
  else if (config.ring_size > kMaxRequest)
    text.append("GpuConfig::ring_size is ").append(config.ring_size).append(": too large");
  else if (info.heaps.size() > detail::kMaxHeaps || info.types.size() > detail::kMaxTypes)
    text.append("the device has more than 16 heaps or 32 memory types");
  return text;
}

// Result: whether every type names a heap, and the limits are ones to compute with.
[[nodiscard]] bool makes_sense(const GpuDeviceInfo& info) noexcept {
  if (info.heaps.empty() || info.types.empty()) return false;
  for (const GpuMemoryTypeInfo& type : info.types)
    if (type.heap >= info.heaps.size()) return false;
  return is_power_of_two(info.non_coherent_atom) && is_power_of_two(info.buffer_image_granularity);
}

}  // namespace

Result<GpuAllocator> GpuAllocator::create(SmartAlloc host, GpuBackend& backend,
                                          const GpuConfig& config) noexcept {
  const auto fail = [&](Code code, std::string_view message) {
    Report report;
    report.code = code;
    report.message = message;
    host.report(report);
    return Error{code, message};
  };
  if (!host)
    return fail(Code::FA012, "the SmartAlloc given as host could not be made: it has no memory");
  const Text<192> wrong = wrong_with(config, backend.info());
  if (!wrong.empty()) return fail(Code::FA010, wrong.view());
  if (!makes_sense(backend.info()))
    return fail(Code::FA419, "the backend has no heaps or memory types, or limits without sense");
  GpuCore* const core = AllocatorState::make(host, backend, config);
  if (core == nullptr) return fail(Code::FA012, "no bookkeeping memory to make a GPU allocator");
  return GpuAllocator(core);
}

GpuAllocator::GpuAllocator(const GpuAllocator& other) noexcept : core_(other.core_) {
  if (core_ != nullptr) core_->share();
}

GpuAllocator::~GpuAllocator() {
  if (core_ != nullptr) core_->let_go();
}

Result<GpuBuffer> GpuAllocator::allocate(const GpuAllocRequirements& request,
                                         CallSite site) noexcept {
  if (core_ == nullptr) return empty_handle();
  GpuBuffer buffer;
  GpuDenial denial;
  if (core_->allocate(request, site, buffer, denial)) return buffer;
  return core_->deny(denial, request, site);
}

Result<GpuBuffer> GpuAllocator::allocate_buffer(std::size_t size, BufferUsage usage,
                                                MemoryType type, CallSite site) noexcept {
  GpuAllocRequirements request(size, intent_of(type));
  request.usage = usage;
  return allocate(request, site);
}

Result<GpuBuffer> GpuAllocator::frame_alloc(GpuAllocRequirements request, CallSite site) noexcept {
  if (request.lifetime.kind() != GpuLifetime::Kind::MultiFrame)
    request.lifetime = GpuLifetime::Frame;
  return allocate(request, site);
}

Result<ResourceMemory> GpuAllocator::allocate_resource(const DeviceNeeds& needs, OffsetKind kind,
                                                       const GpuAllocRequirements& request,
                                                       const ResourceOwner& owner,
                                                       CallSite site) noexcept {
  if (core_ == nullptr) return empty_handle();
  ResourceMemory memory;
  GpuDenial denial;
  if (core_->allocate_resource(needs, kind, request, owner, site, memory, denial)) return memory;
  GpuAllocRequirements described = request;
  described.size = needs.size;
  return core_->deny(denial, described, site);
}

bool GpuAllocator::supports_intent(GpuMemoryIntent intent) const noexcept {
  if (core_ == nullptr) return false;
  const DeviceNeeds needs = core_->backend.needs_of(256, implied_usage(intent));
  return core_->order(intent).serves(needs.type_mask);
}

bool GpuAllocator::supports_mapping(GpuMemoryIntent intent) const noexcept {
  return intent != GpuMemoryIntent::DeviceOnly && supports_intent(intent);
}

std::size_t GpuAllocator::alignment_for(BufferUsage usage) const noexcept {
  constexpr std::size_t kAtLeast = 16;  // of every slice
  if (core_ == nullptr) return kAtLeast;
  const GpuDeviceInfo& info = core_->info();
  std::size_t alignment = kAtLeast;
  const auto any = [&](BufferUsage bits) { return (usage & bits) != BufferUsage::None; };
  if (any(BufferUsage::UniformBuffer)) alignment = std::max(alignment, info.min_uniform_alignment);
  if (any(BufferUsage::StorageBuffer)) alignment = std::max(alignment, info.min_storage_alignment);
  if (any(BufferUsage::UniformTexelBuffer | BufferUsage::StorageTexelBuffer))
    alignment = std::max(alignment, info.min_texel_alignment);
  return alignment;
}

Result<void> GpuAllocator::begin_gpu_frame(std::chrono::nanoseconds timeout) noexcept {
  return core_ == nullptr ? Result<void>(empty_handle()) : core_->begin_frame(timeout);
}

Result<Ticket> GpuAllocator::end_gpu_frame() noexcept {
  return core_ == nullptr ? Result<Ticket>(empty_handle()) : core_->end_frame();
}

std::uint64_t GpuAllocator::current_frame() const noexcept {
  return core_ == nullptr ? 0 : core_->frame();
}

Ticket GpuAllocator::frame_end() const noexcept {
  return core_ == nullptr ? Ticket{} : Ticket{detail::end_serial(core_->epoch())};
}

bool GpuAllocator::is_complete(Ticket ticket) const noexcept {
  return core_ == nullptr || ticket.serial <= core_->completion->completed();
}

Result<void> GpuAllocator::wait(Ticket ticket, std::chrono::nanoseconds timeout) noexcept {
  if (core_ == nullptr) return empty_handle();
  const DeviceStatus status = core_->completion->wait(ticket.serial, timeout);
  core_->completion->run_callbacks();
  if (status == DeviceStatus::Ok) return {};
  if (status == DeviceStatus::Failed && ticket.serial <= detail::end_serial(core_->epoch()))
    return Error{Code::FA419, "the ticket is of work that has not been submitted yet"};
  if (status == DeviceStatus::Failed)
    return core_->fail(Code::FA011, "wait() for a ticket that nothing submitted so far will reach",
                       {});
  return core_->wait_failed(status, "the ticket");
}

Result<void> GpuAllocator::wait_idle() noexcept {
  return core_ == nullptr ? Result<void>(empty_handle()) : core_->wait_idle();
}

void GpuAllocator::on_complete(Ticket ticket, void (*function)(void* context),
                               void* context) noexcept {
  if (core_ == nullptr || function == nullptr) return;
  if (!AllocatorState::of(*core_).timeline.on_complete(ticket.serial, function, context))
    core_->report(Code::FA012, "no bookkeeping memory to remember a callback of on_complete()", {});
}

}  // namespace framealloc::gpu
