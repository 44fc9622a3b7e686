// SPDX-License-Identifier: MIT OR Apache-2.0
// An executor whose functions are in a pool.
#pragma once

#include <framealloc/asio/pooled.hpp>
#include <framealloc/smart_alloc.hpp>

#include <asio/detail/recycling_allocator.hpp>
#include <asio/execution.hpp>
#include <asio/prefer.hpp>
#include <asio/query.hpp>
#include <asio/require.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace framealloc::asio {

template <class Executor>
class PooledExecutor;

namespace detail {

// What Asio names where no allocator was asked for.
template <class A>
inline constexpr bool kIsDefaultAllocator = std::is_void_v<A>;
template <class T>
inline constexpr bool kIsDefaultAllocator<std::allocator<T>> = true;
template <class T, class Purpose>
inline constexpr bool kIsDefaultAllocator<::asio::detail::recycling_allocator<T, Purpose>> = true;

template <class Property>
inline constexpr bool kIsAllocatorProperty = false;
template <class A>
inline constexpr bool kIsAllocatorProperty<::asio::execution::allocator_t<A>> = true;
template <class Property>
inline constexpr bool kNamesNoAllocator = false;
template <class A>
inline constexpr bool kNamesNoAllocator<::asio::execution::allocator_t<A>> = kIsDefaultAllocator<A>;

// A function that waits in an executor, and keeps the pool that it waits in.
template <class Function>
class KeptFunction {
 public:
  template <class F>
  KeptFunction(const SmartAlloc& alloc, F&& function)
      : alloc_(alloc), function_(std::forward<F>(function)) {}
  void operator()() { function_(); }

 private:
  SmartAlloc alloc_;
  Function function_;
};

}  // namespace detail

/// An executor that allocates what it executes from a pool; made by pooled_executor(). All else is
/// that of the executor in it. A handler that brings an allocator of its own keeps it; the
/// default, which post() names for every other handler, is replaced by the pool.
template <class Executor>
class PooledExecutor {
 public:
  using inner_executor_type = Executor;

  PooledExecutor(const Executor& inner, const SmartAlloc& alloc) : inner_(inner), alloc_(alloc) {}
  [[nodiscard]] const Executor& get_inner_executor() const noexcept { return inner_; }

  template <class Property>
    requires(!detail::kIsAllocatorProperty<Property> &&
             ::asio::can_query<const Executor&, Property>::value)
  [[nodiscard]] decltype(auto) query(const Property& property) const
      noexcept(::asio::is_nothrow_query<const Executor&, Property>::value) {
    return ::asio::query(inner_, property);
  }
  template <class A>
  [[nodiscard]] Allocator<> query(const ::asio::execution::allocator_t<A>&) const noexcept {
    return Allocator<>(alloc_);
  }
  template <class Property>
    requires(!detail::kIsAllocatorProperty<Property> &&
             ::asio::can_require<const Executor&, Property>::value)
  [[nodiscard]] auto require(const Property& property) const {
    return wrap(::asio::require(inner_, property));
  }
  template <class Property>
    requires(!detail::kIsAllocatorProperty<Property> &&
             ::asio::can_prefer<const Executor&, Property>::value)
  [[nodiscard]] auto prefer(const Property& property) const {
    return wrap(::asio::prefer(inner_, property));
  }
  template <class A>
  [[nodiscard]] auto require(const ::asio::execution::allocator_t<A>& property) const {
    if constexpr (detail::kIsDefaultAllocator<A>) {
      return *this;
    } else {
      return ::asio::prefer(inner_, property);
    }
  }

  /// Effect: has the function called as the inner executor does. Errors: std::bad_alloc when the
  /// pool denies its memory, which is reported.
  template <class Function>
  void execute(Function&& function) const {
    ::asio::execution::execute(
        ::asio::prefer(inner_, ::asio::execution::allocator(Allocator<>(alloc_))),
        detail::KeptFunction<std::decay_t<Function>>(alloc_, std::forward<Function>(function)));
  }

  friend bool operator==(const PooledExecutor& a, const PooledExecutor& b) noexcept {
    return a.inner_ == b.inner_ && a.alloc_ == b.alloc_;
  }
  friend bool operator!=(const PooledExecutor& a, const PooledExecutor& b) noexcept {
    return !(a == b);
  }

 private:
  template <class Other>
  [[nodiscard]] PooledExecutor<std::decay_t<Other>> wrap(const Other& inner) const {
    return PooledExecutor<std::decay_t<Other>>(inner, alloc_);
  }
  Executor inner_;
  SmartAlloc alloc_;
};

/// Result: an executor that behaves like `executor`, but allocates from alloc's pool whatever is
/// posted, dispatched, deferred or executed through it. I/O objects and strands may be made on it;
/// wrapped in an any_io_executor it has part of its memory from Asio again.
/// Thread contract: that of the executor.
template <class Executor>
[[nodiscard]] auto pooled_executor(const Executor& executor, const SmartAlloc& alloc) {
  return PooledExecutor<Executor>(executor, alloc);
}

}  // namespace framealloc::asio
