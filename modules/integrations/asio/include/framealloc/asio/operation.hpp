// SPDX-License-Identifier: MIT OR Apache-2.0
// What a coroutine awaits: an operation of Asio that is started when it suspends.
#pragma once

#include <framealloc/asio/pooled.hpp>
#include <framealloc/async/pooled_frame.hpp>
#include <framealloc/async/task_promise.hpp>
#include <framealloc/smart_alloc.hpp>

#include <asio/error.hpp>
#include <asio/error_code.hpp>

#include <coroutine>
#include <cstdint>
#include <new>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace framealloc::asio::detail {

class HandlerLink;
class OperationWait;

enum class Ending : std::uint8_t { None, Completed, Denied, Dropped };

// On the stack of a thread that is inside the call that starts an operation. If the operation is
// over before that call returns, on this thread, the coroutine goes on when it has: a loop over
// operations that complete at once needs no stack.
struct Starting {
  const OperationWait* wait;
  Starting* outer;
  bool over = false;
};

// A coroutine that waits for an operation. Lies in the coroutine's frame; knows the handler, which
// Asio moves around, and is known by it, so that either may end first.
// Thread contract: the thread that starts the operation, then the one that completes it.
class OperationWait {
 public:
  OperationWait(const OperationWait&) = delete;
  OperationWait& operator=(const OperationWait&) = delete;

  // Effect: the coroutine goes on, now or when the call that started the operation returns. This
  // object may be gone then.
  void go_on(Ending ending);

 protected:
  explicit OperationWait(SmartAlloc&& alloc) noexcept
      : alloc_(std::move(alloc)), pool_(async::detail::pool_of(alloc_)) {}
  OperationWait(OperationWait&& other) noexcept
      : alloc_(std::move(other.alloc_)), pool_(other.pool_) {}
  ~OperationWait();

  template <class Promise>
  void waits(std::coroutine_handle<Promise> coroutine) noexcept {
    coroutine_ = coroutine;
    if constexpr (std::is_base_of_v<async::detail::TaskPromise, Promise>) {
      task_ = &coroutine.promise();
    }
  }
  [[nodiscard]] Ending ending() const noexcept { return ending_; }
  void set_ending(Ending ending) noexcept { ending_ = ending; }

  // While one lives, this thread starts the operation.
  class StartScope {
   public:
    explicit StartScope(OperationWait& wait) noexcept;
    ~StartScope();
    StartScope(const StartScope&) = delete;
    StartScope& operator=(const StartScope&) = delete;
    [[nodiscard]] bool is_over() const noexcept { return starting_.over; }

   private:
    Starting starting_;
  };

 private:
  friend class HandlerLink;
  SmartAlloc alloc_;  // until the handler has it
  PoolRef pool_;
  std::coroutine_handle<> coroutine_;
  async::detail::TaskPromise* task_ = nullptr;
  HandlerLink* handler_ = nullptr;
  Starting* starting_ = nullptr;
  Ending ending_ = Ending::None;
};

// The part of a handler that does not depend on its results. Its end, if it was never called, is
// the end of the operation too: see drop().
class HandlerLink {
 public:
  using allocator_type = Allocator<>;
  [[nodiscard]] allocator_type get_allocator() const noexcept { return pool_; }

 protected:
  explicit HandlerLink(OperationWait& wait) noexcept;
  HandlerLink(HandlerLink&& other) noexcept
      : alloc_(std::move(other.alloc_)),
        pool_(other.pool_),
        wait_(std::exchange(other.wait_, nullptr)) {
    if (wait_ != nullptr) wait_->handler_ = this;
  }
  ~HandlerLink() {
    if (wait_ != nullptr) drop();
  }
  // Result: the waiting coroutine; null if it has been destroyed.
  [[nodiscard]] OperationWait* take() noexcept {
    OperationWait* const wait = std::exchange(wait_, nullptr);
    if (wait != nullptr) wait->handler_ = nullptr;
    return wait;
  }

 private:
  friend class OperationWait;
  // Effect: an operation that is being started, or that an exception ends on its way through
  // run(), ends for its coroutine, which goes on. Otherwise the context ends, and a spawned task
  // is destroyed; a coroutine with an owner stays suspended.
  void drop() noexcept;

  SmartAlloc alloc_;  // the block of the operation is freed before its handler ends
  Allocator<> pool_;  // stays where it is: Asio asks what it moved from
  OperationWait* wait_;
};

template <class... R>
class ResultWait : public OperationWait {
 public:
  using Results = std::tuple<std::decay_t<R>...>;

  class Handler : public HandlerLink {
   public:
    explicit Handler(ResultWait& wait) noexcept : HandlerLink(wait) {}
    Handler(Handler&&) noexcept = default;
    template <class... A>
    void operator()(A&&... results) {
      auto* const wait = static_cast<ResultWait*>(this->take());
      if (wait == nullptr) return;
      wait->results_.emplace(std::forward<A>(results)...);
      wait->go_on(Ending::Completed);
    }
  };

  Results await_resume() {
    if (results_) [[likely]]
      return std::move(*results_);
    if constexpr (kTellsErrors) {
      Results none{};
      std::get<0>(none) = this->ending() == Ending::Denied
                              ? ::asio::error_code(::asio::error::no_memory)
                              : ::asio::error_code(::asio::error::operation_aborted);
      return none;
    } else {
      framealloc::detail::refuse_memory(sizeof(Results));
    }
  }

 protected:
  // Whether an operation that was denied its memory can say so by its first result.
  static constexpr bool kTellsErrors = [] {
    if constexpr (sizeof...(R) == 0) {
      return false;
    } else {
      return std::is_same_v<std::tuple_element_t<0, Results>, ::asio::error_code> &&
             (std::is_default_constructible_v<std::decay_t<R>> && ...);
    }
  }();
  explicit ResultWait(SmartAlloc&& alloc) noexcept : OperationWait(std::move(alloc)) {}

 private:
  std::optional<Results> results_;
};

// The awaitable that an initiating function returns. Requirement: awaited once, as an rvalue or
// where it stands.
template <class Initiation, class Wait, class... A>
class Operation final : public Wait {
 public:
  template <class I, class... Arguments>
  Operation(SmartAlloc alloc, I&& initiation, Arguments&&... arguments)
      : Wait(std::move(alloc)),
        initiation_(std::forward<I>(initiation)),
        arguments_(std::forward<Arguments>(arguments)...) {}
  Operation(Operation&&) = default;

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> coroutine) {
    this->waits(coroutine);
    // Another thread may complete the operation, and end this object, before the call returns.
    Initiation initiation = std::move(initiation_);
    std::tuple<A...> arguments = std::move(arguments_);
    const typename Wait::StartScope start(*this);
#if FRAMEALLOC_EXCEPTIONS
    try {
#endif
      std::apply(
          [&](A&... each) {
            std::move(initiation)(typename Wait::Handler(*this), std::move(each)...);
          },
          arguments);
#if FRAMEALLOC_EXCEPTIONS
    } catch (const std::bad_alloc&) {
      // The coroutine has not been resumed, so all of this still stands.
      if (!Wait::kTellsErrors || !start.is_over()) throw;
      this->set_ending(Ending::Denied);
    }
#endif
    return !start.is_over();
  }

 private:
  Initiation initiation_;
  std::tuple<A...> arguments_;
};

}  // namespace framealloc::asio::detail
