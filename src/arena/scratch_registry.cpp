// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/scratch_registry.hpp>

#include <framealloc/align.hpp>
#include <framealloc/text.hpp>

#include <cstring>
#include <mutex>

namespace framealloc {
namespace {

std::atomic<std::uint64_t> pools_made{0};  // in the process, so that no checkpoint fits two pools

}  // namespace

ScratchRegistry::ScratchRegistry(const detail::AllocatorContext& context) noexcept
    : ledger_(context), nothing_(*this, {}, 0, ScratchPolicy::Fixed, TagId::Untagged) {}

ScratchRegistry::~ScratchRegistry() {
  while (pools_ != nullptr) {
    ScratchPool& pool = *pools_;
    unlink(pool);
    destroy(pool);
  }
}

ScratchPool* ScratchRegistry::listed(std::string_view name) const noexcept {
  for (ScratchPool* pool = pools_; pool != nullptr; pool = pool->next_) {
    if (pool->name_ == name && !pool->detached_.load(std::memory_order_relaxed)) return pool;
  }
  return nullptr;
}

ScratchPool* ScratchRegistry::find(std::string_view name) noexcept {
  const std::lock_guard guard(lock_);
  ScratchPool* const pool = listed(name);
  if (pool != nullptr) pool->references_.fetch_add(1, std::memory_order_relaxed);
  return pool;
}

ScratchPool* ScratchRegistry::make(std::string_view name, std::size_t capacity,
                                   ScratchPolicy policy, const CallSite& site,
                                   detail::Denial* why) noexcept {
  const TagId tag = ledger_.current_tag();
  if (capacity > kMaxRequest / 4) {
    Text<192> message("a scratch pool of ");
    message.append_bytes(capacity);
    detail::Denial::store(why, {Code::FA011, TagId::Untagged, kMaxRequest / 4});
    ledger_.report(Code::FA011, message, tag, capacity, kMaxRequest / 4, nullptr, site);
    return nullptr;
  }
  detail::MetadataAllocator& metadata = ledger_.context().metadata;
  bool denied_by_limit = false;
  auto* const letters = static_cast<char*>(ledger_.take_records(
      name.size(), &denied_by_limit, [&] { return metadata.allocate(name.size()); }));
  ScratchPool* pool = nullptr;
  if (letters != nullptr) {
    if (!name.empty()) std::memcpy(letters, name.data(), name.size());
    pool = ledger_.take_records(sizeof(ScratchPool), &denied_by_limit, [&] {
      return metadata.create<ScratchPool>(*this, std::string_view(letters, name.size()), capacity,
                                          policy, tag);
    });
    if (pool == nullptr) metadata.deallocate(letters, name.size());
  }
  if (pool == nullptr) {
    ledger_.refuse_memory(tag, sizeof(ScratchPool), denied_by_limit, site, why);
  }
  return pool;
}

ScratchPool* ScratchRegistry::find_or_make(std::string_view name, std::size_t capacity,
                                           ScratchPolicy policy, const CallSite& site,
                                           detail::Denial* why) noexcept {
  if (ScratchPool* const found = find(name)) return found;
  ScratchPool* const fresh = make(name, capacity, policy, site, why);
  if (fresh == nullptr) return nullptr;
  ScratchPool* other = nullptr;
  {
    const std::lock_guard guard(lock_);
    other = listed(name);  // another thread may have been faster
    if (other == nullptr) {
      // Under the lock, so that the numbers in the list descend.
      fresh->number_ = pools_made.fetch_add(1, std::memory_order_relaxed) + 1;
      fresh->next_ = pools_;
      pools_ = fresh;
    }
    ScratchPool* const result = other == nullptr ? fresh : other;
    result->references_.fetch_add(1, std::memory_order_relaxed);
  }
  if (other == nullptr) {
    if (ledger_.wants(FrameEventKind::ScratchOpened)) [[unlikely]]
      fresh->emit(FrameEventKind::ScratchOpened, capacity);
    return fresh;
  }
  destroy(*fresh);
  return other;
}

ScratchPoolHandle ScratchRegistry::get_or_create(std::string_view name, std::size_t capacity,
                                                 ScratchPolicy policy, CallSite site,
                                                 detail::Denial* why) noexcept {
  return ScratchPoolHandle(find_or_make(name, capacity, policy, site, why));
}

ScratchPoolHandle ScratchRegistry::get(std::string_view name) noexcept {
  return ScratchPoolHandle(find(name));
}

bool ScratchRegistry::exists(std::string_view name) noexcept {
  const std::lock_guard guard(lock_);
  return listed(name) != nullptr;
}

ScratchPool& ScratchRegistry::pool(std::string_view name, std::size_t capacity,
                                   ScratchPolicy policy, CallSite site) noexcept {
  ScratchPool* const found = find_or_make(name, capacity, policy, site, nullptr);
  if (found == nullptr) return nothing_;
  let_go(*found);  // the registry holds it
  return *found;
}

bool ScratchRegistry::reset(std::string_view name) noexcept {
  ScratchPool* const pool = find(name);
  if (pool == nullptr) return false;
  const bool done = pool->reset();
  let_go(*pool);
  return done;
}

ScratchPool* ScratchRegistry::next_after(std::uint64_t after) const noexcept {
  const std::lock_guard guard(lock_);
  ScratchPool* next = nullptr;
  for (ScratchPool* pool = pools_; pool != nullptr && pool->number_ > after; pool = pool->next_) {
    if (!pool->detached_.load(std::memory_order_relaxed)) next = pool;
  }
  if (next != nullptr) next->references_.fetch_add(1, std::memory_order_relaxed);
  return next;
}

std::size_t ScratchRegistry::reset_all() noexcept {
  std::size_t count = 0;
  std::uint64_t last = 0;
  while (ScratchPool* const pool = next_after(last)) {
    last = pool->number_;
    if (pool->reset()) ++count;
    let_go(*pool);
  }
  return count;
}

std::vector<ScratchPoolStats> ScratchRegistry::stats() const {
  std::vector<ScratchPoolStats> all;
  std::uint64_t last = 0;
  while (ScratchPool* const pool = next_after(last)) {
    last = pool->number_;
    all.push_back(pool->stats());
    let_go(*pool);
  }
  return all;
}

std::size_t ScratchRegistry::trim() noexcept {
  std::size_t bytes = 0;
  std::uint64_t last = 0;
  while (ScratchPool* const pool = next_after(last)) {
    last = pool->number_;
    bytes += pool->trim();
    let_go(*pool);
  }
  return bytes;
}

bool ScratchRegistry::remove(std::string_view name) noexcept {
  ScratchPool* pool = nullptr;
  {
    const std::lock_guard guard(lock_);
    pool = listed(name);
    if (pool == nullptr) return false;
    pool->detached_.store(true, std::memory_order_release);
  }
  let_go(*pool);
  return true;
}

void ScratchRegistry::let_go(ScratchPool& pool) const noexcept {
  if (pool.references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  {
    const std::lock_guard guard(lock_);
    unlink(pool);
  }
  destroy(pool);
}

void ScratchRegistry::unlink(ScratchPool& pool) const noexcept {
  ScratchPool** link = &pools_;
  while (*link != &pool) link = &(*link)->next_;
  *link = pool.next_;
}

void ScratchRegistry::destroy(ScratchPool& pool) const noexcept {
  pool.run_finalizers(0);
  const std::string_view name = pool.name_;
  detail::MetadataAllocator& metadata = ledger_.context().metadata;
  metadata.destroy(&pool);
  metadata.deallocate(const_cast<char*>(name.data()), name.size());
}

}  // namespace framealloc
