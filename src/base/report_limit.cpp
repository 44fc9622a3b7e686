// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/base/report_limit.hpp>

#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/report.hpp>

#include <algorithm>
#include <cstring>

namespace framealloc::detail {
namespace {

constexpr std::size_t kProbes = 16;

// FNV-1a over the text, so that one place is one kind whichever object file its name comes from.
std::uint64_t mix(std::uint64_t hash, std::string_view text) noexcept {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

std::uint64_t key_of(const Report& report) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325U ^ static_cast<std::uint64_t>(report.code);
  hash = mix(hash, report.site.file);
  hash = mix(hash, report.site.function);
  hash = (hash ^ report.site.line) * 0x100000001b3U;
  if (!report.site.known()) hash = mix(hash, report.tag);
  return hash != 0 ? hash : 1;
}

// Of a text that is too long the end says more.
template <std::size_t N>
void copy_end(char (&out)[N], std::string_view text) noexcept {
  if (text.size() >= N) text.remove_prefix(text.size() - (N - 1));
  std::memcpy(out, text.data(), text.size());
  out[text.size()] = '\0';
}

}  // namespace

ReportLimit::Tally& ReportLimit::find(const Report& report, std::size_t row) noexcept {
  const std::uint64_t key = key_of(report);
  for (std::size_t probe = 0; probe < kProbes; ++probe) {
    Kind& kind = kinds_[(key + probe) % kKinds];
    std::uint64_t found = kind.key.load(kRelaxed);
    if (found == 0 && kind.key.compare_exchange_strong(found, key, kRelaxed)) {
      kind.code = report.code;
      kind.line = report.site.line;
      copy_end(kind.file, report.site.file);
      copy_end(kind.function, report.site.function);
      kind.tag_size = static_cast<std::uint8_t>(std::min(report.tag.size(), sizeof kind.tag));
      if (kind.tag_size != 0) std::memcpy(kind.tag, report.tag.data(), kind.tag_size);
      kind.named.store(true, std::memory_order_release);
      return kind.tally;
    }
    if (found == key) return kind.tally;
  }
  return rest_[row];
}

bool ReportLimit::admit(const Report& report, std::size_t row) noexcept {
  const std::uint32_t most = most_.load(kRelaxed);
  if (most == 0) return true;
  Tally& tally = find(report, row);
  if (tally.seen.fetch_add(1, kRelaxed) < most) return true;
  tally.held_back.fetch_add(1, kRelaxed);
  pending_.store(true, kRelaxed);
  return false;
}

bool ReportLimit::take_due(Tally& tally, std::uint64_t frame, std::uint64_t& repeated,
                           bool& left) noexcept {
  if (tally.held_back.load(kRelaxed) == 0) return false;
  if (frame < tally.due_at.load(kRelaxed)) {
    left = true;
    return false;
  }
  repeated = tally.held_back.exchange(0, kRelaxed);
  if (repeated == 0) return false;  // another thread tells it
  const std::uint64_t before = tally.interval.load(kRelaxed);
  const std::uint64_t interval = before == 0 ? kFirstInterval : before * 2;
  tally.interval.store(interval, kRelaxed);
  if (frame != UINT64_MAX) tally.due_at.store(frame + interval, kRelaxed);
  return true;
}

}  // namespace framealloc::detail
