// SPDX-License-Identifier: MIT OR Apache-2.0
// The owner of one object in a block of the pool or the heap: what PoolBox and HeapBox have in
// common.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/detail/base/exchange.hpp>
#include <framealloc/detail/container/relocate.hpp>
#include <framealloc/detail/thread/entry.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace framealloc::detail {

// A door is where blocks come from and go to.
struct PoolDoor {
  static void* allocate(Instance& instance, std::size_t size, std::size_t alignment,
                        const CallSite& site) noexcept {
    return pool_allocate(instance, size, alignment, site);
  }
  static void free(Instance& instance, void* block, std::size_t size,
                   std::size_t alignment) noexcept {
    pool_free(instance, block, size, alignment, CallSite{});
  }
};
struct HeapDoor {
  static void* allocate(Instance& instance, std::size_t size, std::size_t alignment,
                        const CallSite& site) noexcept {
    return heap_allocate(instance, size, alignment, site);
  }
  static void free(Instance& instance, void* block, std::size_t, std::size_t) noexcept {
    heap_free(instance, block, CallSite{});
  }
};

// A block that is freed unless it is taken: the object's constructor may throw.
template <class Door>
class PendingBlock {
 public:
  PendingBlock(Instance& instance, std::size_t size, std::size_t alignment,
               const CallSite& site) noexcept
      : instance_(instance),
        size_(size),
        alignment_(alignment),
        block_(Door::allocate(instance, size, alignment, site)) {}
  PendingBlock(const PendingBlock&) = delete;
  PendingBlock& operator=(const PendingBlock&) = delete;
  ~PendingBlock() {
    if (block_ != nullptr) Door::free(instance_, block_, size_, alignment_);
  }
  [[nodiscard]] void* get() const noexcept { return block_; }
  void keep() noexcept { block_ = nullptr; }

 private:
  Instance& instance_;
  std::size_t size_;
  std::size_t alignment_;
  void* block_;
};

// What a box must store besides the object. If the object may be of a derived type, its pointer
// does not tell its size and the address of its block, so the box keeps a function that does.
template <class T, class Door, bool polymorphic>
class Disposal {
 public:
  static Disposal of(T*) noexcept { return {}; }
  void run(Instance& instance, T* object) const noexcept {
    std::destroy_at(object);
    Door::free(instance, object, sizeof(T), alignof(T));
  }
};
template <class T, class Door>
class Disposal<T, Door, true> {
 public:
  static Disposal of(T* object) noexcept {
    Disposal disposal;
    disposal.block_ = object;
    disposal.dispose_ = [](Instance& instance, void* block) noexcept {
      std::destroy_at(static_cast<T*>(block));
      Door::free(instance, block, sizeof(T), alignof(T));
    };
    return disposal;
  }
  template <class U>
  static Disposal from(const Disposal<U, Door, true>& other) noexcept {
    Disposal disposal;
    disposal.block_ = other.block_;
    disposal.dispose_ = other.dispose_;
    return disposal;
  }
  void run(Instance& instance, T*) const noexcept { dispose_(instance, block_); }

 private:
  template <class, class, bool>
  friend class Disposal;
  void* block_ = nullptr;
  void (*dispose_)(Instance&, void*) noexcept = nullptr;
};

// Destroys its object and gives the block back, on whatever thread it dies. Requirement: it dies
// before the allocator does. A box of a derived type converts to a box of a base with a virtual
// destructor. Move-only; an ordinary value otherwise.
template <class T, class Door>
class BlockBox {
  static_assert(std::is_object_v<T> && !std::is_array_v<T>);

 public:
  using element_type = T;
  static constexpr bool kPolymorphic = std::has_virtual_destructor_v<T> && !std::is_final_v<T>;

