// SPDX-License-Identifier: MIT OR Apache-2.0
// A handler whose operations are in a pool.
#pragma once

#include <framealloc/smart_alloc.hpp>
#include <framealloc/std_allocators.hpp>

#include <asio/associator.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace framealloc::asio {

/// What operations and functions of Asio are allocated with. As the standard asks, it throws
/// std::bad_alloc when memory is denied, which has been reported before.
template <class T = std::byte>
using Allocator = PoolAllocator<T>;

/// A handler with a pool as its associated allocator; made by pooled(). Its executor and its
/// cancellation slot are those of the handler in it. Keeps its allocator alive.
template <class Handler>
class Pooled {
 public:
  using allocator_type = Allocator<>;

  template <class H>
  Pooled(const SmartAlloc& alloc, H&& handler)
      : alloc_(alloc), pool_(alloc), handler_(std::forward<H>(handler)) {}

  [[nodiscard]] allocator_type get_allocator() const noexcept { return pool_; }
  [[nodiscard]] const Handler& handler() const noexcept { return handler_; }

  template <class... A>
  auto operator()(A&&... arguments)
      -> decltype(std::declval<Handler&>()(std::forward<A>(arguments)...)) {
    return handler_(std::forward<A>(arguments)...);
  }
  template <class... A>
  auto operator()(A&&... arguments) const
      -> decltype(std::declval<const Handler&>()(std::forward<A>(arguments)...)) {
    return handler_(std::forward<A>(arguments)...);
  }

 private:
  SmartAlloc alloc_;
  Allocator<> pool_;  // stays where it is when the handler moves on: Asio asks what it moved from
  Handler handler_;
};

/// Result: the handler with the pool as its associated allocator: what Asio allocates for the
/// operation that it completes is in alloc's pool, in all steps of a composed one.
///
///     timer.async_wait(pooled(alloc, [&](const asio::error_code&) { ... }));
///
/// Errors: an operation whose memory is denied throws std::bad_alloc where it is started. Thread
/// contract: that of the handler.
template <class Handler>
[[nodiscard]] auto pooled(const SmartAlloc& alloc, Handler&& handler) {
  return Pooled<std::decay_t<Handler>>(alloc, std::forward<Handler>(handler));
}

}  // namespace framealloc::asio

// The other properties of the handler within.
template <template <class, class> class Associator, class Handler, class Default>
struct asio::associator<Associator, framealloc::asio::Pooled<Handler>, Default> {
  using type = typename Associator<Handler, Default>::type;
  [[nodiscard]] static type get(const framealloc::asio::Pooled<Handler>& handler,
                                const Default& other = Default()) noexcept {
    return Associator<Handler, Default>::get(handler.handler(), other);
  }
};
