// SPDX-License-Identifier: MIT OR Apache-2.0
// What scratch pools are part of, in miniature: a counted source, small chunks, the tag that the
// test chooses, and the reports in hand.
#pragma once

#include <framealloc/detail/account/tag_table.hpp>
#include <framealloc/detail/base/report_sink.hpp>
#include <framealloc/detail/memory/chunk_pool.hpp>
#include <framealloc/detail/memory/event_hub.hpp>
#include <framealloc/detail/memory/limited_source.hpp>
#include <framealloc/scratch_registry.hpp>

#include "support/report_log.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace framealloc::testing {

class ScratchWorld {
 public:
  static constexpr std::size_t kChunk = std::size_t{64} << 10;

  explicit ScratchWorld(std::size_t limit = 0, bool budgets = false, MemorySource* source = nullptr)
      : counting_(source != nullptr ? *source : system_source()),
        limited_source_(counting_, limit),
        metadata_(std::make_unique<detail::MetadataAllocator>(limited_source_)),
        chunks_(std::make_unique<detail::ChunkPool>(limited_source_, kChunk)) {
    if (budgets) budgets_ = std::make_unique<BudgetManager>(*tags_);
    sink_.set(&ReportLog::handler, &log);
  }
  [[nodiscard]] detail::AllocatorContext context() {
    return detail::AllocatorContext{limited_source_,
                                    *chunks_,
                                    *metadata_,
                                    *tags_,
                                    sink_,
                                    frame_,
                                    budgets_.get(),
                                    &ScratchWorld::tag_of_thread,
                                    this};
  }
  // Ends what the world keeps for the pools in it, which must be gone by then.
  void close() {
    chunks_.reset();
    metadata_.reset();
  }
  TagId tag(std::string_view path) { return tags_->intern(TagId::Untagged, path); }
  void set_tag(TagId tag) { tag_ = tag; }
  [[nodiscard]] CountingSource& source() { return counting_; }
  [[nodiscard]] detail::LimitedSource& limited_source() { return limited_source_; }
  [[nodiscard]] BudgetManager& budgets() { return *budgets_; }

  ReportLog log;

 private:
  static TagId tag_of_thread(void* self) noexcept { return static_cast<ScratchWorld*>(self)->tag_; }

  CountingSource counting_;
  detail::LimitedSource limited_source_;
  std::unique_ptr<detail::MetadataAllocator> metadata_;
  std::unique_ptr<detail::ChunkPool> chunks_;
  std::unique_ptr<detail::TagTable> tags_ = std::make_unique<detail::TagTable>();
  std::unique_ptr<BudgetManager> budgets_;
  detail::ReportSink sink_;
  std::atomic<std::uint64_t> frame_{1};
  std::atomic<TagId> tag_{TagId::Untagged};
};

// Says in which order its kind ends.
struct Mourned {
  Mourned(std::vector<int>& list, int number) : ended(&list), id(number) {}
  Mourned(const Mourned&) = delete;
  Mourned& operator=(const Mourned&) = delete;
  ~Mourned() { ended->push_back(id); }
  std::vector<int>* ended;
  int id;
};

}  // namespace framealloc::testing
