// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory of one task, which ends with it.
#pragma once

#include <framealloc/async/task_memory.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace framealloc::async {

class TaskAlloc;

/// An object of a TaskAlloc. It moves, and never frees: the object ends with its TaskAlloc, and the
/// box is empty from then on; FA704 has named it. Thread contract: as its TaskAlloc.
template <class T>
class TaskBox : private detail::BlockHolder {
 public:
  TaskBox() noexcept = default;
  TaskBox(TaskBox&& other) noexcept { this->take(other); }
  TaskBox& operator=(TaskBox&& other) noexcept {
    if (this != &other) {
      this->drop();
      this->take(other);
    }
    return *this;
  }
  ~TaskBox() { this->drop(); }

  /// Result: null when it is empty.
  [[nodiscard]] T* get() const noexcept {
    detail::BlockRecord* const held = this->record();
    return held == nullptr ? nullptr
                           : std::launder(static_cast<T*>(detail::TaskMemory::data_of(*held)));
  }
  /// Requirement: not empty.
  [[nodiscard]] T& operator*() const noexcept { return *get(); }
  [[nodiscard]] T* operator->() const noexcept { return get(); }
  [[nodiscard]] explicit operator bool() const noexcept { return this->record() != nullptr; }
  friend bool operator==(const TaskBox& box, std::nullptr_t) noexcept { return !box; }

 private:
  friend class TaskAlloc;
  explicit TaskBox(detail::BlockRecord& made) noexcept { this->hold(made); }
};

/// Elements in the heap that a TaskAlloc owns, uninitialized; no destructor runs for them. A view:
/// it does not know when its TaskAlloc has ended.
template <class T>
class TaskSlice {
 public:
  TaskSlice() noexcept = default;
  [[nodiscard]] T* data() const noexcept { return elements_.data(); }
  [[nodiscard]] std::size_t size() const noexcept { return elements_.size(); }
  [[nodiscard]] bool empty() const noexcept { return elements_.empty(); }
  [[nodiscard]] T& operator[](std::size_t index) const noexcept { return elements_[index]; }
  [[nodiscard]] T* begin() const noexcept { return data(); }
  [[nodiscard]] T* end() const noexcept { return data() + size(); }
  [[nodiscard]] std::span<T> span() const noexcept { return elements_; }
  operator std::span<T>() const noexcept { return elements_; }

 private:
  friend class TaskAlloc;
  explicit TaskSlice(std::span<T> elements) noexcept : elements_(elements) {}
  std::span<T> elements_;
};

namespace detail {

// What lies behind the record of a vector.
template <class T>
struct VecState {
  TaskMemory* memory;
  T* elements = nullptr;
  std::size_t size = 0;
  std::size_t capacity = 0;

  static void destroy(BlockRecord& record) noexcept {
    auto& state = *static_cast<VecState*>(TaskMemory::data_of(record));
    std::destroy_n(state.elements, state.size);
    state.memory->allocator().heap_free_bytes(state.elements);
  }
  // Result: false when there is no memory; nothing has changed then.
  [[nodiscard]] bool grow(std::size_t wanted) {
    SmartAlloc& alloc = memory->allocator();
    auto* const fresh =
        static_cast<T*>(alloc.heap_alloc_bytes(saturating_bytes(wanted, sizeof(T)), alignof(T)));
    if (fresh == nullptr) return false;
    std::uninitialized_move_n(elements, size, fresh);
    std::destroy_n(elements, size);
    alloc.heap_free_bytes(elements);
    memory->add_bytes((wanted - capacity) * sizeof(T));
    elements = fresh;
    capacity = wanted;
    return true;
  }
};

}  // namespace detail

/// A growing array of a TaskAlloc, in the heap. It moves, and never frees: elements and memory end
/// with the TaskAlloc, and it is empty, without capacity, from then on; FA704 has named it.
template <class T>
class TaskVec : private detail::BlockHolder {
  static_assert(std::is_nothrow_move_constructible_v<T>, "growing moves the elements");

 public:
  TaskVec() noexcept = default;
  TaskVec(TaskVec&& other) noexcept { this->take(other); }
  TaskVec& operator=(TaskVec&& other) noexcept {
    if (this != &other) {
      this->drop();
      this->take(other);
    }
    return *this;
  }
  ~TaskVec() { this->drop(); }

  [[nodiscard]] explicit operator bool() const noexcept { return this->record() != nullptr; }
  [[nodiscard]] std::size_t size() const noexcept { return state() ? state()->size : 0; }
  [[nodiscard]] std::size_t capacity() const noexcept { return state() ? state()->capacity : 0; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] T* data() const noexcept { return state() ? state()->elements : nullptr; }
  [[nodiscard]] T& operator[](std::size_t index) const noexcept { return data()[index]; }
  [[nodiscard]] T& back() const noexcept { return data()[size() - 1]; }
  [[nodiscard]] T* begin() const noexcept { return data(); }
  [[nodiscard]] T* end() const noexcept { return data() + size(); }
  [[nodiscard]] std::span<T> span() const noexcept { return {data(), size()}; }
  operator std::span<T>() const noexcept { return span(); }

  /// Result: false when memory is denied (reported) or it is empty; nothing has changed then.
  [[nodiscard]] bool reserve(std::size_t wanted) {
    return state() != nullptr && (wanted <= capacity() || state()->grow(wanted));
  }
  template <class... A>
  bool emplace(A&&... arguments) {
    if (state() == nullptr) return false;
    if (size() == capacity()) {
      // An argument may be one of the elements.
      T made(std::forward<A>(arguments)...);
      if (!reserve(capacity() == 0 ? 8 : 2 * capacity())) return false;
      ::new (static_cast<void*>(data() + size())) T(std::move(made));
    } else {
      ::new (static_cast<void*>(data() + size())) T(std::forward<A>(arguments)...);
    }
    ++state()->size;
    return true;
  }
  bool push(const T& value) { return emplace(value); }
  bool push(T&& value) { return emplace(std::move(value)); }
  bool push_back(const T& value) { return emplace(value); }
  bool push_back(T&& value) { return emplace(std::move(value)); }
  void pop_back() noexcept { std::destroy_at(data() + --state()->size); }
  void clear() noexcept {
    if (state() == nullptr) return;
    std::destroy_n(data(), size());
    state()->size = 0;
  }

