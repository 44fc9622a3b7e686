// SPDX-License-Identifier: MIT OR Apache-2.0
// Shared ownership of one object in the pool, and references that do not keep it alive.
#pragma once

#include <framealloc/detail/base/exchange.hpp>
#include <framealloc/detail/container/block_box.hpp>

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace framealloc {

namespace detail {

// The counts precede the object in one block. All owners together hold one of the weak references,
// so the block is freed when the last reference of either kind is gone.
struct ArcHeader {
  std::atomic<std::uint32_t> owners{1};
  std::atomic<std::uint32_t> weak{1};
  Instance* instance;
  // Effect: destroys the object, or frees the block.
  void (*act)(ArcHeader*, bool free_block) noexcept;

  void add_owner() noexcept { owners.fetch_add(1, std::memory_order_relaxed); }
  void add_weak() noexcept { weak.fetch_add(1, std::memory_order_relaxed); }
  // Result: false when no owner was left.
  [[nodiscard]] bool add_owner_if_alive() noexcept {
    std::uint32_t count = owners.load(std::memory_order_relaxed);
    while (count != 0) {
      if (owners.compare_exchange_weak(count, count + 1, std::memory_order_acquire,
                                       std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }
  void drop_owner() noexcept {
    if (owners.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    act(this, false);
    drop_weak();
  }
  void drop_weak() noexcept {
    if (weak.fetch_sub(1, std::memory_order_acq_rel) == 1) act(this, true);
  }
};

template <class T>
struct ArcBlock {
  ArcHeader header;
  alignas(T) std::byte object[sizeof(T)];

  [[nodiscard]] T* get() noexcept { return std::launder(reinterpret_cast<T*>(object)); }
  static void act(ArcHeader* header, bool free_block) noexcept {
    auto* const block = reinterpret_cast<ArcBlock*>(header);  // its first member
    if (!free_block) {
      std::destroy_at(block->get());
      return;
    }
    Instance& instance = *header->instance;
    std::destroy_at(block);
    pool_free(instance, block, sizeof(ArcBlock), alignof(ArcBlock), CallSite{});
  }
};

}  // namespace detail

template <class T>
class PoolWeak;

/// The object is destroyed with the last PoolArc, on the thread that drops it; copies share it.
/// Converts to a PoolArc of any base, whether its destructor is virtual or not. Requirement: all
/// owners are destroyed before the allocator. At most 2^32 - 1 owners. Thread contract: different
/// PoolArcs of one object on any threads; one PoolArc on one thread at a time.
template <class T>
class PoolArc {
  static_assert(std::is_object_v<T> && !std::is_array_v<T>);

 public:
  using element_type = T;

  PoolArc() noexcept = default;
  PoolArc(std::nullptr_t) noexcept {}
  PoolArc(const PoolArc& other) noexcept : PoolArc(other.object_, other.header_) {
    if (header_ != nullptr) header_->add_owner();
  }
  PoolArc(PoolArc&& other) noexcept
      : PoolArc(detail::exchange_value(other.object_, nullptr),
                detail::exchange_value(other.header_, nullptr)) {}
  template <class U>
    requires(!std::same_as<U, T> && std::convertible_to<U*, T*>)
  PoolArc(const PoolArc<U>& other) noexcept : PoolArc(other.object_, other.header_) {
    if (header_ != nullptr) header_->add_owner();
  }
  template <class U>
    requires(!std::same_as<U, T> && std::convertible_to<U*, T*>)
  PoolArc(PoolArc<U>&& other) noexcept
      : PoolArc(detail::exchange_value(other.object_, nullptr),
                detail::exchange_value(other.header_, nullptr)) {}
  PoolArc& operator=(PoolArc other) noexcept {
    swap(other);
    return *this;
  }
  ~PoolArc() {
    if (header_ != nullptr) header_->drop_owner();
  }

  /// Effect: a T(arguments...) and its first owner. Result: a null one when memory is denied
  /// (reported). Thread contract: any thread.
  template <class... A>
  [[nodiscard]] static PoolArc make(detail::Instance& instance, A&&... arguments) {
    return make_at(instance, CallSite{}, std::forward<A>(arguments)...);
  }
  /// The same, but reports name `site`.
  template <class... A>
  [[nodiscard]] static PoolArc make_at(detail::Instance& instance, const CallSite& site,
                                       A&&... arguments) {
    using Block = detail::ArcBlock<T>;
    detail::PendingBlock<detail::PoolDoor> memory(instance, sizeof(Block), alignof(Block),
                                                  site.template of_type<T>());
    if (memory.get() == nullptr) return {};
    auto* const block = ::new (memory.get()) Block{{.instance = &instance, .act = &Block::act}, {}};
    T* const object = detail::construct<T>(block->object, std::forward<A>(arguments)...);
    memory.keep();
    return PoolArc(object, &block->header);
  }

  [[nodiscard]] T* get() const noexcept { return object_; }
  /// Requirement of these two: not null.
  [[nodiscard]] T& operator*() const noexcept { return *object_; }
  [[nodiscard]] T* operator->() const noexcept { return object_; }
  [[nodiscard]] explicit operator bool() const noexcept { return object_ != nullptr; }
  /// Result: owners at some recent moment; 0 for a null one.
  [[nodiscard]] std::size_t use_count() const noexcept {
    return header_ == nullptr ? 0 : header_->owners.load(std::memory_order_relaxed);
  }
  /// Result: a reference that does not keep the object alive.
  [[nodiscard]] PoolWeak<T> downgrade() const noexcept { return PoolWeak<T>(*this); }

  void reset() noexcept { PoolArc().swap(*this); }
  void swap(PoolArc& other) noexcept {
    detail::swap_values(object_, other.object_);
    detail::swap_values(header_, other.header_);
  }
  friend void swap(PoolArc& a, PoolArc& b) noexcept { a.swap(b); }
  friend bool operator==(const PoolArc& a, const PoolArc& b) noexcept {
    return a.object_ == b.object_;
  }
  friend bool operator==(const PoolArc& arc, std::nullptr_t) noexcept {
    return arc.object_ == nullptr;
  }

 private:
  template <class>
  friend class PoolArc;
  template <class>
  friend class PoolWeak;
  PoolArc(T* object, detail::ArcHeader* header) noexcept : object_(object), header_(header) {}

  T* object_ = nullptr;
  detail::ArcHeader* header_ = nullptr;
};

/// Refers to an object without owning it. Keeps its block, not the object.
template <class T>
class PoolWeak {
 public:
  PoolWeak() noexcept = default;
  explicit PoolWeak(const PoolArc<T>& arc) noexcept : object_(arc.object_), header_(arc.header_) {
    if (header_ != nullptr) header_->add_weak();
  }
  PoolWeak(const PoolWeak& other) noexcept : object_(other.object_), header_(other.header_) {
    if (header_ != nullptr) header_->add_weak();
  }
  PoolWeak(PoolWeak&& other) noexcept
      : object_(detail::exchange_value(other.object_, nullptr)),
        header_(detail::exchange_value(other.header_, nullptr)) {}
  PoolWeak& operator=(PoolWeak other) noexcept {
    detail::swap_values(object_, other.object_);
    detail::swap_values(header_, other.header_);
    return *this;
  }
  ~PoolWeak() {
    if (header_ != nullptr) header_->drop_weak();
  }

  /// Result: an owner, or null when the object is gone. Thread contract: as PoolArc.
  [[nodiscard]] PoolArc<T> lock() const noexcept {
    if (header_ == nullptr || !header_->add_owner_if_alive()) return {};
    return PoolArc<T>(object_, header_);
  }
  [[nodiscard]] bool expired() const noexcept {
    return header_ == nullptr || header_->owners.load(std::memory_order_relaxed) == 0;
  }
  void reset() noexcept { *this = PoolWeak(); }

 private:
  T* object_ = nullptr;
  detail::ArcHeader* header_ = nullptr;
};

template <class T>
struct IsTriviallyRelocatable<PoolArc<T>> : std::true_type {};
template <class T>
struct IsTriviallyRelocatable<PoolWeak<T>> : std::true_type {};

}  // namespace framealloc

template <class T>
struct std::hash<framealloc::PoolArc<T>> {
  std::size_t operator()(const framealloc::PoolArc<T>& arc) const noexcept {
    return std::hash<T*>()(arc.get());
  }
};
