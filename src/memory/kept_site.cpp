// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/memory/kept_site.hpp>

#include <framealloc/detail/sync/spin_lock.hpp>

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <new>
#include <string_view>

namespace framealloc::detail {
// Named, so that these names may stand in one unit with others of the kind.
namespace kept_sites {
namespace {

// A thousand sites take about 100 KiB.
constexpr std::size_t kRoom = std::size_t{1} << 20;
constexpr std::size_t kTextBuckets = 1024;
constexpr std::size_t kSiteBuckets = 2048;
constexpr std::size_t kHints = 2048;

struct KeptText {
  const KeptText* next;
  std::string_view text;  // behind it a null
};
struct KeptSite {
  const KeptSite* next;
  CallSite site;
  std::string_view type;
};

// Zero until it is used, so it takes no memory in a program that keeps no site.
alignas(KeptSite) constinit std::byte room[kRoom] = {};
constinit std::size_t used = 0;
constinit const KeptText* texts[kTextBuckets] = {};
constinit const KeptSite* sites[kSiteBuckets] = {};
constinit SpinLock lock;  // of all the above

// By addresses: where the site was found last. The texts decide, because a plugin that is loaded
// where another one was has different texts at the same address.
constinit std::atomic<const KeptSite*> hints[kHints] = {};

constexpr std::uint64_t kMix = 0x9e3779b97f4a7c15U;

std::uint64_t mix_word(std::uint64_t hash, std::uint64_t value) noexcept {
  return std::rotl((hash ^ value) * kMix, 29);
}

std::uint64_t mix_word(std::uint64_t hash, std::string_view text) noexcept {
  while (text.size() >= 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data(), 8);
    hash = mix_word(hash, word);
    text.remove_prefix(8);
  }
  std::uint64_t word = text.size();
  text.copy(reinterpret_cast<char*>(&word), text.size());
  return mix_word(hash, word);
}

std::size_t hint_of(const CallSite& site) noexcept {
  std::uint64_t hash = mix_word(site.line, reinterpret_cast<std::uintptr_t>(site.file));
  hash = mix_word(hash, reinterpret_cast<std::uintptr_t>(site.function));
  hash = mix_word(hash, reinterpret_cast<std::uintptr_t>(site.type));
  return static_cast<std::size_t>(hash) % kHints;
}

bool is_same(const KeptSite& kept, const CallSite& site) noexcept {
  return kept.site.line == site.line && std::strcmp(kept.site.file, site.file) == 0 &&
         std::strcmp(kept.site.function, site.function) == 0 && kept.type == site.type_name();
}

void* take(std::size_t bytes) noexcept {
  constexpr std::size_t kAlignment = alignof(KeptSite);
  bytes = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  if (kRoom - used < bytes) return nullptr;
  used += bytes;
  return room + used - bytes;
}

const KeptText* keep_text(std::string_view text) noexcept {
  const KeptText*& bucket = texts[mix_word(kMix, text) % kTextBuckets];
  for (const KeptText* one = bucket; one != nullptr; one = one->next) {
    if (one->text == text) return one;
  }
  void* const home = take(sizeof(KeptText) + text.size() + 1);
  if (home == nullptr) return nullptr;
  char* const copy = static_cast<char*>(home) + sizeof(KeptText);
  text.copy(copy, text.size());  // a view of nothing has no address that memcpy() takes
  copy[text.size()] = '\0';
  bucket = ::new (home) KeptText{bucket, {copy, text.size()}};
  return bucket;
}

const KeptSite* find_or_add(const CallSite& site) noexcept {
  std::uint64_t hash = mix_word(site.line, std::string_view(site.file));
  hash = mix_word(mix_word(hash, std::string_view(site.function)), site.type_name());
  const std::lock_guard guard(lock);
  const KeptSite*& bucket = sites[hash % kSiteBuckets];
  for (const KeptSite* one = bucket; one != nullptr; one = one->next) {
    if (is_same(*one, site)) return one;
  }
  const KeptText* const file = keep_text(site.file);
  const KeptText* const function = keep_text(site.function);
  const KeptText* const type = keep_text(site.type_name());
  if (file == nullptr || function == nullptr || type == nullptr) return nullptr;
  void* const home = take(sizeof(KeptSite));
  if (home == nullptr) return nullptr;
  auto* const kept = ::new (home) KeptSite{
      bucket, CallSite{file->text.data(), function->text.data(), site.line, nullptr}, type->text};
  if (site.type != nullptr) kept->site.type = &kept->type;
  bucket = kept;
  return kept;
}

}  // namespace
}  // namespace kept_sites

CallSite keep_site(const CallSite& site) noexcept {
  using namespace kept_sites;
  std::atomic<const KeptSite*>& hint = hints[hint_of(site)];
  const KeptSite* kept = hint.load(std::memory_order_acquire);
  if (kept != nullptr && is_same(*kept, site)) [[likely]]
    return kept->site;
  kept = find_or_add(site);
  if (kept == nullptr) return CallSite{"", "(more call sites than are remembered)", 0, nullptr};
  hint.store(kept, std::memory_order_release);
  return kept->site;
}

}  // namespace framealloc::detail
