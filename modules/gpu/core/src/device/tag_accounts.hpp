// SPDX-License-Identifier: MIT OR Apache-2.0
// What is handed out under each tag of the host, and the limits on it.
#pragma once

#include "device/brief_lock.hpp"
#include "device/gpu_denial.hpp"

#include <framealloc/ids.hpp>
#include <framealloc/smart_alloc.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::gpu::detail {

// Bytes of one tag.
struct TagAccount {
  std::atomic<std::size_t> own{0};
  std::atomic<std::size_t> peak{0};     // most `own`
  std::atomic<std::size_t> subtree{0};  // with those below: what the limit is about
  std::atomic<std::size_t> limit{0};    // 0: none
  std::atomic<std::uint64_t> denials{0};
  TagAccount* parent = nullptr;  // null: the root, Untagged
  TagId id = TagId::Untagged;
};

// Accounts are made as tags turn up, and stay. Thread contract: any thread.
class TagAccounts {
 public:
  explicit TagAccounts(SmartAlloc& host) noexcept : host_(host) {}
  TagAccounts(const TagAccounts&) = delete;
  TagAccounts& operator=(const TagAccounts&) = delete;
  ~TagAccounts();

  // Effect: charges the tag and all above it, or none of them. Result: false, and the denial says
  // whose limit (FA417), or FA012.
  [[nodiscard]] bool charge(TagId tag, std::size_t bytes, GpuDenial& denial) noexcept;
  // Effect: charges what has been handed out already, limit or not.
  void count(TagId tag, std::size_t bytes) noexcept;
  // Result: whether the tag or one above it has a limit.
  [[nodiscard]] bool is_limited(TagId tag) const noexcept;
  // Requirement: charged or counted before.
  void release(TagId tag, std::size_t bytes) noexcept;
  // Result: false without bookkeeping.
  bool set_limit(TagId tag, std::size_t bytes) noexcept;
  // Effect: counts a request that the tag's limit has denied in the end.
  void count_denial(TagId tag) noexcept;
  // Result: whether `tag` is `under` or below it.
  [[nodiscard]] bool is_within(TagId tag, TagId under) const noexcept;
  // Result: bytes under all tags.
  [[nodiscard]] std::size_t total() const noexcept {
    return root_.subtree.load(std::memory_order_relaxed);
  }
  // Result: bytes under the tag and below.
  [[nodiscard]] std::size_t bytes(TagId tag) const noexcept;
  // Result: the tag at or below `under` that holds most, and how much: for reports.
  struct Holder {
    TagId tag = TagId::Untagged;
    std::size_t bytes = 0;
  };
  [[nodiscard]] Holder largest_holder(TagId under) const noexcept;
  // Result: null when nobody has used it.
  [[nodiscard]] const TagAccount* find(TagId tag) const noexcept;
  static constexpr std::size_t kMost = 1024;

 private:
  static constexpr std::size_t kPage = 64;
  struct Page {
    std::array<TagAccount, kPage> accounts;
  };
  [[nodiscard]] TagAccount* account(TagId tag) noexcept {
    const auto index = static_cast<std::size_t>(tag);
    if (index == 0) return &root_;
    Page* const page = pages_[index / kPage].load(std::memory_order_acquire);
    if (page != nullptr) [[likely]] {
      TagAccount& entry = page->accounts[index % kPage];
      if (ready_[index].load(std::memory_order_acquire)) [[likely]]
        return &entry;
    }
    return make(tag);
  }
  [[nodiscard]] TagAccount* make(TagId tag) noexcept;

  SmartAlloc& host_;
  BriefLock lock_;
  TagAccount root_;
  std::array<std::atomic<Page*>, kMost / kPage> pages_{};
  std::array<std::atomic<bool>, kMost> ready_{};
};

}  // namespace framealloc::gpu::detail
