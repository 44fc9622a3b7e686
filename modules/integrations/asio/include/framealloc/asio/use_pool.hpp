// SPDX-License-Identifier: MIT OR Apache-2.0
// The completion token with which a coroutine awaits an operation of Asio.
#pragma once

#include <framealloc/asio/operation.hpp>
#include <framealloc/smart_alloc.hpp>

#include <asio/async_result.hpp>

#include <type_traits>
#include <utility>

namespace framealloc::asio {

/// A completion token; see use_pool(). Keeps its allocator alive.
class UsePool {
 public:
  explicit UsePool(const SmartAlloc& alloc) noexcept : alloc_(alloc) {}
  [[nodiscard]] const SmartAlloc& allocator() const& noexcept { return alloc_; }
  [[nodiscard]] SmartAlloc allocator() && noexcept { return std::move(alloc_); }

 private:
  SmartAlloc alloc_;
};

/// A completion token with which any coroutine awaits any operation of Asio; the result is a
/// std::tuple of the operation's results.
///
///     auto [error, size] = co_await socket.async_read_some(buffer, use_pool(alloc));
///
/// Effect: the operation starts when the coroutine suspends. What Asio allocates for it, in all
/// steps of a composed one, is in alloc's pool, and so are the frames of the coroutines that are
/// made once it goes on, as under an AllocatorScope. It goes on inside the handler, on a thread
/// that runs the operation's context.
///
/// Errors: those of the operation are its results. Where the pool denies the operation its memory,
/// which is reported, the error is asio::error::no_memory, or std::bad_alloc if the first result
/// is no error_code or the others have no default. A composed operation that is denied memory
/// half-way ends the same way, and run() throws std::bad_alloc as well: call it again.
///
/// If the io_context ends first, tasks that were spawned are destroyed, others stay suspended for
/// their owners. A coroutine may be destroyed while it waits, by a thread that runs its context;
/// the operation goes on without it, so nothing that it uses may lie in the coroutine.
/// Thread contract: any thread.
[[nodiscard]] inline UsePool use_pool(const SmartAlloc& alloc) noexcept { return UsePool(alloc); }

}  // namespace framealloc::asio

template <class R, class... Results>
class asio::async_result<framealloc::asio::UsePool, R(Results...)> {
 public:
  // Named by the binders of Asio 1.22 and used by none: what initiate() returns depends on the
  // operation.
  using return_type = void;

  template <class Initiation, class Token, class... A>
  [[nodiscard]] static auto initiate(Initiation&& initiation, Token&& token, A&&... arguments) {
    return framealloc::asio::detail::Operation<std::decay_t<Initiation>,
                                               framealloc::asio::detail::ResultWait<Results...>,
                                               std::decay_t<A>...>(
        std::forward<Token>(token).allocator(), std::forward<Initiation>(initiation),
        std::forward<A>(arguments)...);
  }
};
