// SPDX-License-Identifier: MIT OR Apache-2.0
// What a report says of a denial: one sentence, whichever allocator was asked.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/account/denial.hpp>
#include <framealloc/detail/account/tag_table.hpp>
#include <framealloc/detail/base/report_sink.hpp>
#include <framealloc/detail/memory/limited_source.hpp>
#include <framealloc/report.hpp>
#include <framealloc/text.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc {
class BudgetManager;
}

namespace framealloc::detail {

// Whom a denial is about.
struct DenialScene {
  const TagTable& tags;
  const BudgetManager* budgets;  // may be null
  const LimitedSource& limited_source;
};

// Result: that the limit on memory from the source, or the source itself, had no more.
[[nodiscard]] Denial denial_of_memory(const LimitedSource& limited_source, bool by_limit) noexcept;

using DenialText = Text<512>;
// Result: the sentence: which limit, how large, how much of it is used, what `bytes` were asked
// for.
[[nodiscard]] DenialText describe(const Denial& denial, std::size_t bytes,
                                  const DenialScene& scene) noexcept;

// Effect: reports the denial of `bytes` under `tag`.
FRAMEALLOC_COLD void report_denial(ReportSink& sink, const Denial& denial, TagId tag,
                                   std::size_t bytes, const CallSite& site, std::uint64_t frame,
                                   const DenialScene& scene) noexcept;

}  // namespace framealloc::detail
