// SPDX-License-Identifier: MIT OR Apache-2.0
// What an allocator has reported: nothing, where a program is right.
#pragma once

#include <framealloc/framealloc.hpp>

#include <mutex>
#include <string>
#include <vector>

namespace framealloc::gpu::vulkan_test {

class Reports {
 public:
  AllocConfig config() {
    AllocConfig config;
    config.on_report = &Reports::take;
    config.report_context = this;
    return config;
  }
  std::size_t count() const {
    const std::scoped_lock lock(mutex_);
    return codes_.size();
  }
  std::size_t count(Code code) const {
    const std::scoped_lock lock(mutex_);
    std::size_t found = 0;
    for (const Code raised : codes_) found += raised == code ? 1U : 0U;
    return found;
  }
  std::string last() const {
    const std::scoped_lock lock(mutex_);
    return last_;
  }

 private:
  static void take(const Report& report, void* context) {
    auto* const self = static_cast<Reports*>(context);
    const std::scoped_lock lock(self->mutex_);
    self->codes_.push_back(report.code);
    self->last_ = std::string(report.message);
  }
  mutable std::mutex mutex_;
  std::vector<Code> codes_;
  std::string last_;
};

}  // namespace framealloc::gpu::vulkan_test
