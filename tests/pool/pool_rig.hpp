// SPDX-License-Identifier: MIT OR Apache-2.0
// A pool and a heap with everything that they stand on, without the facade.
#pragma once

#include <framealloc/budget.hpp>
#include <framealloc/detail/account/ledger.hpp>
#include <framealloc/detail/account/tag_table.hpp>
#include <framealloc/detail/base/report_sink.hpp>
#include <framealloc/detail/heap/heap.hpp>
#include <framealloc/detail/memory/chunk_pool.hpp>
#include <framealloc/detail/memory/limited_source.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/memory/pressure_monitor.hpp>
#include <framealloc/detail/os/thread.hpp>
#include <framealloc/detail/pool/pool_shared.hpp>
#include <framealloc/detail/pool/pool_thread.hpp>
#include <framealloc/report.hpp>
#include <framealloc/source.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace framealloc::test {

using namespace framealloc::detail;

// To loop over: for (const std::size_t size : Sizes{16, 64}).
using Sizes = std::initializer_list<std::size_t>;

struct RigOptions {
  PoolConfig pool = {};
  std::size_t chunk_size = std::size_t{2} << 20;
  std::size_t limit = 0;
  bool budgets = false;
  MemorySource* source = nullptr;  // null: the system
};

// A report, kept beyond its call.
struct KeptReport {
  Code code;
  std::string message;
  std::string tag;
  std::size_t requested;
  std::size_t available;
  const void* address;
  CallSite site;
};

class Rig final : public Reclaimer {
 public:
  // A thread's state in the allocator, with the ledger that it counts in.
  struct Member {
    ThreadLedger ledger;
    PoolThread pool;
    explicit Member(Rig& rig) noexcept
        : ledger(&Rig::ledger_block, &rig.metadata_), pool(*rig.shared_, ledger) {}
  };

  explicit Rig(const RigOptions& options = {})
      : counting_(options.source != nullptr ? *options.source : system_source()),
        limited_source_(counting_, options.limit),
        chunks_(limited_source_, options.chunk_size),
        metadata_(limited_source_) {
    sink_.set(&Rig::keep_report, this);
    if (options.budgets) budgets_ = std::make_unique<BudgetManager>(*tags_);
    shared_ = std::make_unique<PoolShared>(options.pool, limited_source_, chunks_, metadata_,
                                           *tags_, budgets_.get(), sink_, frame_);
    heap_ = std::make_unique<Heap>(*shared_, chunks_, metadata_, budgets_.get(), frame_);
    pressure_.set_reclaimer(this);
    shared_->set_hooks(nullptr, &pressure_);
    if (budgets_ != nullptr) budgets_->set_reclaimer(this);
  }
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  // Result: a new member, attached to the calling thread.
  Member& join() {
    Member& member = add_member();
    member.pool.attach(os::thread_word(), os::current_thread_id());
    return member;
  }
  // Result: a new member that no thread is attached to.
  Member& add_member() {
    const std::lock_guard guard(lock_);
    return members_.emplace_back(*this);
  }

  bool give_back_charges(bool, TagId) noexcept override {
    PoolThread* const mine = pool_of_this_thread();
    return mine != nullptr && mine->give_back_ready();
  }
  void recall_charges(bool, TagId) noexcept override {}
  bool give_back_memory() noexcept override {
    return give_back_charges(true, TagId::Untagged) || chunks_.idle_bytes() != 0;
  }
  std::size_t ready_elsewhere(bool, TagId) const noexcept override { return 0; }

  // As the facade does it: inline where that goes, else the full path.
  void* allocate(PoolThread& thread, std::size_t size, std::size_t alignment = kGranule,
                 const CallSite& site = CallSite::current()) {
    if (is_slab_request(size, alignment)) {
      const std::size_t granules = granules_of(size, alignment);
      void* const block = alignment <= kGranule
                              ? thread.current()->try_pop(granules)
                              : thread.current()->try_pop_aligned(granules, alignment);
      if (block != nullptr) return block;
    }
    return thread.allocate(size, alignment, AllocKind::Pool, site);
  }
  void free(PoolThread* thread, void* block, std::size_t size, std::size_t alignment = kGranule,
            const CallSite& site = CallSite::current()) {
    if (!is_slab_request(size, alignment)) {
      PoolThread::free(*shared_, thread, block, AllocKind::Pool, site);
    } else if (thread == nullptr ||
               !try_free_local(block, shared_->page_mask(), os::thread_word())) {
      PoolThread::free_slab_block(*shared_, thread, block, AllocKind::Pool, site);
    }
  }

  [[nodiscard]] PoolShared& shared() { return *shared_; }
  [[nodiscard]] Heap& heap() { return *heap_; }
  [[nodiscard]] LimitedSource& limited_source() { return limited_source_; }
  [[nodiscard]] ChunkPool& chunks() { return chunks_; }
  [[nodiscard]] TagTable& tags() { return *tags_; }
  [[nodiscard]] BudgetManager& budgets() { return *budgets_; }
  [[nodiscard]] ReportSink& sink() { return sink_; }
  [[nodiscard]] CountingSource& source() { return counting_; }
  [[nodiscard]] std::atomic<std::uint64_t>& frame() { return frame_; }
  [[nodiscard]] std::vector<KeptReport> reports() {
    const std::lock_guard guard(lock_);
    return reports_;
  }
  [[nodiscard]] TagId tag(std::string_view path) { return tags_->intern(TagId::Untagged, path); }

 private:
  static void* ledger_block(void* metadata, std::size_t bytes) {
    return static_cast<MetadataAllocator*>(metadata)->allocate(bytes);
  }
  static void keep_report(const Report& report, void* rig) {
    Rig& self = *static_cast<Rig*>(rig);
    const std::lock_guard guard(self.lock_);
    self.reports_.push_back({report.code, std::string(report.message), std::string(report.tag),
                             report.requested, report.available, report.address, report.site});
  }

  // The one that is in use; a thread may have left others.
  PoolThread* pool_of_this_thread() {
    const std::lock_guard guard(lock_);
    for (Member& member : members_) {
      if (member.pool.attached() && member.pool.thread_id() == os::current_thread_id()) {
        return &member.pool;
      }
    }
    return nullptr;
  }

  CountingSource counting_;
  LimitedSource limited_source_;
  ChunkPool chunks_;
  MetadataAllocator metadata_;
  std::unique_ptr<TagTable> tags_ = std::make_unique<TagTable>();
  std::unique_ptr<BudgetManager> budgets_;
  ReportSink sink_;
  std::atomic<std::uint64_t> frame_{1};
  EventHub hub_{metadata_, *tags_, frame_};
  PressureMonitor pressure_{limited_source_, chunks_, hub_};
  std::unique_ptr<PoolShared> shared_;
  std::unique_ptr<Heap> heap_;
  std::mutex lock_;
  std::deque<Member> members_;
  std::vector<KeptReport> reports_;
};

inline std::vector<void*> allocate_many(Rig& rig, PoolThread& pool, std::size_t count,
                                        std::size_t size) {
  std::vector<void*> blocks;
  for (std::size_t i = 0; i < count; ++i) blocks.push_back(rig.allocate(pool, size));
  return blocks;
}

}  // namespace framealloc::test
