// SPDX-License-Identifier: MIT OR Apache-2.0
// What an allocator remembers of retention from frame to frame: ids, names, how many wait.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/account/tag_table.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/fwd.hpp>
#include <framealloc/retention_policy.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace framealloc {

namespace detail {

// One per allocator, made when something is first retained. Thread contract: any thread.
class RetentionBook {
 public:
  RetentionBook(MetadataAllocator& metadata, const TagTable& tags) noexcept
      : metadata_(metadata), tags_(tags), paths_(metadata) {}
  ~RetentionBook();
  RetentionBook(const RetentionBook&) = delete;
  RetentionBook& operator=(const RetentionBook&) = delete;

  // Result: a number that no other object of the allocator has; from 1.
  [[nodiscard]] std::uint64_t next_id() noexcept {
    return next_id_.fetch_add(1, std::memory_order_relaxed);
  }

  // What waits to be promoted.
  void note_waiting() noexcept { waiting_.fetch_add(1, std::memory_order_relaxed); }
  void note_gone(std::uint64_t id) noexcept {
    if (is_wanted(id)) waiting_.fetch_sub(1, std::memory_order_relaxed);
  }
  [[nodiscard]] std::size_t waiting() const noexcept {
    return waiting_.load(std::memory_order_relaxed);
  }
  // Effect: nothing retained so far is promoted. Requirement: no thread retains during the call.
  void clear() noexcept {
    wanted_from_.store(next_id_.load(std::memory_order_relaxed), std::memory_order_relaxed);
    waiting_.store(0, std::memory_order_relaxed);
  }
  [[nodiscard]] bool is_wanted(std::uint64_t id) const noexcept {
    return id >= wanted_from_.load(std::memory_order_relaxed);
  }

  // Result: the same text, for as long as the allocator lives; empty when there is no memory.
  [[nodiscard]] std::optional<std::string_view> keep(std::string_view name) noexcept;
  // Result: the path of the tag, for as long as the allocator lives; its last name if there is no
  // memory for the path.
  [[nodiscard]] std::string_view path(TagId tag) noexcept;

  // Thread contract: the thread that drives frames.
  void set_handler(PromotionHandler handler, void* context) noexcept {
    handler_ = handler;
    handler_context_ = context;
  }
  [[nodiscard]] PromotionHandler told() const noexcept { return handler_; }
  [[nodiscard]] void* told_context() const noexcept { return handler_context_; }

 private:
  struct Name {
    Name* next;
    std::size_t length;
    [[nodiscard]] char* text() noexcept { return reinterpret_cast<char*>(this + 1); }
  };
  // Under the lock.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) noexcept;

  MetadataAllocator& metadata_;
  const TagTable& tags_;
  std::atomic<std::uint64_t> next_id_{1};
  std::atomic<std::uint64_t> wanted_from_{1};
  std::atomic<std::size_t> waiting_{0};
  PromotionHandler handler_ = nullptr;
  void* handler_context_ = nullptr;
  SpinLock lock_{};
  Name* names_ = nullptr;
  MetaVector<std::string_view> paths_;  // by tag; one without text is not known yet
};

}  // namespace detail
}  // namespace framealloc
