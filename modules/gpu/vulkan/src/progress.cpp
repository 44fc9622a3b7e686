// SPDX-License-Identifier: MIT OR Apache-2.0
#include "progress.hpp"

#include "handles.hpp"

#include <algorithm>
#include <new>

namespace framealloc::gpu::vulkan_detail {

VkResult Progress::open(const VulkanFunctions& functions, const VulkanBackendConfig& config,
                        bool with_transfer) noexcept {
  functions_ = &functions;
  device_ = config.device;
  callbacks_ = config.callbacks;
  if (!config.timeline_semaphore) return VK_SUCCESS;
  const bool wanted[kLines] = {true, with_transfer, config.caller_signals_frames};
  for (unsigned i = 0; i < kLines; ++i) {
    if (!wanted[i]) continue;
    VkSemaphoreTypeCreateInfo type{};
    type.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO;
    type.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE;
    VkSemaphoreCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO;
    info.pNext = &type;
    const VkResult made =
        functions.vkCreateSemaphore(device_, &info, callbacks_, &lines_[i].semaphore);
    if (made != VK_SUCCESS) return made;
  }
  return VK_SUCCESS;
}

Progress::~Progress() {
  for (const Points& points : lines_) {
    if (points.semaphore != VK_NULL_HANDLE)
      functions_->vkDestroySemaphore(device_, points.semaphore, callbacks_);
  }
  while (fences_ != nullptr) {
    FenceSlot* const next = fences_->next;
    functions_->vkDestroyFence(device_, fences_->fence, callbacks_);
    delete fences_;
    fences_ = next;
  }
}

FenceSlot* Progress::free_fence_locked() noexcept {
  for (FenceSlot* slot = fences_; slot != nullptr; slot = slot->next) {
    if (slot->pending || slot->waiters != 0) continue;
    if (functions_->vkResetFences(device_, 1, &slot->fence) != VK_SUCCESS) return nullptr;
    return slot;
  }
  FenceSlot* const slot = new (std::nothrow) FenceSlot;
  if (slot == nullptr) return nullptr;
  VkFenceCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
  if (functions_->vkCreateFence(device_, &info, callbacks_, &slot->fence) != VK_SUCCESS) {
    delete slot;
    return nullptr;
  }
  slot->next = fences_;
  fences_ = slot;
  return slot;
}

DeviceStatus Progress::prepare(Line line, Signal& signal) noexcept {
  const std::scoped_lock lock(mutex_);
  if (lost()) return DeviceStatus::Lost;
  Points& points = lines_[index(line)];
  poll_locked();
  if (!points.pending.reserve_more(1)) return DeviceStatus::OutOfMemory;
  signal = {line, points.last + 1, points.semaphore, nullptr};
  if (points.semaphore == VK_NULL_HANDLE) {
    signal.fence = free_fence_locked();
    if (signal.fence == nullptr) return DeviceStatus::OutOfMemory;
    signal.fence->pending = true;
  }
  return DeviceStatus::Ok;
}

void Progress::submitted(const Signal& signal, std::uint64_t serial,
                         std::uint64_t ticket) noexcept {
  const std::scoped_lock lock(mutex_);
  Points& points = lines_[index(signal.line)];
  points.last = signal.value;
  // There is room: prepare() has made it.
  static_cast<void>(points.pending.push({serial, ticket, signal.value, signal.fence}));
  last_serial_ = std::max(last_serial_, serial);
}

void Progress::abandon(const Signal& signal) noexcept {
  const std::scoped_lock lock(mutex_);
  if (signal.fence != nullptr) signal.fence->pending = false;
}

bool Progress::hold(VkSemaphore semaphore, std::uint64_t value, std::uint64_t serial) noexcept {
  const std::scoped_lock lock(mutex_);
  return holds_.push({semaphore, value, serial});
}

void Progress::drop_holds(std::uint64_t serial) noexcept {
  const std::scoped_lock lock(mutex_);
  holds_.drop_if([&](const Hold& hold) { return hold.serial == serial; });
}

std::uint64_t Progress::last_value(Line line) const noexcept {
  const std::scoped_lock lock(mutex_);
  return lines_[index(line)].last;
}

std::uint64_t Progress::reached(Line line) noexcept {
  const std::scoped_lock lock(mutex_);
  poll_locked();
  return lines_[index(line)].reached;
}

std::uint64_t Progress::value_up_to(Line line, std::uint64_t ticket) noexcept {
  const std::scoped_lock lock(mutex_);
  const Points& points = lines_[index(line)];
  std::uint64_t value = points.reached;
  for (const Point& point : points.pending) {
    if (point.ticket <= ticket) value = point.value;
  }
  return value;
}

DeviceStatus Progress::note(VkResult result) noexcept {
  if (result == VK_ERROR_DEVICE_LOST) lost_.store(true, std::memory_order_relaxed);
  return status_of(result);
}

void Progress::poll_semaphore(Points& points) noexcept {
  if (points.pending.empty()) return;
  std::uint64_t value = 0;
  if (note(functions_->vkGetSemaphoreCounterValue(device_, points.semaphore, &value)) !=
      DeviceStatus::Ok) {
    return;
  }
  points.reached = std::min(value, points.last);
  std::size_t done = 0;
  while (done < points.pending.size() && points.pending[done].value <= value) ++done;
  points.pending.drop_front(done);
}

void Progress::poll_fences(Points& points) noexcept {
  std::size_t done = 0;
  while (done < points.pending.size()) {
    FenceSlot* const slot = points.pending[done].fence;
    if (note(functions_->vkGetFenceStatus(device_, slot->fence)) != DeviceStatus::Ok) break;
    slot->pending = false;
    points.reached = points.pending[done].value;
    ++done;
  }
  points.pending.drop_front(done);
}

void Progress::poll_locked() noexcept {
  if (lost()) return;
  for (Points& points : lines_) {
    points.semaphore != VK_NULL_HANDLE ? poll_semaphore(points) : poll_fences(points);
  }
  holds_.drop_if([&](const Hold& hold) {
    std::uint64_t value = 0;
    return note(functions_->vkGetSemaphoreCounterValue(device_, hold.semaphore, &value)) ==
               DeviceStatus::Ok &&
           value >= hold.value;
  });
}

std::uint64_t Progress::completed_locked() const noexcept {
  std::uint64_t completed = last_serial_;
  for (const Points& points : lines_) {
    if (!points.pending.empty()) completed = std::min(completed, points.pending[0].serial - 1);
  }
  for (const Hold& hold : holds_) completed = std::min(completed, hold.serial - 1);
  return completed;
}

std::uint64_t Progress::completed() noexcept {
  const std::scoped_lock lock(mutex_);
  poll_locked();
  return completed_locked();
}

void Progress::collect_locked(std::uint64_t serial, Awaited& awaited) noexcept {
  const auto add = [&](VkSemaphore semaphore, std::uint64_t value) {
    if (awaited.semaphore_count == Awaited::kMost) return;  // the others in the next round
    awaited.semaphores[awaited.semaphore_count] = semaphore;
    awaited.values[awaited.semaphore_count++] = value;
  };
  for (const Points& points : lines_) {
    const Point* last = nullptr;
    for (const Point& point : points.pending) {
      if (point.serial <= serial) last = &point;
    }
    if (last == nullptr) continue;
    if (points.semaphore != VK_NULL_HANDLE) {
      add(points.semaphore, last->value);
    } else {
      awaited.fence = last->fence;
      ++awaited.fence->waiters;
    }
  }
  for (const Hold& hold : holds_) {
    if (hold.serial <= serial) add(hold.semaphore, hold.value);
  }
}

VkResult Progress::wait_for(const Awaited& awaited, std::uint64_t nanoseconds) noexcept {
  if (awaited.fence != nullptr)
    return functions_->vkWaitForFences(device_, 1, &awaited.fence->fence, VK_TRUE, nanoseconds);
  VkSemaphoreWaitInfo info{};
  info.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO;
  info.semaphoreCount = awaited.semaphore_count;
  info.pSemaphores = awaited.semaphores.data();
  info.pValues = awaited.values.data();
  return functions_->vkWaitSemaphores(device_, &info, nanoseconds);
}

DeviceStatus Progress::wait(std::uint64_t serial, std::chrono::nanoseconds timeout) noexcept {
  using Clock = std::chrono::steady_clock;
  const bool forever = timeout == std::chrono::nanoseconds::max();
  const Clock::time_point begun = Clock::now();
  while (true) {
    Awaited awaited;
    {
      const std::scoped_lock lock(mutex_);
      poll_locked();
      if (lost()) return DeviceStatus::Lost;
      if (serial > last_serial_) return DeviceStatus::Failed;
      if (completed_locked() >= serial) return DeviceStatus::Ok;
      collect_locked(serial, awaited);
    }
    std::uint64_t left = UINT64_MAX;
    bool over = false;
    if (!forever) {
      const auto rest = timeout - (Clock::now() - begun);
      over = rest <= std::chrono::nanoseconds::zero();
      left = over ? 0 : static_cast<std::uint64_t>(rest.count());
    }
    const VkResult waited = wait_for(awaited, left);
    if (awaited.fence != nullptr) {
      const std::scoped_lock lock(mutex_);
      --awaited.fence->waiters;
    }
    const DeviceStatus status = note(waited);
    if (status == DeviceStatus::Timeout && !forever && !over) continue;  // woken early: look again
    if (status == DeviceStatus::Timeout && forever) continue;
    if (status != DeviceStatus::Ok) return status;
    if (over) {
      const std::scoped_lock lock(mutex_);
      poll_locked();
      return completed_locked() >= serial ? DeviceStatus::Ok : DeviceStatus::Timeout;
    }
  }
}

DeviceStatus Progress::wait_idle() noexcept {
  std::uint64_t last = 0;
  {
    const std::scoped_lock lock(mutex_);
    last = last_serial_;
  }
  const DeviceStatus waited =
      last == 0 ? DeviceStatus::Ok : wait(last, std::chrono::nanoseconds::max());
  return lost() ? DeviceStatus::Lost : waited;
}

}  // namespace framealloc::gpu::vulkan_detail
