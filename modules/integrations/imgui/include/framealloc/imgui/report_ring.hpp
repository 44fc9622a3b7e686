// SPDX-License-Identifier: MIT OR Apache-2.0
// The latest reports, kept without allocating.
#pragma once

#include <framealloc/report.hpp>
#include <framealloc/text.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>

namespace framealloc::imgui {

// A sink that keeps the latest kMost different reports in place; one that comes again, with the
// same code and tag, is counted. Thread contract: any thread.
class ReportRing final : public DiagnosticSink {
 public:
  static constexpr std::size_t kMost = 32;
  struct Entry {
    Code code = Code::None;
    Text<96> tag;
    Text<224> message;
    std::uint64_t frame = 0;  // of the latest
    std::uint64_t count = 0;
  };

  void on_report(const Report& report) noexcept override {
    const std::uint64_t times = report.repeated != 0 ? report.repeated : 1;
    const std::lock_guard guard(lock_);
    Entry* entry = nullptr;
    for (std::size_t i = 0; i < size_ && entry == nullptr; ++i) {
      Entry& known = entries_[i];
      if (known.code == report.code && known.tag.view() == Text<96>(report.tag).view()) {
        entry = &known;
      }
    }
    if (entry == nullptr) {
      entry = &entries_[size_ < kMost ? size_++ : next_];
      next_ = (next_ + 1) % kMost;
      *entry = {};
      entry->code = report.code;
      entry->tag.append(report.tag);
    }
    entry->message.clear();
    entry->message.append(report.message.empty() ? code_info(report.code).meaning : report.message);
    entry->frame = report.frame;
    entry->count += times;
  }

  // Effect: copies entry `i`. Result: false when there are not so many.
  bool get(std::size_t i, Entry& into) const noexcept {
    const std::lock_guard guard(lock_);
    if (i >= size_) return false;
    into = entries_[i];
    return true;
  }
  void clear() noexcept {
    const std::lock_guard guard(lock_);
    size_ = next_ = 0;
  }

 private:
  mutable std::mutex lock_;
  std::array<Entry, kMost> entries_;
  std::size_t size_ = 0;
  std::size_t next_ = 0;  // the oldest, once all places are taken
};

}  // namespace framealloc::imgui
