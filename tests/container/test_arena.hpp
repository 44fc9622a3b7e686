// SPDX-License-Identifier: MIT OR Apache-2.0
// A frame arena that stands alone: the test opens and ends its frames, and decides when memory is
// denied, which an allocator as a whole does not let it do so exactly.
#pragma once

#include <framealloc/detail/account/ledger.hpp>
#include <framealloc/detail/memory/limited_source.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/frame_arena.hpp>
#include <framealloc/source.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace framealloc::test {

class TestArena final : public detail::ArenaHost {
 public:
  static constexpr std::size_t kChunk = std::size_t{64} << 10;

  explicit TestArena(unsigned frames_in_flight = 1, std::size_t capacity = SIZE_MAX)
      : frames_in_flight_(frames_in_flight) {
    const bool ready = arena_.set_up({
        .host = this,
        .metadata = &metadata_,
        .ledger = &ledger_,
        .modes = &modes_,
        .overflow = capacity == SIZE_MAX ? FrameOverflow::Grow : FrameOverflow::Fail,
        .capacity = capacity,
        .slots = frames_in_flight,
        .first_cell = 0,
    });
    if (!ready) std::abort();
    begin();
  }
  ~TestArena() {
    if (open()) end();
    for (unsigned i = 1; i < frames_in_flight_; ++i) {
      begin();
      end();
    }
    arena_.tear_down();
    EXPECT_EQ(chunks_out_, 0) << "the arena kept a chunk";
  }

  FrameArena& operator*() { return arena_; }
  FrameArena* operator->() { return &arena_; }
  void begin() { ++clock_; }
  // As the owner of the allocator's frame does: what the frame owes runs when its memory goes.
  void end() {
    const std::uint64_t ending = clock_++;
    if (arena_.clock() == ending) arena_.finish();
    const std::uint64_t oldest = ending - 2 * (std::uint64_t{frames_in_flight_} - 1);
    arena_.release_frame(oldest, true);
  }
  void next_frame() {
    end();
    begin();
  }
  // Effect: chunks are denied after `chunks` more of them.
  void allow_chunks(int chunks) { chunks_allowed_ = chunks; }
  void count_every_call(bool on) {
    modes_.store(on ? std::uint32_t{detail::kCountCalls} : 0);
    arena_.close();
  }
  [[nodiscard]] bool open() const { return (clock_ & 1) != 0; }
  [[nodiscard]] const std::vector<Code>& reports() const { return reports_; }

  bool enter_frame(FrameArena& arena) noexcept override {
    if (!open()) return false;
    if (arena.clock() != clock_) arena.enter(clock_);
    return true;
  }
  bool frame_is_open(const FrameArena& arena) const noexcept override {
    return open() && arena.clock() == clock_;
  }
  detail::ArenaChunk* acquire_chunk(std::size_t room, detail::Denial* why) noexcept override {
    if (chunks_allowed_ == 0) {
      why->code = Code::FA012;
      return nullptr;
    }
    if (chunks_allowed_ > 0) --chunks_allowed_;
    std::size_t bytes = kChunk;
    while (bytes < room + detail::ArenaChunk::kHeaderBytes) bytes *= 2;
    void* const home = std::aligned_alloc(4096, bytes);
    if (home == nullptr) return nullptr;
    ++chunks_out_;
    auto* const chunk = ::new (home) detail::ArenaChunk{};
    chunk->bytes = bytes;
    return chunk;
  }
  void release_chunk(detail::ArenaChunk* chunk) noexcept override {
    --chunks_out_;
    std::free(chunk);
  }
  bool has_budgets() const noexcept override { return false; }
  std::size_t charge(TagId, std::size_t, std::size_t want, detail::Denial*) noexcept override {
    return want;
  }
  void uncharge(TagId, std::size_t) noexcept override {}
  void* allocate_fallback(std::size_t, std::size_t, const CallSite&) noexcept override {
    return nullptr;
  }
  void free_fallback(void*) noexcept override {}
  void note_overflow() noexcept override {}
  void report_denial(const detail::Denial& why, TagId tag, std::size_t requested,
                     const CallSite& site) noexcept override {
    report(why.code, {}, tag, requested, why.available, site);
  }
  void report(Code code, std::string_view, TagId, std::size_t, std::size_t,
              const CallSite&) noexcept override {
    reports_.push_back(code);
  }

 private:
  static void* ledger_block(void*, std::size_t) { return nullptr; }

  detail::LimitedSource limited_source_{system_source(), 0};
  detail::MetadataAllocator metadata_{limited_source_};
  detail::ThreadLedger ledger_{&ledger_block, nullptr};
  std::atomic<std::uint32_t> modes_{0};
  FrameArena arena_;
  std::uint64_t clock_ = 2;
  unsigned frames_in_flight_;
  int chunks_allowed_ = -1;
  int chunks_out_ = 0;
  std::vector<Code> reports_;
};

// Counts what is made, moved and destroyed, and notices the destruction of what does not live.
struct Counted {
  static inline int made = 0;
  static inline int destroyed = 0;
  static inline int wrong = 0;
  static constexpr std::uint64_t kAlive = 0xa11e'a11e'a11e'a11eU;

  int value = 0;
  std::uint64_t alive = kAlive;

  Counted() { ++made; }
  Counted(int v) : value(v) { ++made; }
  Counted(const Counted& other) : value(other.value) { note(other); }
  Counted(Counted&& other) noexcept : value(std::exchange(other.value, -1)) { note(other); }
  Counted& operator=(const Counted& other) {
    if (alive != kAlive || other.alive != kAlive) ++wrong;
    value = other.value;
    return *this;
  }
  Counted& operator=(Counted&& other) noexcept {
    if (alive != kAlive || other.alive != kAlive) ++wrong;
    if (this != &other) value = std::exchange(other.value, -1);
    return *this;
  }
  ~Counted() {
    if (alive != kAlive) ++wrong;
    alive = 0;
    ++destroyed;
  }
  friend bool operator==(const Counted& a, const Counted& b) { return a.value == b.value; }

  static void start() { made = destroyed = wrong = 0; }
  static int living() { return made - destroyed; }

 private:
  void note(const Counted& other) {
    if (other.alive != kAlive) ++wrong;
    ++made;
  }
};

// Expects that nothing of the kind lives when the scope is left, and nothing was destroyed twice.
class CountedBalance {
 public:
  CountedBalance() { Counted::start(); }
  ~CountedBalance() {
    EXPECT_EQ(Counted::living(), 0);
    EXPECT_EQ(Counted::wrong, 0);
  }
};

}  // namespace framealloc::test
