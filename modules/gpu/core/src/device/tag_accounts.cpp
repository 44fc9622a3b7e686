// SPDX-License-Identifier: MIT OR Apache-2.0
#include "device/tag_accounts.hpp"

#include <mutex>
#include <new>

namespace framealloc::gpu::detail {

namespace {

[[nodiscard]] bool add_within(TagAccount& account, std::size_t bytes) noexcept {
  const std::size_t limit = account.limit.load(std::memory_order_relaxed);
  if (limit == 0) return true;
  std::size_t held = account.subtree.load(std::memory_order_relaxed);
  do {
    if (bytes > limit || held > limit - bytes) return false;
  } while (!account.subtree.compare_exchange_weak(held, held + bytes, std::memory_order_relaxed));
  return true;
}

// Effect: the counters of the limits from `first` up, not that of `last`, which may be null.
// Requirement: the lock of a lane is held: no limit comes or goes.
void add_to_limits(TagAccount* first, const TagAccount* last, std::size_t bytes) noexcept {
  for (TagAccount* level = first; level != last; level = level->parent)
    if (level->limit.load(std::memory_order_relaxed) != 0)
      level->subtree.fetch_add(bytes, std::memory_order_relaxed);
}

[[nodiscard]] bool is_under(const TagAccount* account, TagId tag) noexcept {
  while (account != nullptr && account->id != tag) account = account->parent;
  return account != nullptr;
}

}  // namespace

class TagAccounts::AllLanes {
 public:
  explicit AllLanes(TagAccounts& accounts) noexcept : accounts_(accounts) {
    for (BriefLock* const lock : accounts_.locks_) lock->lock();
  }
  AllLanes(const AllLanes&) = delete;
  AllLanes& operator=(const AllLanes&) = delete;
  ~AllLanes() {
    for (BriefLock* const lock : accounts_.locks_) lock->unlock();
  }

 private:
  TagAccounts& accounts_;
};

TagAccounts::TagAccounts(SmartAlloc& host) noexcept : host_(host) {
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    root_.shares[lane] = &lanes_[lane].root;
    total_shares_[lane] = &lanes_[lane].total;
  }
}

TagAccounts::~TagAccounts() {
  for (std::atomic<Page*>& slot : pages_) {
    Page* const page = slot.load(std::memory_order_relaxed);
    if (page == nullptr) continue;
    page->~Page();
    host_.bookkeeping_free(page, sizeof(Page));
  }
}

TagAccount* TagAccounts::make(TagId tag) noexcept {
  const auto index = static_cast<std::size_t>(tag);
  if (index >= kMost) return nullptr;
  TagAccount* const parent = account(host_.tag_parent(tag));
  if (parent == nullptr) return nullptr;
  const std::lock_guard<BriefLock> guard(lock_);
  Page* page = pages_[index / kPage].load(std::memory_order_relaxed);
  if (page == nullptr) {
    void* const block = host_.bookkeeping_alloc(sizeof(Page));
    if (block == nullptr) return nullptr;
    page = ::new (block) Page;
    pages_[index / kPage].store(page, std::memory_order_release);
  }
  TagAccount& entry = page->accounts[index % kPage];
  if (!ready_[index].load(std::memory_order_relaxed)) {
    entry.id = tag;
    entry.parent = parent;
    for (unsigned lane = 0; lane < kLanes; ++lane)
      entry.shares[lane] = &page->lanes[lane].shares[index % kPage];
    ready_[index].store(true, std::memory_order_release);
  }
  return &entry;
}

TagAccounts::Told TagAccounts::add(TagAccount& account, unsigned lane,
                                   std::ptrdiff_t bytes) noexcept {
  LaneShare& own = *account.shares[lane];
  Told told{LaneSum::add(own, bytes), LaneSum::add(lanes_[lane].total, bytes)};
  if (bytes > 0 && told.own && !LaneSum::is_below_peak(own))
    told.own = account.own.note_alone(lane, own);
  return told;
}

void TagAccounts::settle(TagAccount& account, unsigned lane, Told told, bool noting) noexcept {
  if (told) [[likely]]
    return;
  const AllLanes guard(*this);
  if (!told.own) account.own.settle(lane, account.shares, noting);
  if (!told.total) total_.settle(lane, total_shares_, false);
}

void TagAccounts::raise_total() noexcept {
  const unsigned lane = thread_lane();
  {
    const std::lock_guard<BriefLock> guard(*locks_[lane]);
    if (total_.note_alone(lane, lanes_[lane].total)) return;
  }
  const AllLanes guard(*this);
  total_.settle(lane, total_shares_, true);
}

