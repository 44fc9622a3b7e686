// SPDX-License-Identifier: MIT OR Apache-2.0
// fa diff: what grew between two snapshots.
#include "common/arguments.hpp"
#include "common/exit_codes.hpp"
#include "common/output.hpp"
#include "render.hpp"

#include <string>
#include <utility>
#include <vector>

namespace {

using namespace fa_diff;

constexpr const char* kVerb = "fa diff";
constexpr const char* kHelp =
    "fa diff A B [--format text|json] [--min BYTES] [--fail-over LIMIT] [--fail-over-tag LIMIT]\n"
    "        [--fail-over-device LIMIT]\n"
    "\n"
    "Shows what grew from snapshot A to snapshot B: totals, tags by kind, threads, and what "
    "devices\n"
    "hold; what grew most comes first. A and B are snapshot files of either version, or folders, "
    "whose newest "
    "snapshots\n"
    "are taken.\n"
    "\n"
    "  --format FORMAT        text (the default) or json\n"
    "  --min BYTES            leave out tags and threads that changed by less (default 1: those\n"
    "                         that did not change; 0 shows all)\n"
    "  --fail-over LIMIT      exit with 1 when the total grew by more: bytes, or percent of A\n"
    "  --fail-over-tag LIMIT  the same for each tag and kind\n"
    "  --fail-over-device LIMIT  the same for what each device holds\n"
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

struct Options : fa_tools::CommonOptions {
  bool json = false;
  std::vector<std::string> files;
  RenderOptions render;
};

Options parse(int argc, char** argv) {
  Options options;
  fa_tools::Arguments arguments(argc, argv, options);
  while (arguments.next()) {
    if (arguments.is("--format")) {
      options.json = arguments.choice({"text", "json"}) == 1;
    } else if (arguments.is("--min")) {
      arguments.parsed(options.render.min_bytes, &fa_tools::parse_bytes, kWantedBytes);
    } else if (arguments.is("--fail-over")) {
      arguments.parsed(options.render.total_limit, &parse_limit, kWantedLimit);
    } else if (arguments.is("--fail-over-tag")) {
      arguments.parsed(options.render.tag_limit, &parse_limit, kWantedLimit);
    } else if (arguments.is("--fail-over-device")) {
      arguments.parsed(options.render.device_limit, &parse_limit, kWantedLimit);
    } else if (arguments.is_operand()) {
      options.files.emplace_back(arguments.name());
    } else {
      arguments.refuse();
    }
  }
  if (options.wants_run() && options.files.size() != 2) {
    options.complaint = std::to_string(options.files.size()) + " snapshots given; expected 2";
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  if (!options.complaint.empty()) return fa_tools::complain_usage(kVerb, options.complaint);
  if (options.help) return fa_tools::write_out(kVerb, kHelp);
  if (options.version) {
    return fa_tools::write_out(kVerb, "fa diff " FRAMEALLOC_TOOLS_VERSION "\n");
  }
  auto before = fa_formats::read_newest(options.files[0]);
  auto after = fa_formats::read_newest(options.files[1]);
  for (const std::string& complaint : {before.complaint, after.complaint}) {
    if (!complaint.empty()) fa_tools::complain(kVerb, complaint, fa_tools::kExitRead);
  }
  if (!before || !after) return fa_tools::kExitRead;
  const Comparison comparison = compare(std::move(before.value), std::move(after.value));
  const int written =
      fa_tools::write_out(kVerb, options.json ? render_json(comparison, options.render)
                                              : render_text(comparison, options.render));
  if (written != fa_tools::kExitOk) return written;
  return exceeded(comparison, options.render).empty() ? fa_tools::kExitOk : fa_tools::kExitNo;
}
