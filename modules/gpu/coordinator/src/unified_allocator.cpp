// SPDX-License-Identifier: MIT OR Apache-2.0
// Frames, and the making of buffers.
#include <framealloc/coordinator/unified_allocator.hpp>

#include "unified_state.hpp"

#include <framealloc/report.hpp>
#include <framealloc/stats.hpp>

#include <cstring>
#include <limits>
#include <utility>

namespace framealloc::coordinator {

namespace {

using detail::BufferSides;
using detail::SidesAccess;

constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max() / 2;  // larger ones: mistakes

}  // namespace

UnifiedAllocator::UnifiedAllocator(SmartAlloc cpu, gpu::GpuAllocator gpu,
                                   UnifiedBudgetManager* budget) noexcept
    : cpu_(std::move(cpu)), gpu_(std::move(gpu)), budget_(budget) {
  if (budget_ != nullptr && !gpu_.set_reservation_guard(&budget_->gpu_guard())) {
    denied_with_ = Code::FA417;
    (void)fail(Code::FA417,
               "the budget of a UnifiedAllocator has no room for what its GPU allocator holds",
               gpu_.stats().total_bytes, {});
    return;
  }
  state_ = detail::UnifiedState::make(cpu_);
  if (state_ != nullptr) return;
  denied_with_ = Code::FA012;
  (void)fail(Code::FA012, "no bookkeeping memory to make a UnifiedAllocator",
             sizeof(detail::UnifiedState), {});
}

UnifiedAllocator::~UnifiedAllocator() {
  if (state_ == nullptr) return;
  state_->drop_batch();
  state_->let_go();
}

Error UnifiedAllocator::fail(Code code, std::string_view message, std::size_t requested,
                             const CallSite& site) const noexcept {
  Report report;
  const TagPath tag = cpu_.path_of(cpu_.current_tag_id());
  report.code = code;
  report.message = message;
  report.tag = tag.view();
  report.requested = requested;
  report.site = site;
  cpu_.report(report);
  Error error;
  error.code = code;
  error.message.append(message);
  return error;
}

Error UnifiedAllocator::denied() const noexcept {
  return {denied_with_, "the UnifiedAllocator could not be made; it denies all calls"};
}

Result<void> UnifiedAllocator::check(const UnifiedBuffer& buffer, std::string_view call,
                                     const CallSite& site) const noexcept {
  if (state_ == nullptr) return denied();
  const detail::UnifiedState* const state = SidesAccess::of(buffer).state;
  if (state == state_) return {};
  Text<192> text(call);
  text.append(state == nullptr ? "() of an empty buffer: there is no side to copy from"
                               : "() of a buffer that another UnifiedAllocator made");
  return fail(state == nullptr ? Code::FA412 : Code::FA011, text.view(), buffer.size(), site);
}

Result<void> UnifiedAllocator::begin_frame(std::chrono::nanoseconds timeout) noexcept {
  if (state_ == nullptr) return denied();
  if (!state_->frame_open.load(std::memory_order_relaxed) && cpu_.in_frame())
    return fail(Code::FA004, "begin_frame() while a frame of the CPU's allocator is open: end it",
                0, {});
  if (Result<void> begun = gpu_.begin_gpu_frame(timeout); !begun) return begun;
  state_->frame_open.store(true, std::memory_order_release);
  cpu_.begin_frame();
  return {};
}

Result<gpu::Ticket> UnifiedAllocator::end_frame() noexcept {
  if (state_ == nullptr) return denied();
  if (!state_->frame_open.load(std::memory_order_relaxed))
    return fail(Code::FA004, "end_frame() outside of a frame: call begin_frame() first", 0, {});
  Result<gpu::Ticket> ended = gpu::Ticket();
  {
    const detail::FrameGate::Closing closing(state_->gate);
    ended = state_->end_frame(gpu_);
    state_->frame_open.store(false, std::memory_order_release);
  }
  if (cpu_.in_frame()) cpu_.end_frame();
  return ended;
}

std::uint64_t UnifiedAllocator::frame_number() const noexcept { return gpu_.current_frame(); }

Result<std::byte*> UnifiedAllocator::heap_side(std::size_t size, const CallSite& site) noexcept {
  if (size == 0 || size > kMost)
    return fail(Code::FA011, "a buffer of 0 bytes, or of more than there can be", size, site);
  std::uint64_t denials = 0;
  if (budget_ != nullptr) {
    denials = budget_->denials();
    // The heap may have room that is reserved already. Only where it cannot is it known who denies.
    if (!budget_->check_cpu_budget(size) && cpu_.stats().idle_bytes < size)
      return fail(Code::FA417, "the budget of CPU and GPU together has no room for a CPU buffer",
                  size, site);
  }
  void* const block = cpu_.heap_alloc_bytes(size, alignof(std::max_align_t), site);
  if (block == nullptr) {
    // The CPU's allocator has reported it.
    const bool by_budget = budget_ != nullptr && budget_->denials() != denials;
    Error error;
    error.code = by_budget ? Code::FA417 : Code::FA012;
    error.message.append(by_budget ? "the budget of CPU and GPU together denied "
                                   : "the CPU's allocator denied ");
    error.message.append_bytes(size).append(" for the CPU's side of a buffer");
    return error;
  }
  std::memset(block, 0, size);
  return static_cast<std::byte*>(block);
}

Result<gpu::GpuBuffer> UnifiedAllocator::device_side(std::size_t size, gpu::BufferUsage usage,
                                                     const CallSite& site) noexcept {
  gpu::GpuAllocRequirements request(size, gpu::GpuMemoryIntent::DeviceOnly);
  if (usage != gpu::BufferUsage::None) request.usage = usage | gpu::BufferUsage::TransferDst;
  return gpu_.allocate(request, site);
}

Result<UnifiedBuffer> UnifiedAllocator::create_cpu_buffer(std::size_t size,
                                                          CallSite site) noexcept {
  if (state_ == nullptr) return denied();
  const Result<std::byte*> heap = heap_side(size, site);
  if (!heap) return heap.error();
  UnifiedBuffer buffer = SidesAccess::make(*state_, size);
  BufferSides& sides = SidesAccess::of(buffer);
  sides.heap = *heap;
  SidesAccess::count_cpu(sides);
  return buffer;
}

Result<UnifiedBuffer> UnifiedAllocator::create_gpu_buffer(std::size_t size, gpu::BufferUsage usage,
                                                          gpu::MemoryType type,
                                                          CallSite site) noexcept {
  if (state_ == nullptr) return denied();
  Result<gpu::GpuBuffer> device = gpu_.allocate_buffer(size, usage, type, site);
  if (!device) return device.error();
  return SidesAccess::make(*state_, *std::move(device));
}

Result<UnifiedBuffer> UnifiedAllocator::create_gpu_buffer_with_intent(std::size_t size,
                                                                      gpu::GpuMemoryIntent intent,
                                                                      gpu::GpuLifetime lifetime,
                                                                      CallSite site) noexcept {
  if (state_ == nullptr) return denied();
  Result<gpu::GpuBuffer> device = gpu_.allocate({size, intent, lifetime}, site);
  if (!device) return device.error();
  return SidesAccess::make(*state_, *std::move(device));
}

Result<UnifiedBuffer> UnifiedAllocator::create_staging_buffer(std::size_t size,
                                                              gpu::BufferUsage usage,
                                                              CallSite site) noexcept {
  if (state_ == nullptr) return denied();
  Result<gpu::GpuBuffer> staging = gpu_.frame_alloc({size, gpu::GpuMemoryIntent::Staging}, site);
  if (!staging) return staging.error();
  UnifiedBuffer buffer = SidesAccess::make(*state_, size);
  BufferSides& sides = SidesAccess::of(buffer);
  sides.usage = usage;
  sides.staging = *std::move(staging);
  sides.staged = true;
  SidesAccess::count_cpu(sides);
  return buffer;
}

Result<void> UnifiedAllocator::reset_staging(UnifiedBuffer& buffer, CallSite site) noexcept {
  if (Result<void> checked = check(buffer, "reset_staging", site); !checked) return checked;
  Result<gpu::GpuBuffer> staging =
      gpu_.frame_alloc({buffer.size(), gpu::GpuMemoryIntent::Staging}, site);
  if (!staging) return staging.error();
  BufferSides& sides = SidesAccess::of(buffer);
  cpu_.heap_free_bytes(std::exchange(sides.heap, nullptr));
  SidesAccess::forget_arriving(sides);
  sides.staging = *std::move(staging);
  sides.staged = true;
  sides.location = sides.before = BufferLocation::CpuOnly;
  SidesAccess::count_cpu(sides);
  return {};
}

UnifiedUsage UnifiedAllocator::get_usage() const noexcept {
  if (state_ == nullptr) return {};
  return {state_->cpu_bytes.load(std::memory_order_relaxed),
          state_->gpu_bytes.load(std::memory_order_relaxed)};
}

}  // namespace framealloc::coordinator
