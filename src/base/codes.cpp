// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/codes.hpp>

#include <algorithm>
#include <cstddef>

namespace framealloc {
namespace {

constexpr CodeInfo kCodes[] = {
#define FRAMEALLOC_CODE(id, slug, severity, category, raised_by, meaning, help)         \
  CodeInfo{Code::FA##id,        "FA" #id, slug, Severity::severity, Category::category, \
           RaisedBy::raised_by, meaning,  help},
#include <framealloc/codes.def>
#undef FRAMEALLOC_CODE
};

// Strictly ascending, so the binary search is right and no number is used twice.
constexpr bool strictly_ascending() {
  for (std::size_t i = 1; i < std::size(kCodes); ++i) {
    if (kCodes[i - 1].code >= kCodes[i].code) return false;
  }
  return true;
}
static_assert(strictly_ascending(), "codes.def must be sorted by number, each number once");

}  // namespace

std::span<const CodeInfo> all_codes() noexcept { return kCodes; }

const CodeInfo& code_info(Code code) noexcept {
  const auto find = [](Code wanted) noexcept {
    return std::ranges::lower_bound(kCodes, wanted, {}, &CodeInfo::code);
  };
  const CodeInfo* const row = find(code);
  return row != std::end(kCodes) && row->code == code ? *row : *find(Code::FA009);
}

std::string_view to_string(Severity severity) noexcept {
  switch (severity) {
    case Severity::Hint:
      return "hint";
    case Severity::Warning:
      return "warning";
    case Severity::Error:
      return "error";
  }
  return "error";
}

std::string_view to_string(Category category) noexcept {
  switch (category) {
    case Category::Use:
      return "use";
    case Category::Engine:
      return "engine";
    case Category::Threading:
      return "threading";
    case Category::Budgets:
      return "budgets";
    case Category::Handles:
      return "handles";
    case Category::Gpu:
      return "gpu";
    case Category::Behavior:
      return "behavior";
    case Category::Lifetime:
      return "lifetime";
    case Category::Async:
      return "async";
    case Category::Architecture:
      return "architecture";
    case Category::Physics:
      return "physics";
  }
  return "use";
}

}  // namespace framealloc