bool TagAccounts::charge(TagId tag, std::size_t bytes, GpuDenial& denial) noexcept {
  TagAccount* const account = this->account(tag);
  if (account == nullptr) [[unlikely]] {
    denial = {};
    denial.code = Code::FA012;
    denial.what = "no memory to account for a tag";
    return false;
  }
  const unsigned lane = thread_lane();
  Told told;
  {
    const std::lock_guard<BriefLock> guard(*locks_[lane]);
    for (TagAccount* level = account; level != nullptr; level = level->parent) {
      if (add_within(*level, bytes)) [[likely]]
        continue;
      add_to_limits(account, level, std::size_t{0} - bytes);
      denial = {};
      denial.code = Code::FA417;
      denial.by_tag = true;
      denial.tag = level->id;
      denial.held = level->subtree.load(std::memory_order_relaxed);
      denial.limit = level->limit.load(std::memory_order_relaxed);
      return false;
    }
    told = add(*account, lane, static_cast<std::ptrdiff_t>(bytes));
  }
  settle(*account, lane, told, true);
  return true;
}

void TagAccounts::count(TagId tag, std::size_t bytes) noexcept {
  TagAccount* const account = this->account(tag);
  if (account == nullptr) return;
  const unsigned lane = thread_lane();
  Told told;
  {
    const std::lock_guard<BriefLock> guard(*locks_[lane]);
    add_to_limits(account, nullptr, bytes);
    told = add(*account, lane, static_cast<std::ptrdiff_t>(bytes));
  }
  settle(*account, lane, told, true);
}

void TagAccounts::release(TagId tag, std::size_t bytes) noexcept {
  const unsigned lane = thread_lane();
  Told told;
  {
    const std::lock_guard<BriefLock> guard(*locks_[lane]);
    told = release_held(tag, bytes, lane);
  }
  if (!told) [[unlikely]]
    settle_release(tag, lane, told);
}

TagAccounts::Told TagAccounts::release_held(TagId tag, std::size_t bytes, unsigned lane) noexcept {
  TagAccount* const account = this->account(tag);
  if (account == nullptr) return {};
  add_to_limits(account, nullptr, std::size_t{0} - bytes);
  return add(*account, lane, -static_cast<std::ptrdiff_t>(bytes));
}

void TagAccounts::settle_release(TagId tag, unsigned lane, Told told) noexcept {
  settle(*account(tag), lane, told, false);
}

bool TagAccounts::is_limited(TagId tag) const noexcept {
  // A tag without an account yet may lie below one that has a limit.
  const TagAccount* account = find(tag);
  while (account == nullptr) {
    tag = host_.tag_parent(tag);
    account = find(tag);
  }
  for (; account != nullptr; account = account->parent) {
    if (account->limit.load(std::memory_order_relaxed) != 0) return true;
  }
  return false;
}

bool TagAccounts::set_limit(TagId tag, std::size_t bytes) noexcept {
  TagAccount* const account = this->account(tag);
  if (account == nullptr) return false;
  const AllLanes guard(*this);
  std::size_t held = 0;
  for (std::size_t index = 0; index < kMost; ++index) {
    const TagAccount* const other = find(static_cast<TagId>(index));
    if (is_under(other, tag)) held += LaneSum::total(other->shares);
  }
  account->subtree.store(held, std::memory_order_relaxed);
  account->limit.store(bytes, std::memory_order_relaxed);
  return true;
}

void TagAccounts::count_denial(TagId tag) noexcept {
  TagAccount* const account = this->account(tag);
  if (account != nullptr) account->denials.fetch_add(1, std::memory_order_relaxed);
}

const TagAccount* TagAccounts::find(TagId tag) const noexcept {
  const auto index = static_cast<std::size_t>(tag);
  if (index == 0) return &root_;
  if (index >= kMost || !ready_[index].load(std::memory_order_acquire)) return nullptr;
  return &pages_[index / kPage].load(std::memory_order_acquire)->accounts[index % kPage];
}

void TagAccounts::read(Sums& sums) noexcept {
  const AllLanes guard(*this);
  for (std::size_t index = 0; index < kMost; ++index) {
    const TagAccount* const account = find(static_cast<TagId>(index));
    if (account == nullptr) continue;
    sums.own[index] = LaneSum::total(account->shares);
    for (const TagAccount* level = account; level != nullptr; level = level->parent)
      sums.subtree[static_cast<std::size_t>(level->id)] += sums.own[index];
  }
}

std::size_t TagAccounts::bytes(TagId tag) noexcept {
  if (find(tag) == nullptr) return 0;
  Sums sums;
  read(sums);
  return sums.subtree[static_cast<std::size_t>(tag)];
}

bool TagAccounts::is_within(TagId tag, TagId under) const noexcept {
  return is_under(find(tag), under);
}

TagAccounts::Holder TagAccounts::largest_holder(TagId under) noexcept {
  Holder most;
  visit([&](const TagAccount& account, std::size_t own, std::size_t) {
    if (own > most.bytes && is_under(&account, under)) most = {account.id, own};
  });
  return most;
}

}  // namespace framealloc::gpu::detail
