// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory that tasks on several threads share and that ends with its guard.
#pragma once

#include <framealloc/async/task_memory.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

namespace framealloc::async {

class AsyncPoolGuard;

namespace detail {

// A guard's blocks. Lives as long as the guard or one of its boxes, in the allocator's pool, and
// keeps the allocator.
class GuardState {
 public:
  explicit GuardState(const SmartAlloc& alloc) noexcept : memory(alloc) {}
  // Result: null when denied, which is reported.
  [[nodiscard]] static GuardState* create(const SmartAlloc& alloc) noexcept;
  void share() noexcept { owners_.fetch_add(1, std::memory_order_relaxed); }
  void let_go() noexcept;

  std::mutex mutex;
  TaskMemory memory;

 private:
  ~GuardState() = default;
  std::atomic<std::size_t> owners_{1};
};

// A holder that other threads may empty.
class GuardedHolder {
 public:
  GuardedHolder() noexcept = default;
  GuardedHolder(GuardedHolder&& other) noexcept { take(other); }
  GuardedHolder& operator=(GuardedHolder&& other) noexcept {
    if (this != &other) {
      drop();
      take(other);
    }
    return *this;
  }
  ~GuardedHolder() { drop(); }

 protected:
  // Requirement: the guard's mutex is held.
  void hold(GuardState& state, BlockRecord& record) noexcept {
    state.share();
    state_ = &state;
    holder_.hold(record);
  }
  [[nodiscard]] void* data() const noexcept {
    BlockRecord* const record = holder_.record();
    return record == nullptr ? nullptr : TaskMemory::data_of(*record);
  }

 private:
  void take(GuardedHolder& other) noexcept {
    state_ = std::exchange(other.state_, nullptr);
    if (state_ == nullptr) return;
    const std::lock_guard lock(state_->mutex);
    holder_.take(other.holder_);
  }
  void drop() noexcept {
    GuardState* const state = std::exchange(state_, nullptr);
    if (state == nullptr) return;
    {
      const std::lock_guard lock(state->mutex);
      holder_.drop();
    }
    state->let_go();
  }

  GuardState* state_ = nullptr;
  BlockHolder holder_;
};

}  // namespace detail

/// An object of an AsyncPoolGuard. It moves, and never frees: the object ends with the guard, and
/// the box is empty from then on; FA704 has named it. Thread contract: one thread at a time; boxes
/// of one guard on several threads are fine, and may die while the guard ends. Whoever uses the
/// object must know that the guard lives.
template <class T>
class GuardedBox : detail::GuardedHolder {
 public:
  GuardedBox() noexcept = default;
  /// Result: null when it is empty.
  [[nodiscard]] T* get() const noexcept {
    void* const object = this->data();
    return object == nullptr ? nullptr : std::launder(static_cast<T*>(object));
  }
  /// Requirement: not empty.
  [[nodiscard]] T& operator*() const noexcept { return *get(); }
  [[nodiscard]] T* operator->() const noexcept { return get(); }
  [[nodiscard]] explicit operator bool() const noexcept { return this->data() != nullptr; }
  friend bool operator==(const GuardedBox& box, std::nullptr_t) noexcept { return !box; }

 private:
  friend class AsyncPoolGuard;
};

/// An array of an AsyncPoolGuard with a fixed capacity; elements and memory end with the guard.
/// Thread contract: as GuardedBox.
template <class T>
class GuardedVec : detail::GuardedHolder {
 public:
  GuardedVec() noexcept = default;
  [[nodiscard]] explicit operator bool() const noexcept { return state() != nullptr; }
  [[nodiscard]] std::size_t size() const noexcept { return state() ? state()->size : 0; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] std::size_t capacity() const noexcept { return state() ? state()->capacity : 0; }
  /// Result: false when it is full, and nothing has changed.
  bool push(const T& value) { return emplace(value); }
  bool push(T&& value) { return emplace(std::move(value)); }
  template <class... A>
  bool emplace(A&&... arguments) {
    if (size() == capacity()) return false;
    ::new (static_cast<void*>(elements() + size())) T(std::forward<A>(arguments)...);
    ++state()->size;
    return true;
  }
  /// Result: the last element, which is in it no more; nothing when it is empty.
  std::optional<T> pop() {
    if (empty()) return std::nullopt;
    T& last = elements()[state()->size - 1];
    std::optional<T> popped(std::move(last));
    --state()->size;
    std::destroy_at(&last);
    return popped;
  }
  [[nodiscard]] T& operator[](std::size_t index) const noexcept { return elements()[index]; }
  [[nodiscard]] T* data() const noexcept { return state() ? elements() : nullptr; }
  [[nodiscard]] T* begin() const noexcept { return data(); }
  [[nodiscard]] T* end() const noexcept { return data() + size(); }
  [[nodiscard]] std::span<T> span() const noexcept { return {data(), size()}; }
  void clear() noexcept {
    if (state() == nullptr) return;
    std::destroy_n(elements(), size());
    state()->size = 0;
  }

