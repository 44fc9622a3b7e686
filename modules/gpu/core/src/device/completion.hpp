// SPDX-License-Identifier: MIT OR Apache-2.0
// What the core knows of the GPU's progress, which the folder transfer/ implements.
#pragma once

#include <framealloc/gpu/backend.hpp>

#include <chrono>
#include <cstdint>

namespace framealloc::gpu::detail {

// Serials and their completion, over a GpuBackend.
class Completion {
 public:
  // Result: the highest serial that is complete, everything below it too. Does not wait; cheap.
  [[nodiscard]] virtual std::uint64_t completed() noexcept = 0;
  // Effect: waits for a serial. A serial that no submission will reach, because the signal of its
  // frame failed, is complete when the device is idle. Result: Ok, Timeout, Lost, Failed.
  [[nodiscard]] virtual DeviceStatus wait(std::uint64_t serial,
                                          std::chrono::nanoseconds timeout) noexcept = 0;
  // Effect: waits for all that was submitted; every serial given out so far is complete then.
  [[nodiscard]] virtual DeviceStatus wait_idle() noexcept = 0;
  // Effect: a frame of that number opens: submissions belong to its epoch.
  virtual void begin_frame(std::uint64_t frame) noexcept = 0;
  // Effect: signals the frame's end; submissions belong to the next epoch from now on.
  [[nodiscard]] virtual DeviceStatus end_frame(std::uint64_t frame) noexcept = 0;
  // Effect: runs the callbacks of on_complete() whose ticket is complete; no lock is held.
  virtual void run_callbacks() noexcept = 0;
  // Effect: runs those that are left. Nothing is called afterward.
  virtual void shut_down() noexcept = 0;

 protected:
  Completion() = default;
  Completion(const Completion&) = default;
  Completion& operator=(const Completion&) = default;
  ~Completion() = default;
};

}  // namespace framealloc::gpu::detail
