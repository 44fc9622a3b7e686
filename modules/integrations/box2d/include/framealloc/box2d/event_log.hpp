// SPDX-License-Identifier: MIT OR Apache-2.0
// Where the events of a step wait until it is over: how many there will be is not known before, and
// five lists that grow at the same time would each leave abandoned copies in the frame. They wait in
// the pool, and each goes to the frame in one block of exactly its size.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/smart_alloc.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

namespace framealloc::box2d::detail {

/// A list of `T` in the order in which they were added. The first few stand in the object itself,
/// the rest in blocks of the pool of the allocator. Its elements keep their addresses until it is
/// emptied. Immovable. Thread contract: one thread at a time.
template <class T, std::size_t InPlace>
class EventLog {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  EventLog() noexcept { rewind(); }
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  /// Result: memory for one more, to be constructed at once, or null if the pool denies it.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* add(SmartAlloc& alloc) noexcept {
    if (end_ == limit_) [[unlikely]] {
      if (!add_block(alloc)) return nullptr;
    }
    return end_++;
  }
  [[nodiscard]] std::size_t size() const noexcept {
    return full_ + static_cast<std::size_t>(end_ - first_);
  }
  [[nodiscard]] bool empty() const noexcept { return full_ == 0 && end_ == first_; }

  /// Effect: calls `visit(T*, count)` for each run of elements, in order.
  template <class Visit>
  void for_each_run(Visit&& visit) noexcept {
    if (current_ == nullptr) {
      visit(in_place(), static_cast<std::size_t>(end_ - first_));
      return;
    }
    visit(in_place(), InPlace);
    for (Block* block = blocks_; block != current_; block = block->next) {
      visit(block->elements(), kPerBlock);
    }
    visit(first_, static_cast<std::size_t>(end_ - first_));
  }

  /// Effect: copies the elements to the arena's frame, each as `view(element)`, and empties the
  /// log. Result: the copies; none, and their number added to `dropped`, if the frame denied them.
  template <class View>
  [[nodiscard]] auto move_to_frame(SmartAlloc& alloc, FrameArena& arena, std::size_t& dropped,
                                   CallSite site, View&& view) noexcept {
    using U = std::remove_cvref_t<decltype(view(std::declval<const T&>()))>;
    if (empty()) return std::span<const U>();
    const std::size_t count = size();
    U* const copies = arena.alloc_batch<U>(count, site);
    if (copies == nullptr) {
      dropped += count;
      clear(alloc);
      return std::span<const U>();
    }
    U* to = copies;
    for_each_run([&](const T* from, std::size_t length) {
      for (const T* const end = from + length; from != end; ++from, ++to) ::new (to) U(view(*from));
    });
    clear(alloc);
    return std::span<const U>(copies, count);
  }
  [[nodiscard]] std::span<const T> move_to_frame(SmartAlloc& alloc, FrameArena& arena,
                                                 std::size_t& dropped, CallSite site) noexcept {
    return move_to_frame(alloc, arena, dropped, site,
                         [](const T& event) -> const T& { return event; });
  }

  /// Effect: empties the log; its blocks go back to the pool.
  void clear(SmartAlloc& alloc) noexcept {
    for (Block* block = blocks_; block != nullptr;) {
      Block* const next = block->next;
      alloc.pool_free_bytes(block, kBlockBytes, alignof(Block));
      block = next;
    }
    rewind();
  }

 private:
  static constexpr std::size_t kBlockBytes = 2048;
  struct alignas(kGranule) Block {
    Block* next;
    [[nodiscard]] T* elements() noexcept { return reinterpret_cast<T*>(this + 1); }
  };
  static constexpr std::size_t kPerBlock = (kBlockBytes - sizeof(Block)) / sizeof(T);
  static_assert(InPlace > 0 && kPerBlock > 0 && alignof(T) <= kGranule);

  [[nodiscard]] T* in_place() noexcept { return reinterpret_cast<T*>(storage_); }
  void rewind() noexcept {
    blocks_ = current_ = nullptr;
    first_ = end_ = in_place();
    limit_ = first_ + InPlace;
    full_ = 0;
  }
  FRAMEALLOC_NOINLINE bool add_block(SmartAlloc& alloc) noexcept {
    void* const memory = alloc.pool_alloc_bytes(kBlockBytes, alignof(Block));
    if (memory == nullptr) return false;
    auto* const block = ::new (memory) Block{nullptr};
    full_ += static_cast<std::size_t>(end_ - first_);
    (current_ == nullptr ? blocks_ : current_->next) = block;
    current_ = block;
    first_ = end_ = block->elements();
    limit_ = first_ + kPerBlock;
    return true;
  }

  T* first_;  // of the run that is being filled
  T* end_;
  T* limit_;
  Block* blocks_;     // in order; the run in place is before them
  Block* current_;    // the last of them; null while the run in place is being filled
  std::size_t full_;  // elements before that run
  alignas(T) std::byte storage_[InPlace * sizeof(T)];
};

}  // namespace framealloc::box2d::detail