 private:
  friend class TaskAlloc;
  using State = detail::VecState<T>;
  explicit TaskVec(detail::BlockRecord& made) noexcept { this->hold(made); }
  [[nodiscard]] State* state() const noexcept {
    detail::BlockRecord* const held = this->record();
    return held == nullptr ? nullptr : static_cast<State*>(detail::TaskMemory::data_of(*held));
  }
};

/// Memory of one task: boxes in the pool, slices and vectors in the heap. All of it ends with it,
/// or with reset(), in the order of creation. Holders that are left then are empty, and each is
/// reported (FA704), with where it was made. Nothing throws but what constructors throw.
/// Requirement: it ends before its allocator does. Thread contract: one thread at a time; a task
/// may go on elsewhere after a co_await.
class TaskAlloc {
 public:
  explicit TaskAlloc(const SmartAlloc& alloc) noexcept : memory_(alloc) {}
  ~TaskAlloc() { memory_.end("ended"); }
  TaskAlloc(const TaskAlloc&) = delete;
  TaskAlloc& operator=(const TaskAlloc&) = delete;

  // Effect: a T(arguments...). Result: an empty box when memory is denied, which is reported.
#define FRAMEALLOC_DEFINE(types, parameters, arguments)                                            \
  template <class T FRAMEALLOC_LIST types>                                                         \
  [[nodiscard]] TaskBox<T> alloc_box(FRAMEALLOC_LIST parameters Here here = CallSite::current()) { \
    return make_box<T>(here.site FRAMEALLOC_LIST arguments);                                       \
  }
  FRAMEALLOC_FOR_EACH_ARITY(FRAMEALLOC_DEFINE)
#undef FRAMEALLOC_DEFINE
  template <class T, class... A>
    requires(sizeof...(A) > framealloc::detail::kMostSited)
  [[nodiscard]] TaskBox<T> alloc_box(A&&... arguments) {
    return make_box<T>(CallSite::of_function(FRAMEALLOC_FUNCTION), std::forward<A>(arguments)...);
  }
  /// Effect: `count` uninitialized T. Result: empty when `count` is 0 or memory is denied.
  template <class T>
  [[nodiscard]] TaskSlice<T> alloc_slice(std::size_t count, CallSite site = CallSite::current()) {
    if (count == 0) return {};
    detail::BlockRecord* const record =
        memory_.make(detail::TaskMemory::Kind::Heap, saturating_bytes(count, sizeof(T)), alignof(T),
                     site.template of_type<T>());
    if (record == nullptr) return {};
    memory_.add(*record);
    return TaskSlice<T>({static_cast<T*>(detail::TaskMemory::data_of(*record)), count});
  }
  /// Effect: a vector with room for `capacity` elements. Result: with less, or one that takes
  /// nothing, when memory is denied.
  template <class T>
  [[nodiscard]] TaskVec<T> alloc_vec(std::size_t capacity = 0,
                                     CallSite site = CallSite::current()) {
    using State = detail::VecState<T>;
    detail::BlockRecord* const record = memory_.make(detail::TaskMemory::Kind::Pool, sizeof(State),
                                                     alignof(State), site.template of_type<T>());
    if (record == nullptr) return {};
    ::new (detail::TaskMemory::data_of(*record)) State{&memory_};
    record->destroy = &State::destroy;
    record->bytes = 0;  // what counts are the elements
    memory_.add(*record);
    TaskVec<T> made(*record);
    if (capacity != 0) (void)made.reserve(capacity);
    return made;
  }

  /// Result: boxes, slices and vectors made, ever; it never decreases.
  [[nodiscard]] std::uint64_t allocation_count() const noexcept {
    return memory_.allocation_count();
  }
  /// Result: bytes of the objects and elements that it has now, without the records.
  [[nodiscard]] std::size_t bytes_allocated() const noexcept { return memory_.bytes_allocated(); }
  /// Result: boxes and vectors that are still held. Linear in what was made.
  [[nodiscard]] std::size_t live_boxes() const noexcept { return memory_.held(); }
  [[nodiscard]] SmartAlloc& allocator() noexcept FRAMEALLOC_LIFETIMEBOUND {
    return memory_.allocator();
  }
  /// Effect: ends everything it has, as its own end does; it can be used again.
  void reset() noexcept { memory_.end("been reset"); }

 private:
  template <class T, class... A>
  [[nodiscard]] TaskBox<T> make_box(const CallSite& site, A&&... arguments) {
    detail::BlockRecord* const record = memory_.make(detail::TaskMemory::Kind::Pool, sizeof(T),
                                                     alignof(T), site.template of_type<T>());
    if (record == nullptr) return {};
    detail::BlockInMaking block(memory_, record);
    ::new (detail::TaskMemory::data_of(*record)) T(std::forward<A>(arguments)...);
    if constexpr (!std::is_trivially_destructible_v<T>) {
      record->destroy = [](detail::BlockRecord& ended) noexcept {
        std::destroy_at(std::launder(static_cast<T*>(detail::TaskMemory::data_of(ended))));
      };
    }
    return TaskBox<T>(block.keep());
  }

  detail::TaskMemory memory_;
};

}  // namespace framealloc::async
