// SPDX-License-Identifier: MIT OR Apache-2.0
// Limits how often one fault is printed: a loop that always fails must not flood a log.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/codes.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace framealloc {

struct Report;

namespace detail {

// Counts reports by code and call site (by code and tag if the site is unknown). The first few of a
// kind are printed in full; the others are held back and printed as a sum at the end of a frame: at
// the first opportunity, then after 8 frames, 16, 32, and so on. This depends only on the order of
// reports and on frame numbers. Fixed memory: if the table is full, a kind is counted only by its
// code. Thread contract: any thread; no lock, no allocation.
class ReportLimit {
 public:
  static constexpr std::uint32_t kDefault = 10;
  static constexpr std::size_t kKinds = 64;
  static constexpr std::uint64_t kFirstInterval = 8;  // frames
  static constexpr std::size_t kCodes = 96;           // room for the manifest's

  // Effect: prints the first `most` reports of each kind in full; 0 = all.
  void set_most(std::uint32_t most) noexcept { most_.store(most, std::memory_order_relaxed); }

  // Effect: counts the report, of the code at `row` of the manifest. Result: whether it is printed
  // in full.
  [[nodiscard]] bool admit(const Report& report, std::size_t row) noexcept;
  // Result: whether a sum may be waiting to be printed.
  [[nodiscard]] bool pending() const noexcept { return pending_.load(std::memory_order_relaxed); }

  // One kind whose sum is due. Views point into the table.
  struct Due {
    Code code = Code::None;
    std::string_view tag;
    CallSite site;
    std::uint64_t repeated = 0;
  };
  // Calls report(Due) for each kind that has something held back and whose interval is over at
  // `frame`; UINT64_MAX is after every interval. Thread contract: any; each sum is passed once.
  template <class Report>
  void for_each_due(std::uint64_t frame, Report&& report) noexcept {
    pending_.store(false, std::memory_order_relaxed);
    bool left = false;
    for (Kind& kind : kinds_) {
      Due due;
      if (!kind.named.load(std::memory_order_acquire)) {
        left = left || kind.tally.held_back.load(std::memory_order_relaxed) != 0;
        continue;
      }
      due.code = kind.code;
      due.site = CallSite{kind.file, kind.function, kind.line, nullptr};
      due.tag = {kind.tag, kind.tag_size};
      if (take_due(kind.tally, frame, due.repeated, left)) report(due);
    }
    for (std::size_t row = 0; row < all_codes().size(); ++row) {
      Due due;
      due.code = all_codes()[row].code;
      if (take_due(rest_[row], frame, due.repeated, left)) report(due);
    }
    if (left) pending_.store(true, std::memory_order_relaxed);
  }

 private:
  struct Tally {
    std::atomic<std::uint64_t> seen{0};
    std::atomic<std::uint64_t> held_back{0};
    std::atomic<std::uint64_t> due_at{0};    // frame
    std::atomic<std::uint64_t> interval{0};  // frames; 0 before the first sum
  };
  struct Kind {
    std::atomic<std::uint64_t> key{0};  // 0: free
    Tally tally;
    std::atomic<bool> named{false};  // what follows may be read
    Code code = Code::None;
    std::uint32_t line = 0;
    // Copies: the code that the report came from may be unloaded before its sum is told.
    char file[96] = {};  // the end of it
    char function[64] = {};
    char tag[48] = {};
    std::uint8_t tag_size = 0;
  };
  [[nodiscard]] Tally& find(const Report& report, std::size_t row) noexcept;
  [[nodiscard]] static bool take_due(Tally& tally, std::uint64_t frame, std::uint64_t& repeated,
                                     bool& left) noexcept;

  std::atomic<std::uint32_t> most_{kDefault};
  std::atomic<bool> pending_{false};
  Kind kinds_[kKinds];
  Tally rest_[kCodes];
};

}  // namespace detail
}  // namespace framealloc
