// SPDX-License-Identifier: MIT OR Apache-2.0
// fa export: snapshots for other tools.
#include "exposition.hpp"
#include "snapshot_files/arguments.hpp"
#include "timeline.hpp"

#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using fa_snapshots::Arguments;
using fa_snapshots::SnapshotFile;

constexpr const char* kHelp =
    "fa export SNAPSHOTS --to trace|prometheus [--output FILE]\n"
    "\n"
    "Converts snapshots for other tools. SNAPSHOTS is a file, or a folder with snapshots.\n"
    "\n"
    "  --to trace       a counter for each total, tag and thread, with a value for each snapshot "
    "of\n"
    "                   the folder, for ui.perfetto.dev or chrome://tracing\n"
    "  --to prometheus  the newest snapshot in the text format of Prometheus\n"
    "  --output FILE    where to; standard output unless given\n"
    "  --version        the version\n"
    "  --help           this text\n"
    "\n"
    "Exit codes: 0 done; 2 wrong arguments; 3 the output could not be written; 4 a snapshot could\n"
    "not be read.\n";

struct Options {
  bool help = false, version = false;
  std::string source, to, output;
  std::string complaint;  // not empty: what is wrong with the arguments
};

Options parse(std::span<char* const> words) {
  Options options;
  Arguments arguments(words);
  while (options.complaint.empty() && arguments.next()) {
    if (arguments.is_flag("--help") || arguments.is_flag("-h")) {
      options.help = true;
    } else if (arguments.is_flag("--version")) {
      options.version = true;
    } else if (arguments.is_option("--to")) {
      options.to = arguments.value();
      if (options.to != "trace" && options.to != "prometheus") {
        options.complaint = fa_snapshots::expected("--to", options.to, "trace or prometheus");
      }
    } else if (arguments.is_option("--output")) {
      options.output = arguments.value();
      if (options.output.empty()) {
        options.complaint = fa_snapshots::expected("--output", "", "the name of a file");
      }
    } else if (arguments.is_option()) {
      options.complaint = "no option '" + std::string(arguments.name()) + "'";
    } else if (!options.source.empty()) {
      options.complaint = "more than one file or folder given; expected one";
    } else {
      options.source = arguments.name();
    }
  }
  if (!options.complaint.empty() || options.help || options.version) return options;
  if (options.source.empty()) options.complaint = "no snapshots given; expected a file or a folder";
  if (options.to.empty()) options.complaint = "--to is missing; expected --to trace or prometheus";
  return options;
}

int complain_write(const std::string& why) {
  std::fprintf(stderr, "fa export: %s\n", why.c_str());
  return fa_snapshots::kExitWrite;
}

int write_text(const std::string& text, const std::string& path) {
  if (path.empty()) return fa_snapshots::write_out(text);
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return complain_write(path + " cannot be written; does its folder exist?");
  const bool whole = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (std::fclose(file) != 0 || !whole) return complain_write(path + ": is the disk full?");
  return fa_snapshots::kExitOk;
}

fa_snapshots::Read<std::vector<SnapshotFile>> read_all(const std::string& source) {
  std::error_code error;
  if (std::filesystem::is_directory(source, error)) return fa_snapshots::read_folder(source);
  fa_snapshots::Read<SnapshotFile> one = fa_snapshots::read_snapshot(source);
  fa_snapshots::Read<std::vector<SnapshotFile>> all;
  all.complaint = std::move(one.complaint);
  all.value.push_back(std::move(one.value));
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options =
      parse(std::span<char* const>(argv, static_cast<std::size_t>(argc)).subspan(1));
  if (!options.complaint.empty()) {
    std::fprintf(stderr, "fa export: %s; `fa export --help` shows what there is\n",
                 options.complaint.c_str());
    return fa_snapshots::kExitUsage;
  }
  if (options.help) return fa_snapshots::write_out(kHelp);
  if (options.version) return fa_snapshots::write_out("fa export " FRAMEALLOC_TOOLS_VERSION "\n");
  const auto files = read_all(options.source);
  if (!files) {
    std::fprintf(stderr, "fa export: %s\n", files.complaint.c_str());
    return fa_snapshots::kExitRead;
  }
  if (options.to == "prometheus") {
    return write_text(fa_export::to_prometheus(files.value.back()), options.output);
  }
  const auto written = fa_export::write_timeline(
      files.value, options.output.empty() ? "/dev/stdout" : options.output);
  if (!written) return complain_write(written.error().message.c_str());
  return fa_snapshots::kExitOk;
}
