// SPDX-License-Identifier: MIT OR Apache-2.0
// An allocator reduced to what one arena asks of it, every answer of which a test can choose.
#pragma once

#include <framealloc/detail/account/ledger.hpp>
#include <framealloc/detail/memory/chunk_pool.hpp>
#include <framealloc/frame_arena.hpp>
#include <framealloc/source.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <new>
#include <optional>
#include <string>
#include <vector>

namespace framealloc::testing {

class TestHost final : public detail::ArenaHost {
 public:
  static constexpr std::size_t kChunk = std::size_t{64} << 10;

  struct Options {
    FrameOverflow overflow = FrameOverflow::Grow;
    std::size_t capacity = SIZE_MAX;
    unsigned slots = 1;
    bool budgets = false;
    MemorySource* source = nullptr;  // null: the system
  };
  struct Said {
    Code code;
    TagId tag;
    std::size_t requested, available;
    CallSite site;
  };

  TestHost() : TestHost(Options{}) {}
  explicit TestHost(const Options& options)
      : counting_(options.source != nullptr ? *options.source : system_source()),
        limited_source_(counting_, 0),
        metadata_(limited_source_),
        ledger_(&ledger_block, &metadata_),
        budgets_(options.budgets),
        slots_(options.slots) {
    arena_.emplace();
    ok_ = arena_->set_up({this, &metadata_, &ledger_, &modes_, options.overflow, options.capacity,
                          options.slots, 0});
  }
  ~TestHost() { close(); }
  TestHost(const TestHost&) = delete;
  TestHost& operator=(const TestHost&) = delete;

  // Effect: ends the arena; what it still holds is then a leak.
  void close() {
    if (arena_) arena_->tear_down();
    arena_.reset();
  }

  FrameArena& arena() { return *arena_; }
  [[nodiscard]] bool ok() const { return ok_; }
  detail::ThreadLedger& ledger() { return ledger_; }
  detail::MetadataAllocator& metadata() { return metadata_; }
  std::atomic<std::uint32_t>& modes() { return modes_; }

  void begin() {
    clock_ += 1;
    arena_->enter(clock_);
  }
  // The frame is over, and the thread that ended it has not come to closing the arena yet.
  void end_without_closing() { clock_ += 1; }
  // Opens the frame without telling the arena, as another thread's begin does.
  void begin_elsewhere() { clock_ += 1; }
  void end() {
    const std::uint64_t ending = clock_;
    clock_ += 1;
    arena_->finish();
    if (ending >= 2 * slots_) arena_->release_frame(ending - 2 * (slots_ - 1), true);
  }
  void end_elsewhere() {
    clock_ += 1;
    arena_->close();
  }
  [[nodiscard]] std::uint64_t clock() const { return clock_; }

  [[nodiscard]] std::size_t frame_bytes(TagId tag) {
    // The ledger plus the run that is not in it yet.
    const detail::TagCounters* counters = ledger_.find(tag);
    std::size_t sum = 0;
    for (unsigned i = 0; counters != nullptr && i < slots_; ++i) {
      if (counters->frames[i].clock.get() == arena_->clock())
        sum += counters->frames[i].bytes.get();
    }
    const detail::ArenaView view = arena_->view();
    return sum + (view.tag == tag ? view.position - view.run_start : 0);
  }

  // What happened.
  std::vector<Said> said;
  std::size_t chunks_out = 0, chunks_taken = 0, fallbacks_out = 0, fallbacks_taken = 0,
              overflows = 0;
  std::vector<std::string> faults;
  std::map<TagId, std::size_t> charged;
  // What to answer.
  std::function<void()> on_chunk;  // while a chunk is asked for
  bool deny_chunks = false, deny_fallback = false;
  std::map<TagId, std::size_t> budget;  // by tag; none = no limit

  bool enter_frame(FrameArena& arena) noexcept override {
    if ((clock_ & 1) == 0) return false;
    if (arena.clock() != clock_) arena.enter(clock_);
    return true;
  }
  bool frame_is_open(const FrameArena& arena) const noexcept override {
    return clock_ == arena.clock();
  }
  detail::ArenaChunk* acquire_chunk(std::size_t room, detail::Denial* why) noexcept override {
    const std::size_t bytes = align_up(room + detail::ArenaChunk::kHeaderBytes, kChunk);
    if (on_chunk) on_chunk();
    void* home = deny_chunks ? nullptr : limited_source_.acquire(bytes, kChunk);
    if (home == nullptr) {
      *why = detail::Denial{Code::FA012};
      return nullptr;
    }
    ++chunks_out;
    ++chunks_taken;
    auto* chunk = ::new (home) detail::ArenaChunk{};
    chunk->bytes = bytes;
    chunk->run = bytes > kChunk;
    return chunk;
  }
  void release_chunk(detail::ArenaChunk* chunk) noexcept override {
    --chunks_out;
    limited_source_.release(chunk, chunk->bytes, kChunk);
  }
  bool has_budgets() const noexcept override { return budgets_; }
  std::size_t charge(TagId tag, std::size_t need, std::size_t want,
                     detail::Denial* why) noexcept override {
    const auto limit = budget.find(tag);
    const std::size_t left = limit == budget.end() ? SIZE_MAX : limit->second - charged[tag];
    if (need > left) {
      detail::Denial::store(why, detail::Denial{Code::FA311, tag, left});
      return 0;
    }
    const std::size_t granted = want < left ? want : left;
    charged[tag] += granted;
    return granted;
  }
  void uncharge(TagId tag, std::size_t bytes) noexcept override { charged[tag] -= bytes; }
  void* allocate_fallback(std::size_t bytes, std::size_t alignment,
                          const CallSite&) noexcept override {
    if (deny_fallback) return nullptr;
    ++fallbacks_out;
    ++fallbacks_taken;
    const std::size_t align = alignment < 16 ? 16 : alignment;
    return std::aligned_alloc(align, align_up(bytes == 0 ? 1 : bytes, align));
  }
  void free_fallback(void* block) noexcept override {
    --fallbacks_out;
    std::free(block);
  }
  void note_overflow() noexcept override { ++overflows; }
  void note_corruption(std::string_view message, const void*) noexcept override {
    faults.emplace_back(message);
  }
  void report_denial(const detail::Denial& why, TagId tag, std::size_t requested,
                     const CallSite& site) noexcept override {
    said.push_back({why.code, tag, requested, why.available, site});
  }
  void report(Code code, std::string_view, TagId tag, std::size_t requested, std::size_t available,
              const CallSite& site) noexcept override {
    said.push_back({code, tag, requested, available, site});
  }

 private:
  static void* ledger_block(void* metadata, std::size_t bytes) noexcept {
    return static_cast<detail::MetadataAllocator*>(metadata)->allocate(bytes);
  }

  CountingSource counting_;
  detail::LimitedSource limited_source_;
  detail::MetadataAllocator metadata_;
  detail::ThreadLedger ledger_;
  std::atomic<std::uint32_t> modes_{0};
  std::uint64_t clock_ = 2;
  bool budgets_;
  unsigned slots_;
  bool ok_ = false;
  std::optional<FrameArena> arena_;
};

}  // namespace framealloc::testing