 private:
  friend class AsyncPoolGuard;
  struct alignas(T) alignas(std::size_t) State {
    std::size_t size = 0;
    std::size_t capacity = 0;
  };
  [[nodiscard]] State* state() const noexcept {
    return static_cast<State*>(detail::GuardedHolder::data());
  }
  [[nodiscard]] static T* elements_of(State* state) noexcept {
    return static_cast<T*>(static_cast<void*>(state + 1));
  }
  [[nodiscard]] T* elements() const noexcept { return elements_of(state()); }
};

/// Memory that tasks on several threads share: boxes in the pool, vectors in the heap. All of it
/// ends with the guard, in the order of creation; holders that are left then are empty, and each is
/// reported (FA704). Thread contract: any thread, except that it ends once. A guard that could not
/// be made (reported) hands out empty boxes.
class AsyncPoolGuard {
 public:
  explicit AsyncPoolGuard(const SmartAlloc& alloc) noexcept
      : alloc_(alloc), state_(detail::GuardState::create(alloc)) {}
  ~AsyncPoolGuard() {
    if (state_ == nullptr) return;
    state_->memory.end("ended", &state_->mutex);
    state_->let_go();
  }
  AsyncPoolGuard(const AsyncPoolGuard&) = delete;
  AsyncPoolGuard& operator=(const AsyncPoolGuard&) = delete;

  // Effect: a T(arguments...). Result: an empty box when memory is denied, which is reported.
#define FRAMEALLOC_DEFINE(types, parameters, arguments)                        \
  template <class T FRAMEALLOC_LIST types>                                     \
  [[nodiscard]] GuardedBox<T> alloc_box(FRAMEALLOC_LIST parameters Here here = \
                                            CallSite::current()) {             \
    return make_box<T>(here.site FRAMEALLOC_LIST arguments);                   \
  }
  FRAMEALLOC_FOR_EACH_ARITY(FRAMEALLOC_DEFINE)
#undef FRAMEALLOC_DEFINE
  template <class T, class... A>
    requires(sizeof...(A) > framealloc::detail::kMostSited)
  [[nodiscard]] GuardedBox<T> alloc_box(A&&... arguments) {
    return make_box<T>(CallSite::of_function(FRAMEALLOC_FUNCTION), std::forward<A>(arguments)...);
  }
  /// Effect: an array of at most `capacity` T. Result: one without capacity when memory is denied.
  template <class T>
  [[nodiscard]] GuardedVec<T> alloc_vec(std::size_t capacity, CallSite site = CallSite::current()) {
    using State = typename GuardedVec<T>::State;
    GuardedVec<T> made;
    if (state_ == nullptr) return made;
    const std::size_t bytes = saturating_bytes(capacity, sizeof(T));
    detail::BlockRecord* const record =
        state_->memory.make(detail::TaskMemory::Kind::Heap, sizeof(State) + bytes, alignof(State),
                            site.template of_type<T>());
    if (record == nullptr) return made;
    ::new (detail::TaskMemory::data_of(*record)) State{0, capacity};
    record->bytes = bytes;
    record->destroy = [](detail::BlockRecord& ended) noexcept {
      auto* const state = static_cast<State*>(detail::TaskMemory::data_of(ended));
      std::destroy_n(GuardedVec<T>::elements_of(state), state->size);
    };
    const std::lock_guard lock(state_->mutex);
    state_->memory.add(*record);
    made.hold(*state_, *record);
    return made;
  }

  /// Result: boxes and vectors made, ever.
  [[nodiscard]] std::uint64_t allocation_count() const noexcept {
    if (state_ == nullptr) return 0;
    const std::lock_guard lock(state_->mutex);
    return state_->memory.allocation_count();
  }
  /// Result: bytes of the objects and elements that it has, without the records.
  [[nodiscard]] std::size_t bytes_allocated() const noexcept {
    if (state_ == nullptr) return 0;
    const std::lock_guard lock(state_->mutex);
    return state_->memory.bytes_allocated();
  }
  /// Result: boxes and vectors that are still held.
  [[nodiscard]] std::size_t live_boxes() const noexcept {
    if (state_ == nullptr) return 0;
    const std::lock_guard lock(state_->mutex);
    return state_->memory.held();
  }
  [[nodiscard]] SmartAlloc& allocator() noexcept FRAMEALLOC_LIFETIMEBOUND { return alloc_; }

 private:
  template <class T, class... A>
  [[nodiscard]] GuardedBox<T> make_box(const CallSite& site, A&&... arguments) {
    GuardedBox<T> made;
    if (state_ == nullptr) return made;
    detail::BlockRecord* const record = state_->memory.make(
        detail::TaskMemory::Kind::Pool, sizeof(T), alignof(T), site.template of_type<T>());
    if (record == nullptr) return made;
    detail::BlockInMaking block(state_->memory, record);
    ::new (detail::TaskMemory::data_of(*record)) T(std::forward<A>(arguments)...);
    if constexpr (!std::is_trivially_destructible_v<T>) {
      record->destroy = [](detail::BlockRecord& ended) noexcept {
        std::destroy_at(std::launder(static_cast<T*>(detail::TaskMemory::data_of(ended))));
      };
    }
    const std::lock_guard lock(state_->mutex);
    made.hold(*state_, block.keep());
    return made;
  }

  SmartAlloc alloc_;
  detail::GuardState* state_;
};

}  // namespace framealloc::async
