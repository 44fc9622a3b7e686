// SPDX-License-Identifier: MIT OR Apache-2.0
// What is handed out under each tag of the host, and the limits on it.
#pragma once

#include "device/brief_lock.hpp"
#include "device/gpu_denial.hpp"
#include "device/lane_sum.hpp"

#include <framealloc/ids.hpp>
#include <framealloc/smart_alloc.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::gpu::detail {

// Bytes of one tag.
struct TagAccount {
  LaneSum own;
  LaneSum::Shares shares{};             // of `own`
  std::atomic<std::size_t> limit{0};    // of the tag and those below; 0: none
  std::atomic<std::size_t> subtree{0};  // what the limit is about; kept up where there is one
  std::atomic<std::uint64_t> denials{0};
  TagAccount* parent = nullptr;  // null: the root, Untagged
  TagId id = TagId::Untagged;
};

// Accounts are made as tags turn up, and stay. What a thread hands out it adds to its lane's shares,
// under the lane's lock, so that threads of different lanes share nothing. A limit is kept to the byte
// by one counter that all share: while a tag has one, so have all requests under it. It is set under
// the locks of all lanes, and so counts what every lane has handed out. Thread contract: any thread.
class TagAccounts {
 public:
  using Locks = std::array<BriefLock*, kLanes>;
  explicit TagAccounts(SmartAlloc& host) noexcept;
  // Effect: the lanes' locks are these, which guard other things of the lanes as well; they outlive
  // the accounts. Requirement: called once, before anything else.
  void use(const Locks& locks) noexcept { locks_ = locks; }
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
  // What of a change is still to be settled, once the lane's lock is left.
  struct Told {
    bool own = true, total = true;
    [[nodiscard]] explicit operator bool() const noexcept { return own && total; }
  };
  // The same under the lane's lock, which the caller holds. Result: false where settle_release() is
  // to follow without it.
  [[nodiscard]] Told release_held(TagId tag, std::size_t bytes, unsigned lane) noexcept;
  void settle_release(TagId tag, unsigned lane, Told told) noexcept;
  // Result: false without bookkeeping.
  bool set_limit(TagId tag, std::size_t bytes) noexcept;
  // Effect: counts a request that the tag's limit has denied in the end.
  void count_denial(TagId tag) noexcept;
  // Result: whether `tag` is `under` or below it.
  [[nodiscard]] bool is_within(TagId tag, TagId under) const noexcept;
  // Effect: what the calling thread's lane has charged and counted is handed out: the peak of all
  // tags together knows it.
  void note_total() noexcept {
    if (!LaneSum::is_below_peak(lanes_[thread_lane()].total)) [[unlikely]]
      raise_total();
  }
  // Result: most bytes under all tags that were noted.
  [[nodiscard]] std::size_t peak_total() const noexcept { return total_.peak(); }
  // Result: bytes under the tag and below.
  [[nodiscard]] std::size_t bytes(TagId tag) noexcept;
  // Result: the tag at or below `under` that holds most, and how much: for reports.
  struct Holder {
    TagId tag = TagId::Untagged;
    std::size_t bytes = 0;
  };
  [[nodiscard]] Holder largest_holder(TagId under) noexcept;
  // Effect: visit(account, own bytes, bytes with those below) for each, with no lock held; the bytes
  // are of one moment.
  template <class F>
  void visit(F&& visit) noexcept;
  static constexpr std::size_t kMost = 1024;

 private:
  static constexpr std::size_t kPage = 64;
  struct Page {
    std::array<TagAccount, kPage> accounts;
    struct alignas(128) OfLane {
      std::array<LaneShare, kPage> shares;
    };
    std::array<OfLane, kLanes> lanes;
  };
  struct alignas(128) Lane {
    LaneShare root;   // of the root's account
    LaneShare total;  // of all tags
  };
  struct Sums {
    std::array<std::size_t, kMost> own{}, subtree{};
  };
  // Holds the locks of all lanes.
  class AllLanes;

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
  // Result: null when it was never used.
  [[nodiscard]] const TagAccount* find(TagId tag) const noexcept;
  // Requirement: the lane's lock is held.
  [[nodiscard]] Told add(TagAccount& account, unsigned lane, std::ptrdiff_t bytes) noexcept;
  void settle(TagAccount& account, unsigned lane, Told told, bool noting) noexcept;
  void raise_total() noexcept;
  void read(Sums& sums) noexcept;

  SmartAlloc& host_;
  BriefLock lock_;  // of making accounts
  TagAccount root_;
  LaneSum total_;
  LaneSum::Shares total_shares_{};
  std::array<std::atomic<Page*>, kMost / kPage> pages_{};
  std::array<std::atomic<bool>, kMost> ready_{};
  Locks locks_{};
  std::array<Lane, kLanes> lanes_;
};

template <class F>
void TagAccounts::visit(F&& visit) noexcept {
  Sums sums;
  read(sums);
  for (std::size_t index = 0; index < kMost; ++index) {
    const TagAccount* const account = find(static_cast<TagId>(index));
    if (account != nullptr) visit(*account, sums.own[index], sums.subtree[index]);
  }
}

}  // namespace framealloc::gpu::detail
