// SPDX-License-Identifier: MIT OR Apache-2.0
// fa diff: what grew between two snapshots.
#include "render.hpp"
#include "snapshot_files/arguments.hpp"

#include <cstdio>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace fa_diff;
using fa_snapshots::Arguments;

constexpr const char* kHelp =
    "fa diff A B [--format text|json] [--min BYTES] [--fail-over LIMIT] [--fail-over-tag LIMIT]\n"
    "\n"
    "Shows what grew from snapshot A to snapshot B: totals, tags by kind, threads; what grew most\n"
    "comes first. A and B are snapshot files of either version, or folders, whose newest "
    "snapshots\n"
    "are taken.\n"
    "\n"
    "  --format FORMAT        text (the default) or json\n"
    "  --min BYTES            leave out tags and threads that changed by less (default 1: those\n"
    "                         that did not change; 0 shows all)\n"
    "  --fail-over LIMIT      exit with 1 when the total grew by more: bytes, or percent of A\n"
    "  --fail-over-tag LIMIT  the same for each tag and kind\n"
    "  --version              the version\n"
    "  --help                 this text\n"
    "\n"
    "BYTES is a number, with K, M, G (or KiB, MiB, GiB) for powers of 1024; a LIMIT may be 5% "
    "too.\n"
    "A tag that is new grew by more than any percentage.\n"
    "\n"
    "Exit codes: 0 done, and within the limits; 1 something grew by more than a limit; 2 wrong\n"
    "arguments; 3 the output could not be written; 4 a snapshot could not be read.\n";

constexpr const char* kWantedBytes = "bytes, for example 4096, 64K or 10MiB";
constexpr const char* kWantedLimit = "bytes or percent, for example 64K, 10MiB or 5%";

struct Options {
  bool help = false, version = false, json = false;
  std::vector<std::string> files;
  RenderOptions render;
  std::string complaint;  // not empty: what is wrong with the arguments
};

void take_limit(Arguments& arguments, Options& options, std::optional<Limit>& into) {
  const std::string name(arguments.name());
  const std::string_view value = arguments.value();
  into = parse_limit(value);
  if (!into) options.complaint = fa_snapshots::expected(name, value, kWantedLimit);
}

Options parse(std::span<char* const> words) {
  Options options;
  Arguments arguments(words);
  while (options.complaint.empty() && arguments.next()) {
    if (arguments.is_flag("--help") || arguments.is_flag("-h")) {
      options.help = true;
    } else if (arguments.is_flag("--version")) {
      options.version = true;
    } else if (arguments.is_option("--format")) {
      const std::string_view value = arguments.value();
      options.json = value == "json";
      if (value != "json" && value != "text") {
        options.complaint = fa_snapshots::expected("--format", value, "text or json");
      }
    } else if (arguments.is_option("--min")) {
      const std::string_view value = arguments.value();
      const std::optional<std::uint64_t> bytes = fa_snapshots::parse_bytes(value);
      options.render.min_bytes = bytes.value_or(0);
      if (!bytes) options.complaint = fa_snapshots::expected("--min", value, kWantedBytes);
    } else if (arguments.is_option("--fail-over")) {
      take_limit(arguments, options, options.render.total_limit);
    } else if (arguments.is_option("--fail-over-tag")) {
      take_limit(arguments, options, options.render.tag_limit);
    } else if (arguments.is_option()) {
      options.complaint = "no option '" + std::string(arguments.name()) + "'";
    } else {
      options.files.emplace_back(arguments.name());
    }
  }
  if (options.complaint.empty() && !options.help && !options.version && options.files.size() != 2) {
    options.complaint = std::to_string(options.files.size()) + " snapshots given; expected 2";
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options =
      parse(std::span<char* const>(argv, static_cast<std::size_t>(argc)).subspan(1));
  if (!options.complaint.empty()) {
    std::fprintf(stderr, "fa diff: %s; `fa diff --help` shows what there is\n",
                 options.complaint.c_str());
    return fa_snapshots::kExitUsage;
  }
  if (options.help) return fa_snapshots::write_out(kHelp);
  if (options.version) return fa_snapshots::write_out("fa diff " FRAMEALLOC_TOOLS_VERSION "\n");
  auto before = fa_snapshots::read_newest(options.files[0]);
  auto after = fa_snapshots::read_newest(options.files[1]);
  for (const std::string& complaint : {before.complaint, after.complaint}) {
    if (!complaint.empty()) std::fprintf(stderr, "fa diff: %s\n", complaint.c_str());
  }
  if (!before || !after) return fa_snapshots::kExitRead;
  const Comparison comparison = compare(std::move(before.value), std::move(after.value));
  const int written =
      fa_snapshots::write_out(options.json ? render_json(comparison, options.render)
                                           : render_text(comparison, options.render));
  if (written != fa_snapshots::kExitOk) return written;
  return exceeded(comparison, options.render).empty() ? fa_snapshots::kExitOk
                                                      : fa_snapshots::kExitOver;
}
