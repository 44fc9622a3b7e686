// SPDX-License-Identifier: MIT OR Apache-2.0
// Submissions and the ends of frames: the thread that may use the queue. Completion: any thread.
#include "copy_recorder.hpp"
#include "handles.hpp"
#include "state.hpp"

#include <framealloc/gpu/vulkan/backend.hpp>

#include <algorithm>

namespace framealloc::gpu {
namespace {

using vulkan_detail::Handover;
using vulkan_detail::LaneWait;
using vulkan_detail::Line;
using vulkan_detail::ReleasedImage;
using vulkan_detail::Signal;
using vulkan_detail::State;

std::uint64_t destination_of(const CopyCommand& command) noexcept {
  return command.kind == CopyCommand::Kind::BufferToImage ? command.image.handle : command.dst;
}

/// Only what the CPU has written goes to the transfer queue: what the GPU makes, the queue makes,
/// and no wait of the transfer queue's could be for the caller's own submissions.
bool suits_transfer_queue(State& state, std::span<const CopyCommand> commands) noexcept {
  return state.transfer.is_open() && !commands.empty() &&
         std::ranges::all_of(commands, [&](const CopyCommand& command) {
           return state.origins.from_cpu(command.src);
         });
}

/// A destination that frames before have used waits for their ends; a new one need not.
std::size_t waits_of_transfer(State& state, std::span<const CopyCommand> commands,
                              LaneWait (&waits)[2]) noexcept {
  const bool all_fresh = std::ranges::all_of(commands, [&](const CopyCommand& command) {
    return state.origins.fresh(destination_of(command));
  });
  if (all_fresh) return 0;
  std::size_t count = 0;
  for (const Line line : {Line::Queue, Line::Frames}) {
    const std::uint64_t value = state.progress.last_value(line);
    if (value != 0) waits[count++] = {state.progress.semaphore(line), value};
  }
  return count;
}

DeviceStatus submit_to_transfer(State& state, std::span<const CopyCommand> commands,
                                std::uint64_t serial, std::uint64_t ticket) noexcept {
  {
    const std::scoped_lock lock(state.mutex);
    if (!state.released.reserve_more(commands.size())) return DeviceStatus::OutOfMemory;
  }
  LaneWait waits[2];
  const std::size_t count = waits_of_transfer(state, commands, waits);
  const DeviceStatus sent =
      state.transfer.submit(commands, serial, state.lane.family(), {waits, count}, ticket);
  if (sent != DeviceStatus::Ok || !state.shares_buffers()) return sent;
  const std::scoped_lock lock(state.mutex);
  for (const CopyCommand& command : commands) {
    if (command.kind != CopyCommand::Kind::BufferToImage) continue;
    static_cast<void>(state.released.push({ticket, command.image}));  // there is room
  }
  return sent;
}

/// Effect: a submission on the queue, with the copies and behind what of the transfer queue they
/// may need; or only the signal, where there are none.
DeviceStatus submit_to_queue(State& state, std::span<const CopyCommand> commands,
                             std::uint64_t serial) noexcept {
  if (commands.empty()) return state.lane.submit({}, serial, state.lane.family(), {});
  LaneWait wait;
  std::size_t count = 0;
  if (state.transfer.is_open()) {
    wait = {state.progress.semaphore(Line::Transfer), state.progress.last_value(Line::Transfer)};
    count = wait.value != 0 ? 1 : 0;
    vulkan_detail::note_used(state, commands);
  }
  return state.lane.submit(commands, serial, state.lane.family(), {&wait, count});
}

/// Effect: the frame's end waits for the binary semaphores that hold it, as many as a submission
/// takes at once.
DeviceStatus end_behind(State& state, std::span<const LaneWait> holds,
                        std::uint64_t serial) noexcept {
  constexpr std::size_t kAtOnce = 16;
  while (holds.size() > kAtOnce) {
    const DeviceStatus sent =
        state.lane.submit({}, serial - 1, state.lane.family(), holds.first(kAtOnce));
    if (sent != DeviceStatus::Ok) return sent;
    holds = holds.subspan(kAtOnce);
  }
  return state.lane.submit({}, serial, state.lane.family(), holds);
}

DeviceStatus note_caller_signal(State& state, std::uint64_t serial) noexcept {
  Signal signal;
  const DeviceStatus prepared = state.progress.prepare(Line::Frames, signal);
  if (prepared == DeviceStatus::Ok) state.progress.submitted(signal, serial);
  return prepared;
}

}  // namespace

void vulkan_detail::note_used(State& state, std::span<const CopyCommand> commands) noexcept {
  for (const CopyCommand& command : commands) {
    state.origins.set_used(command.src);
    state.origins.set_used(destination_of(command));
  }
}

DeviceStatus VulkanBackend::submit(std::span<const CopyCommand> commands, std::uint64_t serial,
                                   Ticket ticket) noexcept {
  if (!suits_transfer_queue(*state_, commands)) return submit_to_queue(*state_, commands, serial);
  return submit_to_transfer(*state_, commands, serial, ticket.serial != 0 ? ticket.serial : serial);
}

DeviceStatus VulkanBackend::signal(std::uint64_t serial) noexcept {
  return submit_and_signal({}, serial);
}

bool VulkanBackend::ends_frames_with(std::span<const CopyCommand> commands) noexcept {
  State& state = *state_;
  if (state.config.caller_signals_frames || suits_transfer_queue(state, commands)) return false;
  const std::scoped_lock lock(state.mutex);
  return state.config.timeline_semaphore || state.holds.empty();
}

DeviceStatus VulkanBackend::submit_and_signal(std::span<const CopyCommand> commands,
                                              std::uint64_t serial) noexcept {
  State& state = *state_;
  const std::scoped_lock lock(state.mutex);
  DeviceStatus status = DeviceStatus::Ok;
  if (!state.config.timeline_semaphore && !state.holds.empty()) {
    status = end_behind(state, {state.holds.begin(), state.holds.size()}, serial);
  } else {
    for (const LaneWait& hold : state.holds) {
      if (!state.progress.hold(hold.semaphore, hold.value, serial))
        status = DeviceStatus::OutOfMemory;
    }
    if (status == DeviceStatus::Ok) {
      status = state.config.caller_signals_frames ? note_caller_signal(state, serial)
                                                  : submit_to_queue(state, commands, serial);
    }
    // They hold the frame that is signaled next then.
    if (status != DeviceStatus::Ok) state.progress.drop_holds(serial);
  }
  if (status != DeviceStatus::Ok) return status;
  state.holds.clear();
  if (state.transfer.is_open()) state.origins.end_frame();
  return status;
}

std::uint64_t VulkanBackend::completed() noexcept { return state_->progress.completed(); }

DeviceStatus VulkanBackend::wait(std::uint64_t serial, std::chrono::nanoseconds timeout) noexcept {
  return state_->progress.wait(serial, timeout);
}

DeviceStatus VulkanBackend::wait_idle() noexcept { return state_->progress.wait_idle(); }

bool VulkanBackend::is_lost() noexcept { return state_->progress.lost(); }

VulkanWait VulkanBackend::wait_for(Ticket ticket) const noexcept {
  State& state = *state_;
  if (!state.transfer.is_open()) return {};
  const std::uint64_t value = state.progress.value_up_to(Line::Transfer, ticket.serial);
  if (value == 0) return {};
  return {state.progress.semaphore(Line::Transfer), value};
}

void VulkanBackend::acquire(Ticket ticket, VkCommandBuffer commands) noexcept {
  State& state = *state_;
  const std::scoped_lock lock(state.mutex);
  for (const ReleasedImage& released : state.released) {
    if (released.ticket > ticket.serial) continue;
    VkImageMemoryBarrier barrier = vulkan_detail::leave_transfer_barrier(
        released.image, Handover{state.transfer.family(), state.lane.family()});
    barrier.dstAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT;
    state.vk.vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
                                  VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, 0, 0, nullptr, 0, nullptr, 1,
                                  &barrier);
  }
  state.released.drop_if(
      [&](const ReleasedImage& released) { return released.ticket <= ticket.serial; });
}

VulkanWait VulkanBackend::frame_signal() const noexcept {
  const State& state = *state_;
  if (!state.config.caller_signals_frames) return {};
  return {state.progress.semaphore(Line::Frames), state.progress.last_value(Line::Frames) + 1};
}

void VulkanBackend::hold_frame_until(VkSemaphore semaphore, std::uint64_t value) noexcept {
  State& state = *state_;
  if (semaphore == VK_NULL_HANDLE) return;
  {
    const std::scoped_lock lock(state.mutex);
    if (state.holds.push({semaphore, value})) return;
  }
  // Without memory for the note the frame is made to end later in the only way that is left.
  if (!state.config.timeline_semaphore) return;
  VkSemaphoreWaitInfo info{};
  info.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO;
  info.semaphoreCount = 1;
  info.pSemaphores = &semaphore;
  info.pValues = &value;
  static_cast<void>(
      state.progress.note(state.vk.vkWaitSemaphores(state.config.device, &info, UINT64_MAX)));
}

}  // namespace framealloc::gpu
