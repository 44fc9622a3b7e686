// SPDX-License-Identifier: MIT OR Apache-2.0
#include "device/tag_accounts.hpp"

#include <mutex>
#include <new>

namespace framealloc::gpu::detail {

namespace {

[[nodiscard]] bool add_within(TagAccount& account, std::size_t bytes) noexcept {
  const std::size_t limit = account.limit.load(std::memory_order_relaxed);
  if (limit == 0) {
    account.subtree.fetch_add(bytes, std::memory_order_relaxed);
    return true;
  }
  std::size_t held = account.subtree.load(std::memory_order_relaxed);
  do {
    if (bytes > limit || held > limit - bytes) return false;
  } while (!account.subtree.compare_exchange_weak(held, held + bytes, std::memory_order_relaxed));
  return true;
}

void add_own(TagAccount& account, std::size_t bytes) noexcept {
  const std::size_t own = account.own.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  std::size_t peak = account.peak.load(std::memory_order_relaxed);
  while (peak < own && !account.peak.compare_exchange_weak(peak, own, std::memory_order_relaxed)) {
  }
}

[[nodiscard]] bool is_under(const TagAccount* account, TagId tag) noexcept {
  while (account != nullptr && account->id != tag) account = account->parent;
  return account != nullptr;
}

}  // namespace

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
    ready_[index].store(true, std::memory_order_release);
  }
  return &entry;
}

bool TagAccounts::charge(TagId tag, std::size_t bytes, GpuDenial& denial) noexcept {
  TagAccount* const account = this->account(tag);
  if (account == nullptr) [[unlikely]] {
    denial = {};
    denial.code = Code::FA012;
    denial.what = "no memory to account for a tag";
    return false;
  }
  for (TagAccount* level = account; level != nullptr; level = level->parent) {
    if (add_within(*level, bytes)) [[likely]]
      continue;
    for (TagAccount* undo = account; undo != level; undo = undo->parent)
      undo->subtree.fetch_sub(bytes, std::memory_order_relaxed);
    denial = {};
    denial.code = Code::FA417;
    denial.by_tag = true;
    denial.tag = level->id;
    denial.held = level->subtree.load(std::memory_order_relaxed);
    denial.limit = level->limit.load(std::memory_order_relaxed);
    return false;
  }
  add_own(*account, bytes);
  return true;
}

void TagAccounts::count(TagId tag, std::size_t bytes) noexcept {
  TagAccount* const account = this->account(tag);
  if (account == nullptr) return;
  for (TagAccount* level = account; level != nullptr; level = level->parent)
    level->subtree.fetch_add(bytes, std::memory_order_relaxed);
  add_own(*account, bytes);
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

void TagAccounts::release(TagId tag, std::size_t bytes) noexcept {
  TagAccount* const account = this->account(tag);
  if (account == nullptr) return;
  account->own.fetch_sub(bytes, std::memory_order_relaxed);
  for (TagAccount* level = account; level != nullptr; level = level->parent)
    level->subtree.fetch_sub(bytes, std::memory_order_relaxed);
}

bool TagAccounts::set_limit(TagId tag, std::size_t bytes) noexcept {
  TagAccount* const account = this->account(tag);
  if (account == nullptr) return false;
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

std::size_t TagAccounts::bytes(TagId tag) const noexcept {
  const TagAccount* const account = find(tag);
  return account == nullptr ? 0 : account->subtree.load(std::memory_order_relaxed);
}

bool TagAccounts::is_within(TagId tag, TagId under) const noexcept {
  return is_under(find(tag), under);
}

TagAccounts::Holder TagAccounts::largest_holder(TagId under) const noexcept {
  Holder most;
  for (std::size_t index = 0; index < kMost; ++index) {
    const TagAccount* const account = find(static_cast<TagId>(index));
    if (account == nullptr || !is_under(account, under)) continue;
    const std::size_t bytes = account->own.load(std::memory_order_relaxed);
    if (bytes > most.bytes) most = {account->id, bytes};
  }
  return most;
}

}  // namespace framealloc::gpu::detail