  BlockBox() noexcept = default;
  BlockBox(std::nullptr_t) noexcept {}
  // Effect: takes over a T that was made in a block of its own from the same instance. Null is
  // fine.
  BlockBox(Instance& instance, T* object) noexcept
      : object_(object), instance_(&instance), disposal_(Extra::of(object)) {}
  BlockBox(BlockBox&& other) noexcept
      : object_(detail::exchange_value(other.object_, nullptr)),
        instance_(other.instance_),
        disposal_(other.disposal_) {}
  template <class U>
    requires(!std::same_as<U, T> && std::convertible_to<U*, T*> && kPolymorphic)
  BlockBox(BlockBox<U, Door>&& other) noexcept
      : object_(other.object_), instance_(other.instance_) {
    if constexpr (BlockBox<U, Door>::kPolymorphic) {
      disposal_ = Extra::from(other.disposal_);
    } else {  // a final class: its disposal is made now
      disposal_ = Extra::from(Disposal<U, Door, true>::of(other.object_));
    }
    other.object_ = nullptr;
  }
  BlockBox& operator=(BlockBox&& other) noexcept {
    if (this != &other) {
      reset();
      object_ = detail::exchange_value(other.object_, nullptr);
      instance_ = other.instance_;
      disposal_ = other.disposal_;
    }
    return *this;
  }
  BlockBox& operator=(std::nullptr_t) noexcept {
    reset();
    return *this;
  }
  ~BlockBox() { reset(); }

  // Effect: a T(arguments...) and its owner. Result: a null box when memory is denied (reported).
  // Thread contract: any thread.
  template <class... A>
  [[nodiscard]] static BlockBox make(Instance& instance, A&&... arguments) {
    return make_at(instance, CallSite{}, std::forward<A>(arguments)...);
  }
  // The same for reports that name `site`.
  template <class... A>
  [[nodiscard]] static BlockBox make_at(Instance& instance, const CallSite& site,
                                        A&&... arguments) {
    PendingBlock<Door> block(instance, sizeof(T), alignof(T), site.template of_type<T>());
    if (block.get() == nullptr) return {};
    T* const object = construct<T>(block.get(), std::forward<A>(arguments)...);
    block.keep();
    return {instance, object};
  }

  [[nodiscard]] T* get() const noexcept { return object_; }
  // Requirement of these two: not null.
  [[nodiscard]] T& operator*() const noexcept { return *object_; }
  [[nodiscard]] T* operator->() const noexcept { return object_; }
  [[nodiscard]] explicit operator bool() const noexcept { return object_ != nullptr; }

  // Effect: releases the object. Result: the object; the caller must destroy it and free its block,
  // or pass it to another box of its own type.
  [[nodiscard]] T* release() noexcept { return detail::exchange_value(object_, nullptr); }
  [[nodiscard]] T* into_raw() noexcept { return release(); }
  // Effect: moves the object out and frees what is left. Requirement: not null.
  [[nodiscard]] T into_inner()
    requires std::move_constructible<T>
  {
    T value(std::move(*object_));
    reset();
    return value;
  }
  void reset() noexcept {
    T* const object = detail::exchange_value(object_, nullptr);
    if (object != nullptr) disposal_.run(*instance_, object);
  }
  void swap(BlockBox& other) noexcept { std::swap(*this, other); }
  friend void swap(BlockBox& a, BlockBox& b) noexcept { std::swap<BlockBox>(a, b); }
  friend bool operator==(const BlockBox& a, const BlockBox& b) noexcept {
    return a.object_ == b.object_;
  }
  friend bool operator==(const BlockBox& box, std::nullptr_t) noexcept {
    return box.object_ == nullptr;
  }

 private:
  template <class, class>
  friend class BlockBox;
  using Extra = Disposal<T, Door, kPolymorphic>;

  T* object_ = nullptr;
  Instance* instance_ = nullptr;
  [[no_unique_address]] Extra disposal_{};
};

}  // namespace framealloc::detail

template <class T, class Door>
struct framealloc::IsTriviallyRelocatable<framealloc::detail::BlockBox<T, Door>> : std::true_type {
};

template <class T, class Door>
struct std::hash<framealloc::detail::BlockBox<T, Door>> {
  std::size_t operator()(const framealloc::detail::BlockBox<T, Door>& box) const noexcept {
    return std::hash<T*>()(box.get());
  }
};
