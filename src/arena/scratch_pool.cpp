// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/scratch_pool.hpp>

#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/detail/os/thread.hpp>
#include <framealloc/scratch_registry.hpp>
#include <framealloc/text.hpp>

#include <algorithm>
#include <mutex>
#include <new>

namespace framealloc {
namespace {

using detail::kRelaxed;
constexpr std::size_t kLeastSegment = 1024 - detail::ScratchSegment::kHeader;
// A place is the index of a segment above an offset in it.
constexpr int kOffsetBits = 47;
static_assert(kMaxRequest < std::size_t{1} << kOffsetBits);

}  // namespace

ScratchPool::Use::Use(const ScratchPool& pool) noexcept {
  if constexpr (kCheckLevel >= 1) {
    if (pool.number_ == 0) return;  // denies everything, to everybody
    // Relaxed, so that the check does not order what a missing hand-over left unordered.
    const std::uintptr_t me = os::thread_word();
    const std::uintptr_t claimed = pool.claimed_by_.load(kRelaxed);
    std::uintptr_t user = 0;
    const bool free_to_us = claimed == 0 || claimed == me;
    if (free_to_us && pool.user_.compare_exchange_strong(user, me, kRelaxed)) {
      entered_ = &pool;
    } else {
      granted_ = free_to_us && user == me;
    }
    if (granted_) return;
    Text<192> message("scratch pool '");
    message.append(pool.name_).append("' is at work for another thread right now");
    pool.ledger().report(Code::FA212, message, pool.tag_, 0, 0, &pool);
  }
}

ScratchPool::Use::~Use() {
  if (entered_ != nullptr) entered_->user_.store(0, kRelaxed);
}

ScratchPool::ScratchPool(ScratchRegistry& registry, std::string_view name, std::size_t capacity,
                         ScratchPolicy policy, TagId tag) noexcept
    : registry_(registry),
      name_(name),
      capacity_(align_up(capacity, kGranule)),
      policy_(policy),
      tag_(tag) {}

ScratchPool::~ScratchPool() { detail::ScratchSegment::release(ledger(), tag_, first_); }

detail::SharedLedger& ScratchPool::ledger() const noexcept { return registry_.ledger_; }

std::size_t ScratchPool::next_segment_bytes(std::size_t need) const noexcept {
  if (policy_ == ScratchPolicy::Fixed) return capacity_;
  // By half of what there is, so that many small steps end in few segments.
  return std::max({align_up(usable_ / 2, kGranule), capacity_, need, kLeastSegment});
}

// Under the lock. Result: null when neither the current segment nor the next has room.
void* ScratchPool::advance(std::size_t size, std::size_t alignment) noexcept {
  detail::ScratchSegment* const next = current_ == nullptr ? first_ : current_->next;
  if (next == nullptr) return nullptr;
  const std::uintptr_t start = place(next->begin(), alignment);
  const std::uintptr_t end = start + rounded(size);
  if (end > next->end()) return nullptr;
  if (current_ != nullptr) {
    before_ += cursor_.load(kRelaxed) - current_->begin();
    ++index_;
  }
  current_ = next;
  cursor_.store(end, kRelaxed);
  limit_.store(next->end(), kRelaxed);
  return reinterpret_cast<void*>(start);
}

void* ScratchPool::bump_slow(std::size_t size, std::size_t alignment, bool report, const char* file,
                             const char* function, std::uint32_t line,
                             detail::Denial* why) noexcept {
  const CallSite site{file, function, line};
  const std::size_t most = kMaxRequest / 4;
  if (size > most || alignment > most || !is_power_of_two(alignment)) {
    return refuse(size, alignment, report, site, why);
  }
  {
    const std::lock_guard guard(lock_);
    if (void* const block = advance(size, alignment)) return block;
  }
  // Segments are aligned to their header's size; a larger alignment has to be found inside.
  const std::size_t slack = alignment > detail::ScratchSegment::kHeader ? alignment : 0;
  const std::size_t need = rounded(size) + slack;
  const bool fixed = policy_ == ScratchPolicy::Fixed;
  if (fixed && (first_ != nullptr || rounded(size) > capacity_)) {
    return refuse(size, alignment, report, site, why);
  }
  detail::ScratchSegment* const fresh =
      detail::ScratchSegment::acquire(ledger(), tag_, next_segment_bytes(need), report, site, why);
  if (fresh == nullptr) return nullptr;
  void* block = nullptr;
  {
    const std::lock_guard guard(lock_);
    detail::ScratchSegment*& link = current_ == nullptr ? first_ : current_->next;
    fresh->next = link;
    link = fresh;
    usable_ += fresh->bytes;
    held_ += fresh->held;
    block = advance(size, alignment);
  }
  return block != nullptr ? block : refuse(size, alignment, report, site, why);
}

void* ScratchPool::refuse(std::size_t size, std::size_t alignment, bool report,
                          const CallSite& site, detail::Denial* why) const noexcept {
  Text<256> message;
  Code code = Code::FA021;
  if (!is_power_of_two(alignment)) {
    code = Code::FA011;
    message.append("alignment ").append(alignment).append(" is not a power of two");
  } else if (size > kMaxRequest / 4 || alignment > kMaxRequest / 4) {
    code = Code::FA011;
    message.append("no block has ").append_bytes(size).append(", aligned to ").append(alignment);
  } else if (number_ == 0) {
    code = Code::FA012;
    message.append("there was no memory for the records of this scratch pool");
  } else {
    message.append("scratch pool '").append(name_).append("' of ").append_bytes(capacity_);
    message.append(" has ").append_bytes(remaining()).append(" left");
  }
  const std::size_t available = code == Code::FA021 ? remaining() : 0;
  detail::Denial::store(why, {code, TagId::Untagged, available});
  if (report) ledger().report(code, message, tag_, size, available, nullptr, site);
  return nullptr;
}

void ScratchPool::arm(void* record, detail::Finalizer::Destroy destroy, void* objects,
                      std::size_t count) noexcept {
  auto* const finalizer = ::new (record) detail::Finalizer;
  finalizer->destroy = destroy;
  finalizer->objects = objects;
  finalizer->count = count;
  finalizer->order = ++order_;
  finalizer->next = finalizers_;
  finalizers_ = finalizer;
}

void ScratchPool::run_finalizers(std::uint64_t after) noexcept {
  while (finalizers_ != nullptr && finalizers_->order > after) {
    detail::Finalizer* const finalizer = finalizers_;
    finalizers_ = finalizer->next;  // first: the destructor may use the pool
    finalizer->destroy(finalizer->objects, finalizer->count);
  }
}

std::uint64_t ScratchPool::place_of_cursor() const noexcept {
  if (current_ == nullptr) return 0;
  return (std::uint64_t{index_} << kOffsetBits) + (cursor_.load(kRelaxed) - current_->begin());
}

void ScratchPool::note_low(std::uint64_t place) noexcept {
  ++time_;
  while (low_count_ > 0 && lows_[low_count_ - 1].place >= place) --low_count_;
  if (low_count_ == kLows) {
    lows_[1].place = lows_[0].place;  // lower and later than either: it says more, never less
    std::copy(lows_ + 1, lows_ + kLows, lows_);
    --low_count_;
  }
  lows_[low_count_++] = Low{time_, place};
}

bool ScratchPool::is_stale(const ScratchCheckpoint& checkpoint) const noexcept {
  if (checkpoint.pool_ == 0 || checkpoint.pool_ != number_) return true;
  for (int i = low_count_; i > 0; --i) {
    const Low& low = lows_[i - 1];
    if (low.time <= checkpoint.time_) break;  // the rest is older still
    if (low.place < checkpoint.place_) return true;
  }
  return false;
}

ScratchCheckpoint ScratchPool::checkpoint() const noexcept {
  ScratchCheckpoint here;
  here.segment_ = current_;
  here.cursor_ = cursor_.load(kRelaxed);
  here.position_ = allocated_locked();
  here.place_ = place_of_cursor();
  here.pool_ = number_;
  here.time_ = time_;
  here.order_ = order_;
  return here;
}

// Requirement: not stale.
void ScratchPool::move_back(const ScratchCheckpoint& to) noexcept {
  run_finalizers(to.order_);
  if (place_of_cursor() <= to.place_) return;  // unless a destructor has been there before
  {
    const std::lock_guard guard(lock_);
    high_water_.store(std::max(high_water_.load(kRelaxed), allocated_locked()), kRelaxed);
    current_ = to.segment_ != nullptr ? to.segment_ : first_;
    index_ = static_cast<std::uint32_t>(to.place_ >> kOffsetBits);
    const std::uintptr_t begin = current_->begin();
    const std::uintptr_t cursor = to.segment_ != nullptr ? to.cursor_ : begin;
    before_ = to.position_ - (cursor - begin);
    cursor_.store(cursor, kRelaxed);
    limit_.store(current_->end(), kRelaxed);
  }
  note_low(to.place_);
}

bool ScratchPool::rewind(const ScratchCheckpoint& to) noexcept {
  const Use use(*this);
  if (!use || is_stale(to)) return false;
  if (newest_borrow_ != nullptr && to.place_ < newest_borrow_->base_.place_) {
    report_order("rewound to before an open borrow; nothing was freed");
    return false;
  }
  move_back(to);
  return true;
}

bool ScratchPool::reset() noexcept {
  if (number_ == 0) return true;
  std::size_t bytes = 0;
  {
    const Use use(*this);
    if (!use) return false;
    if (newest_borrow_ != nullptr) {
      report_order("reset while a borrow is open; nothing was freed");
      return false;
    }
    bytes = allocated_locked();
    ScratchCheckpoint start;
    start.pool_ = number_;
    move_back(start);
    resets_.fetch_add(1, kRelaxed);
  }
  if (ledger().wants(FrameEventKind::ScratchReset)) [[unlikely]]
    emit(FrameEventKind::ScratchReset, bytes);
  return true;
}

void ScratchPool::emit(FrameEventKind kind, std::size_t bytes) const noexcept {
  FrameEvent event;
  event.kind = kind;
  event.alloc_kind = AllocKind::Heap;
  event.id = number_;
  event.name = name_;
  event.size = bytes;
  ledger().emit(event, tag_);
}

ScratchBorrow ScratchPool::borrow() noexcept {
  const Use use(*this);
  if (number_ != 0 && use) return ScratchBorrow(*this);
  return ScratchBorrow();
}

bool ScratchPool::claim() noexcept {
  const std::uintptr_t me = os::thread_word();
  if (number_ == 0 || claimed_by_.load(kRelaxed) == me) return false;
  claims_.await([&] {
    std::uintptr_t nobody = 0;
    return claimed_by_.compare_exchange_strong(nobody, me, std::memory_order_acquire, kRelaxed);
  });
  return true;
}

void ScratchPool::unclaim() noexcept {
  claimed_by_.store(0, std::memory_order_release);
  claims_.notify_one();
}

void ScratchPool::report_order(std::string_view what) const noexcept {
  Text<256> message("scratch pool '");
  message.append(name_).append("': ").append(what);
  ledger().report(Code::FA020, message, tag_, 0, 0, this);
}

void ScratchPool::report_detached() const noexcept {
  Text<256> message("scratch pool '");
  message.append(name_).append("' has been removed; its memory stays, and it hands out no more");
  ledger().report(Code::FA401, message, tag_, 0, 0, this);
}

}  // namespace framealloc
