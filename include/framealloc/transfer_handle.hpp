// SPDX-License-Identifier: MIT OR Apache-2.0
// An object on its way from one thread to another.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/detail/base/exchange.hpp>
#include <framealloc/detail/os/thread.hpp>
#include <framealloc/pool_box.hpp>
#include <framealloc/transfer.hpp>

#include <cstddef>
#include <utility>

namespace framealloc {

template <class T>
class TransferChannel;

/// Owns an object in the pool until a thread receives it; the object itself never moves, so that
/// its address stays the same, and it does not depend on any frame. Made by
/// SmartAlloc::frame_box_for_transfer(). Move the handle to the other thread by any means that
/// synchronizes the two (a TransferChannel, a queue, the start of a thread).
///
/// A handle that dies before its object was received destroys it, counts it as dropped and
/// reports it (FA206). Requirement: it dies, or is received, before the allocator ends. Move-only;
/// for one thread at a time.
template <class T>
class TransferHandle {
 public:
  /// A handle of nothing: what an allocator gives that had no memory (reported there).
  TransferHandle() noexcept = default;
  TransferHandle(detail::Instance& instance, PoolBox<T> box) noexcept
      : box_(std::move(box)), instance_(&instance) {
    if (box_ == nullptr) return;
    origin_ = os::current_thread_id();
    id_ = detail::transfer_begins(instance, size());
  }
  TransferHandle(TransferHandle&& other) noexcept
      : box_(std::move(other.box_)),
        instance_(detail::exchange_value(other.instance_, nullptr)),
        id_(detail::exchange_value(other.id_, TransferId{})),
        origin_(other.origin_),
        state_(other.state_) {}
  TransferHandle& operator=(TransferHandle&& other) noexcept {
    if (this != &other) {
      drop(false);
      box_ = std::move(other.box_);
      instance_ = detail::exchange_value(other.instance_, nullptr);
      id_ = detail::exchange_value(other.id_, TransferId{});
      origin_ = other.origin_;
      state_ = other.state_;
    }
    return *this;
  }
  ~TransferHandle() { drop(false); }

  /// Effect: notes that the handle has been handed on; for your eyes and the reports.
  void mark_sent() noexcept {
    if (box_ != nullptr) state_ = TransferState::InFlight;
  }
  /// Effect: the calling thread owns the object from now on; when the box dies, the block goes back
  /// to the thread that made it. Result: null, and FA207, when it was received or discarded before;
  /// null without a report for a handle of nothing.
  [[nodiscard]] PoolBox<T> receive(CallSite site = CallSite::current()) noexcept {
    if (box_ == nullptr) {
      if (instance_ != nullptr && id_ != TransferId{}) {
        detail::transfer_is_gone(*instance_, id_, origin_, state_, size(), site);
      }
      return {};
    }
    state_ = TransferState::Received;
    detail::transfer_arrives(*instance_, size());
    return std::move(box_);
  }
  /// Effect: destroys an object that is no longer wanted; counted as dropped, and not reported.
  void discard() noexcept { drop(true); }

  /// Result: whether there is an object to receive.
  [[nodiscard]] explicit operator bool() const noexcept { return box_ != nullptr; }
  [[nodiscard]] TransferId id() const noexcept { return id_; }
  [[nodiscard]] ThreadId origin_thread() const noexcept { return origin_; }
  [[nodiscard]] TransferState state() const noexcept { return state_; }
  [[nodiscard]] bool is_received() const noexcept { return state_ == TransferState::Received; }
  [[nodiscard]] static constexpr std::size_t size() noexcept { return sizeof(T); }  ///< bytes
  /// Result: the object, null when it is not here (any more).
  [[nodiscard]] T* as_ptr() const noexcept { return box_.get(); }

 private:
  friend class TransferChannel<T>;

  void drop(bool silently) noexcept {
    if (box_ == nullptr) return;
    state_ = TransferState::Dropped;
    box_.reset();
    detail::transfer_drops(*instance_, id_, origin_, size(), silently);
  }

  PoolBox<T> box_;
  detail::Instance* instance_ = nullptr;
  TransferId id_;
  ThreadId origin_;
  TransferState state_ = TransferState::Owned;
};

}  // namespace framealloc
