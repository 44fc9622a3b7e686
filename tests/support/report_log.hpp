// SPDX-License-Identifier: MIT OR Apache-2.0
// Keeps what an allocator reports, so that a test can ask for it.
#pragma once

#include <framealloc/report.hpp>

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

namespace framealloc::testing {

class ReportLog {
 public:
  struct Entry {
    Code code;
    std::string message, tag, file;
    std::size_t requested, available;
    std::uint64_t frame;
    std::uint32_t line;
    std::string function;
  };
  // Pass as AllocConfig::on_report, with `this` as the context.
  static void handler(const Report& report, void* self) {
    auto& log = *static_cast<ReportLog*>(self);
    const std::lock_guard lock(log.mutex_);
    log.entries_.push_back({report.code, std::string(report.message), std::string(report.tag),
                            report.site.file, report.requested, report.available, report.frame,
                            report.site.line, report.site.function});
  }
  [[nodiscard]] std::size_t count(Code code) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(
        std::count_if(entries_.begin(), entries_.end(), [&](auto& e) { return e.code == code; }));
  }
  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
  }
  // Result: the newest entry; an empty one with Code::None when there is none.
  [[nodiscard]] Entry last() const {
    const std::lock_guard lock(mutex_);
    return entries_.empty() ? Entry{} : entries_.back();
  }
  [[nodiscard]] std::vector<Entry> all() const {
    const std::lock_guard lock(mutex_);
    return entries_;
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    entries_.clear();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
};

}  // namespace framealloc::testing
