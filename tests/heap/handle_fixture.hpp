// SPDX-License-Identifier: MIT OR Apache-2.0
// What a handle or streaming allocator is part of, in miniature: a counted source, small chunks, a
// tag that the test chooses, and the reports in hand.
#pragma once

#include <framealloc/detail/account/tag_table.hpp>
#include <framealloc/detail/base/report_sink.hpp>
#include <framealloc/detail/memory/chunk_pool.hpp>
#include <framealloc/detail/memory/event_hub.hpp>
#include <framealloc/detail/memory/limited_source.hpp>
#include <framealloc/detail/memory/shared_ledger.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace framealloc::testing {

struct Small {
  std::array<char, 48> bytes;
};

struct SeenReport {
  Code code;
  std::string message;
  std::string tag;
  std::size_t requested;
  std::size_t available;
};

class HandleWorld {
 public:
  static constexpr std::size_t kChunk = std::size_t{64} << 10;

  explicit HandleWorld(std::size_t limit = 0, bool budgets = false, MemorySource* source = nullptr)
      : counting_(source != nullptr ? *source : system_source()),
        limited_source_(counting_, limit),
        metadata_(std::make_unique<detail::MetadataAllocator>(limited_source_)),
        chunks_(std::make_unique<detail::ChunkPool>(limited_source_, kChunk)) {
    if (budgets) budgets_ = std::make_unique<BudgetManager>(*tags_);
    sink_.set(&HandleWorld::receive, this);
  }
  [[nodiscard]] detail::AllocatorContext context() {
    return detail::AllocatorContext{limited_source_,
                                    *chunks_,
                                    *metadata_,
                                    *tags_,
                                    sink_,
                                    frame_,
                                    budgets_.get(),
                                    &HandleWorld::tag_of_thread,
                                    this};
  }
  // Ends what the world keeps for the allocators in it, which must be gone by then.
  void close() {
    chunks_.reset();
    metadata_.reset();
  }
  TagId tag(std::string_view path) { return tags_->intern(TagId::Untagged, path); }
  void set_tag(TagId tag) { tag_ = tag; }
  [[nodiscard]] std::vector<SeenReport> reports(Code code) {
    const std::lock_guard guard(mutex_);
    std::vector<SeenReport> found;
    for (const SeenReport& report : reports_) {
      if (report.code == code) found.push_back(report);
    }
    return found;
  }
  [[nodiscard]] std::size_t report_count() {
    const std::lock_guard guard(mutex_);
    return reports_.size();
  }
  [[nodiscard]] CountingSource& source() { return counting_; }
  [[nodiscard]] detail::LimitedSource& limited_source() { return limited_source_; }
  [[nodiscard]] detail::ChunkPool& chunks() { return *chunks_; }
  [[nodiscard]] detail::MetadataAllocator& metadata() { return *metadata_; }
  [[nodiscard]] BudgetManager& budgets() { return *budgets_; }

 private:
  static TagId tag_of_thread(void* self) noexcept { return static_cast<HandleWorld*>(self)->tag_; }
  static void receive(const Report& report, void* self) {
    auto* const world = static_cast<HandleWorld*>(self);
    const std::lock_guard guard(world->mutex_);
    world->reports_.push_back({report.code, std::string(report.message), std::string(report.tag),
                               report.requested, report.available});
  }

  CountingSource counting_;
  detail::LimitedSource limited_source_;
  std::unique_ptr<detail::MetadataAllocator> metadata_;
  std::unique_ptr<detail::ChunkPool> chunks_;
  std::unique_ptr<detail::TagTable> tags_ = std::make_unique<detail::TagTable>();
  std::unique_ptr<BudgetManager> budgets_;
  detail::ReportSink sink_;
  std::atomic<std::uint64_t> frame_{1};
  std::atomic<TagId> tag_{TagId::Untagged};
  std::mutex mutex_;
  std::vector<SeenReport> reports_;
};

}  // namespace framealloc::testing
