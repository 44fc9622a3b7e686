// SPDX-License-Identifier: MIT OR Apache-2.0
// Bytes on their way from the GPU.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/gpu/annotations.hpp>
#include <framealloc/gpu/ticket.hpp>
#include <framealloc/result.hpp>

#include <chrono>
#include <cstddef>
#include <span>
#include <utility>

namespace framealloc::gpu {

namespace detail {
struct ReadbackState;
struct TransferAccess;
}  // namespace detail

/// Bytes on their way from the GPU. Move-only. Holds its memory until it ends. Thread contract: one
/// thread at a time.
class Readback {
 public:
  Readback() = default;
  Readback(Readback&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  Readback& operator=(Readback&& other) noexcept {
    Readback moved(std::move(other));
    std::swap(state_, moved.state_);
    return *this;
  }
  ~Readback() {
    if (state_ != nullptr) let_go();
  }
  [[nodiscard]] explicit operator bool() const noexcept { return state_ != nullptr; }

  /// Result: true from the moment on at which the ticket of its submission, or that of the end of its
  /// frame, is complete. Does not wait for the GPU; while another thread submits the batch, for that.
  [[nodiscard]] bool ready() const noexcept;
  /// Effect: waits until they are here; if they were not submitted yet, submits them (uses the
  /// queue). Failure: FA419 after `timeout`, when the device is lost, when their batch was dropped
  /// or their allocator has ended.
  FRAMEALLOC_GPU_WAITS [[nodiscard]] Result<std::span<const std::byte>> wait(
      std::chrono::nanoseconds timeout = kForever) noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// The same as values. Requirement: T is trivially copyable.
  template <class T>
  FRAMEALLOC_GPU_WAITS [[nodiscard]] Result<std::span<const T>> wait_as(
      std::chrono::nanoseconds timeout = kForever) noexcept FRAMEALLOC_LIFETIMEBOUND {
    const Result<std::span<const std::byte>> bytes = wait(timeout);
    if (!bytes) return bytes.error();
    return std::span<const T>(reinterpret_cast<const T*>(bytes->data()), bytes->size() / sizeof(T));
  }
  /// Result: the submission that brings them; 0 before there is one.
  [[nodiscard]] Ticket ticket() const noexcept;

 private:
  friend struct detail::TransferAccess;
  void let_go() noexcept;
  detail::ReadbackState* state_ = nullptr;
};

}  // namespace framealloc::gpu
