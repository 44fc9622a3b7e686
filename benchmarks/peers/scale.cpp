// SPDX-License-Identifier: MIT OR Apache-2.0
// What must not cost more because there is more of it: statistics with many tags and threads, an
// access with many streamed assets, a walk over objects that no cache holds, large blocks of ever
// other sizes.
#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <framealloc/framealloc.hpp>

#include "../harness/quiet_slice.hpp"
#include "../harness/register.hpp"
#include "peers.hpp"

namespace bench {
namespace {

using framealloc::SmartAlloc;

// The same numbers on every machine (the generator of Numerical Recipes).
class Numbers {
 public:
  std::uint32_t below(std::uint32_t bound) {
    state_ = state_ * 1664525U + 1013904223U;
    return static_cast<std::uint32_t>((std::uint64_t{state_} * bound) >> 32);
  }

 private:
  std::uint32_t state_ = 1;
};

// --- Tags ----------------------------------------------------------------------------------------

// Eight threads, each of which holds one pool block under each of the tags.
template <std::size_t tags>
class TaggedThreads {
 public:
  static constexpr std::size_t kThreads = 8;

  TaggedThreads() {
    use();
    for (std::size_t i = 1; i < kThreads; ++i) {
      threads_.emplace_back([this] {
        use();
        std::unique_lock lock(mutex_);
        ++ready_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return leave_; });
      });
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ready_ == kThreads - 1; });
  }
  ~TaggedThreads() {
    {
      const std::lock_guard lock(mutex_);
      leave_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  TaggedThreads(const TaggedThreads&) = delete;
  TaggedThreads& operator=(const TaggedThreads&) = delete;
  [[nodiscard]] SmartAlloc& alloc() { return alloc_; }

 private:
  void use() {
    for (std::size_t i = 0; i < tags; ++i) {
      const framealloc::TagScope tag = alloc_.tag_scope("tag" + std::to_string(i));
      escape(alloc_.pool_alloc<Block<64>>());
    }
  }
  SmartAlloc alloc_{quiet()};
  static framealloc::AllocConfig quiet() {
    framealloc::AllocConfig config;
    config.on_report = [](const framealloc::Report&, void*) {};  // nothing is freed here
    return config;
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t ready_ = 0;
  bool leave_ = false;
  std::vector<std::thread> threads_;
};

// An operation is a tag of a thread.
template <std::size_t tags>
class TagSums final : public Case {
 public:
  static constexpr std::size_t kOps = tags * TaggedThreads<tags>::kThreads;
  static constexpr std::size_t kObjects = 0;

  void run(std::size_t rounds) override {
    for (std::size_t i = 0; i < rounds; ++i) {
      std::size_t sum = 0;
      threads_.alloc().visit_tags(
          [&sum](const framealloc::TagFigures& tag) { sum += tag.current_bytes; });
      escape(&sum);
    }
  }
  void check(Ledger& ledger) override {
    std::size_t sum = 0;
    threads_.alloc().visit_tags(
        [&sum](const framealloc::TagFigures& tag) { sum += tag.current_bytes; });
    if (sum != kOps * sizeof(Block<64>)) ledger.fail("the tags do not add up to what is held");
    ledger.round_over(true);
  }

 private:
  TaggedThreads<tags> threads_;
};

// An operation is a tag of a thread in a snapshot, which has their pages and threads as well.
template <std::size_t tags>
class TagSnapshot final : public Case {
 public:
  static constexpr std::size_t kOps = tags * TaggedThreads<tags>::kThreads;
  static constexpr std::size_t kObjects = 0;

  void run(std::size_t rounds) override {
    for (std::size_t i = 0; i < rounds; ++i) {
      framealloc::Snapshot snapshot = threads_.alloc().snapshot();
      escape(&snapshot);
    }
  }
  void check(Ledger& ledger) override {
    const framealloc::Snapshot snapshot = threads_.alloc().snapshot();
    std::size_t sum = 0;
    for (const framealloc::SnapshotTag& tag : snapshot.tags) sum += tag.bytes;
    if (snapshot.tags.size() != tags || sum != kOps * sizeof(Block<64>)) {
      ledger.fail("the tags of the snapshot do not add up to what is held");
    }
    ledger.round_over(true);
  }

 private:
  TaggedThreads<tags> threads_;
};

// An operation is an empty frame that is told to those who track frames.
template <std::size_t tags>
class TrackedFrame final : public Case {
 public:
  static constexpr std::size_t kOps = 1;
  static constexpr std::size_t kObjects = 0;

  TrackedFrame() { threads_.alloc().enable_lifecycle_tracking(); }
  void run(std::size_t rounds) override {
    for (std::size_t i = 0; i < rounds; ++i) {
      threads_.alloc().begin_frame();
      threads_.alloc().end_frame();
    }
  }
  void check(Ledger& ledger) override {
    run(1);
    ledger.round_over(true);
  }

 private:
  TaggedThreads<tags> threads_;
};

// --- Streaming -----------------------------------------------------------------------------------

template <std::size_t assets>
class StreamAccess final : public Case {
 public:
  static constexpr std::size_t kOps = 8192;
  static constexpr std::size_t kObjects = 0;

  StreamAccess() {
    streaming_.set_budget(std::size_t{1} << 30);
    Numbers numbers;
    std::vector<framealloc::StreamId> ids(assets);
    for (framealloc::StreamId& id : ids) {
      id = streaming_.reserve(64);
      escape(streaming_.begin_load(id));
      (void)streaming_.finish_load(id);
    }
    for (auto& id : order_) id = ids[numbers.below(assets)];
  }
  void run(std::size_t rounds) override {
    for (std::size_t i = 0; i < rounds; ++i) {
      // So many in turn that none is in cache because of the round before.
      for (const framealloc::StreamId id : std::span(order_).subspan(next_, kOps)) {
        escape(streaming_.access_mut(id));
      }
      next_ = (next_ + kOps) % order_.size();
    }
  }
  void check(Ledger& ledger) override {
    for (const framealloc::StreamId id : order_) {
      if (streaming_.access(id) == nullptr) ledger.fail("an asset was not found");
    }
    ledger.round_over(true);
  }

 private:
  SmartAlloc alloc_;
  framealloc::StreamingAllocator& streaming_ = alloc_.streaming();
  std::vector<framealloc::StreamId> order_ = std::vector<framealloc::StreamId>(32 * kOps);
  std::size_t next_ = 0;
};

// --- Handles, cold -------------------------------------------------------------------------------

// 2400 objects of 1 KiB behind handles, in an order that churn has made, of each of which two words
// are changed. The clock runs over the walk alone; before it the caches are filled with other
// memory.
enum class Walk { Pointers, Span, Resolve, Type };
template <Walk walk>
class ColdWalk final : public Case {
 public:
  using Object = Block<1024>;
  static constexpr std::size_t kOps = 2400;
  static constexpr std::size_t kObjects = 0;

  ColdWalk() {
    Numbers numbers;
    for (auto& handle : row_) handle = handles_.alloc_raw<Object>();
    for (std::size_t i = 0; i < 4 * row_.size(); ++i) {
      auto& handle = row_[numbers.below(static_cast<std::uint32_t>(row_.size()))];
      (void)handles_.free(handle);
      handle = handles_.alloc_raw<Object>();
    }
    for (std::size_t i = 0; i < row_.size(); ++i) {
      pointers_[i] = handles_.resolve(row_[i]);
      pointers_[i]->words[0] = i;
    }
  }
  void run(std::size_t rounds) override {
    for (std::size_t i = 0; i < rounds; ++i) round();
  }
  Slice time(std::size_t rounds) override {
    Slice sum{0, true};
    for (std::size_t i = 0; i < rounds; ++i) {
      for (std::size_t at = 0; at < junk_.size(); at += 8) junk_[at] += i;
      const Slice one = quiet_slice([this] { round(); });
      sum.ns += one.ns;
      sum.quiet = sum.quiet && one.quiet;
    }
    return sum;
  }
  void check(Ledger& ledger) override {
    std::uint64_t before = 0;
    std::uint64_t after = 0;
    for (const Object* const object : pointers_) before += object->words[0];
    round();
    for (const Object* const object : pointers_) after += object->words[0];
    if (after != before + kOps) ledger.fail("not every object was visited");
    ledger.round_over(true);
  }

 private:
  static void work(Object& object) { ++object.words[1 + object.words[0]++ % 100]; }
  [[gnu::noinline]] void round() {
    if constexpr (walk == Walk::Pointers) {
      for (Object* const object : pointers_) work(*object);
    } else if constexpr (walk == Walk::Span) {
      handles_.for_each<Object>(row_, [](Object& object) { work(object); });
    } else if constexpr (walk == Walk::Resolve) {
      for (const auto handle : row_) work(*handles_.resolve(handle));
    } else {
      handles_.for_each<Object>([](framealloc::Handle<Object>, Object& object) { work(object); });
    }
  }

  SmartAlloc alloc_;
  framealloc::HandleAllocator& handles_ = alloc_.handles();
  std::vector<framealloc::Handle<Object>> row_ = std::vector<framealloc::Handle<Object>>(kOps);
  std::vector<Object*> pointers_ = std::vector<Object*>(kOps);
  std::vector<std::uint64_t> junk_ = std::vector<std::uint64_t>((std::size_t{24} << 20) / 8);
};

// --- Large blocks --------------------------------------------------------------------------------

class OurHeap {
 public:
  void* take(std::size_t bytes) { return alloc_.heap_alloc<std::byte>(bytes); }
  void give(void* block) { alloc_.heap_free(static_cast<std::byte*>(block)); }

 private:
  SmartAlloc alloc_;
};
class Malloc {
 public:
  void* take(std::size_t bytes) { return std::malloc(bytes); }
  void give(void* block) { std::free(block); }
};

// 16 blocks of 5 to 25 MB live, every page of which was written to. An operation frees a random one
// and takes another of a random size. What the process holds of it: large/RSS, among the values.
template <class Heap>
class LargeBlocks final : public Case {
 public:
  static constexpr std::size_t kOps = 16;
  static constexpr std::size_t kObjects = 16;

  LargeBlocks() {
    for (Held& one : held_) replace(one, NoProbe());
  }
  ~LargeBlocks() override {
    for (const Held& one : held_) heap_.give(one.block);
  }
  void run(std::size_t rounds) override {
    for (std::size_t i = 0; i < rounds; ++i) round(NoProbe());
  }
  void check(Ledger& ledger) override {
    LedgerProbe probe(ledger);
    for (Held& one : held_) probe.held(one.block, one.bytes, 16, 1);
    round(probe);
    probe.at_peak();
    for (Held& one : held_) probe.gave_back(one.block);
    probe.round_over(false);
  }

 private:
  struct Held {
    void* block = nullptr;
    std::size_t bytes = 0;
  };
  template <class Probe>
  void round(Probe probe) {
    for (std::size_t i = 0; i < kOps; ++i) {
      Held& one = held_[numbers_.below(kOps)];
      probe.gave_back(one.block);
      replace(one, probe);
    }
  }
  template <class Probe>
  void replace(Held& one, Probe probe) {
    heap_.give(one.block);
    one.bytes = 5'000'000 + 16 * std::size_t{numbers_.below(1'250'000)};
    one.block = heap_.take(one.bytes);
    auto* const bytes = static_cast<std::byte*>(one.block);
    for (std::size_t at = 0; at < one.bytes; at += 4096) bytes[at] = std::byte{1};
    touch(probe, one.block, one.bytes, 16, one.bytes);
  }

  Heap heap_;
  Numbers numbers_;
  std::array<Held, 16> held_;
};

}  // namespace

void add_scale(Rows& rows) {
  const char* const ours = "framealloc";
  add_case<TagSums<30>>(rows, "tags/30x8", ours, Guarantee::Distinct, false);
  add_case<TagSums<1000>>(rows, "tags/1000x8", ours, Guarantee::Distinct, false);
  add_case<TagSnapshot<1000>>(rows, "tags/snapshot-1000x8", ours, Guarantee::Distinct, false);
  add_case<TrackedFrame<300>>(rows, "tags/frame-300x8", ours, Guarantee::Distinct, false);
  add_case<StreamAccess<1000>>(rows, "streaming/1000", ours);
  add_case<StreamAccess<300'000>>(rows, "streaming/300000", ours, Guarantee::Distinct, false);
  add_case<ColdWalk<Walk::Pointers>>(rows, "handles/cold", "floor-pointers");
  add_case<ColdWalk<Walk::Span>>(rows, "handles/cold", ours);
  add_case<ColdWalk<Walk::Type>>(rows, "handles/cold", "framealloc-type");
  add_case<ColdWalk<Walk::Resolve>>(rows, "handles/cold", "framealloc-resolve");
  add_case<LargeBlocks<OurHeap>>(rows, "large/blocks", "framealloc-heap", Guarantee::Distinct,
                                 false);
  add_case<LargeBlocks<Malloc>>(rows, "large/blocks", "glibc", Guarantee::Distinct, false);
}

}  // namespace bench
