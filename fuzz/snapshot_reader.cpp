// SPDX-License-Identifier: MIT OR Apache-2.0
// The reader of snapshots, and what is made of what it reads.
#include "formats/snapshot_reader.hpp"
#include "comparison.hpp"
#include "exposition.hpp"
#include "render.hpp"
#include "timeline.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const fa_formats::Read<fa_formats::SnapshotFile> read = fa_formats::parse_snapshot(text, "input");
  if (!read) {
    require(read.complaint.starts_with("input:"));
    return 0;
  }
  // What was read is written so that it reads the same.
  const fa_formats::SnapshotFile& file = read.value;
  const std::string written = file.snapshot.to_json(file.version);
  const auto again = fa_formats::parse_snapshot(written, "again");
  require(static_cast<bool>(again));
  require(again.value.snapshot.to_json(file.version) == written);

  const fa_diff::Comparison comparison = fa_diff::compare(file, again.value);
  for (const fa_diff::TotalGrowth& total : comparison.totals) require(total.bytes.amount() == 0);
  fa_diff::RenderOptions options;
  options.min_bytes = 0;
  options.tag_limit = fa_diff::parse_limit("5%");
  for (const std::string& page :
       {fa_diff::render_text(comparison, options), fa_diff::render_json(comparison, options),
        fa_export::to_prometheus(file), fa_export::to_timeline({file})}) {
    require(!page.empty());
  }
  return 0;
}
