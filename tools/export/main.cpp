// SPDX-License-Identifier: MIT OR Apache-2.0
// fa export: snapshots for other tools, and the memory of a GPU as a picture.
#include "common/arguments.hpp"
#include "common/exit_codes.hpp"
#include "common/output.hpp"
#include "exposition.hpp"
#include "formats/device_map_reader.hpp"
#include "timeline.hpp"

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using fa_formats::Read;
using fa_formats::SnapshotFile;
using Files = std::vector<SnapshotFile>;

constexpr const char* kVerb = "fa export";
constexpr const char* kHelp =
    "fa export SNAPSHOTS --to trace|prometheus [--output FILE]\n"
    "fa export gpu MAP [--output FILE]\n"
    "\n"
    "Converts snapshots for other tools. SNAPSHOTS is a file, or a folder with snapshots.\n"
    "\n"
    "With the word gpu it draws what lies where in the memory of a device, as SVG. MAP is a file "
    "that\n"
    "GpuAllocator::to_json() wrote.\n"
    "\n"
    "  --to trace       a counter for each total, tag and thread, with a value for each snapshot "
    "of\n"
    "                   the folder, for ui.perfetto.dev or chrome://tracing\n"
    "  --to prometheus  the newest snapshot in the text format of Prometheus\n"
    "  --output FILE    where to; standard output unless given\n"
    "  --version        the version\n"
    "  --help           this text\n"
    "\n"
    "Exit codes: 0 done; 2 wrong arguments; 3 the output could not be written; 4 the snapshots or "
    "the\n"
    "map could not be read.\n";

struct Options : fa_tools::CommonOptions {
  std::string source, output;
  enum class To { None, Trace, Prometheus, Picture } to = To::None;
};

Options parse(int argc, char** argv) {
  Options options;
  std::vector<std::string> operands;
  fa_tools::Arguments arguments(argc, argv, options);
  while (arguments.next()) {
    if (arguments.is("--to")) {
      options.to = static_cast<Options::To>(1 + arguments.choice({"trace", "prometheus"}));
    } else if (arguments.is("--output")) {
      options.output = arguments.text("the name of a file").value_or("");
    } else if (arguments.is_operand() && operands.size() < 2) {
      operands.emplace_back(arguments.name());
    } else {
      arguments.refuse();
    }
  }
  if (!options.wants_run()) return options;
  // A folder may be called gpu: it is the folder where --to says what is made of it.
  const bool picture = !operands.empty() && operands[0] == "gpu" && options.to == Options::To::None;
  if (picture) {
    options.to = Options::To::Picture;
    operands.erase(operands.begin());
  }
  if (operands.size() > 1) {
    options.complaint = "unexpected argument '" + operands[1] + "'";
    return options;
  }
  if (!operands.empty()) options.source = operands[0];
  if (options.source.empty() && picture) {
    options.complaint = "no map given; expected a file that GpuAllocator::to_json() wrote";
  } else if (options.source.empty()) {
    options.complaint = "no snapshots given; expected a file or a folder";
  } else if (options.to == Options::To::None) {
    options.complaint = "--to is missing; expected --to trace or prometheus";
  }
  return options;
}

Read<Files> read_all(const std::string& source, bool newest_only) {
  std::error_code error;
  if (!newest_only && std::filesystem::is_directory(source, error)) {
    return fa_formats::read_folder(source);
  }
  Read<SnapshotFile> one = fa_formats::read_newest(source);
  Read<Files> all;
  all.complaint = std::move(one.complaint);
  all.value.push_back(std::move(one.value));
  return all;
}

// Result: whether writing would destroy what is read.
bool would_overwrite(const std::string& output, const std::string& source) {
  namespace fs = std::filesystem;
  if (fa_tools::same_file(output, source)) return true;
  std::error_code error;
  for (fs::directory_iterator at(source, error), end; !error && at != end; at.increment(error)) {
    if (fa_formats::is_snapshot_name(at->path().filename().string()) &&
        fa_tools::same_file(output, at->path().string())) {
      return true;
    }
  }
  return false;
}

int write(const std::string& text, const std::string& path) {
  if (path.empty()) return fa_tools::write_data(kVerb, text);
  const std::string complaint = fa_tools::write_file(path, text);
  return complaint.empty() ? fa_tools::kExitOk
                           : fa_tools::complain(kVerb, complaint, fa_tools::kExitWrite);
}

int draw(const Options& options) {
  if (!options.output.empty() && fa_tools::same_file(options.output, options.source)) {
    return fa_tools::complain_usage(
        kVerb, "--output '" + options.output + "' is the map that is read; name another file");
  }
  const Read<framealloc::DeviceMap> map = fa_formats::read_device_map(options.source);
  if (!map) return fa_tools::complain(kVerb, map.complaint, fa_tools::kExitRead);
  return write(map.value.to_svg(), options.output);
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  if (!options.complaint.empty()) return fa_tools::complain_usage(kVerb, options.complaint);
  if (options.help) return fa_tools::write_out(kVerb, kHelp);
  if (options.version) {
    return fa_tools::write_out(kVerb, "fa export " FRAMEALLOC_TOOLS_VERSION "\n");
  }
  if (options.to == Options::To::Picture) return draw(options);
  if (!options.output.empty() && would_overwrite(options.output, options.source)) {
    return fa_tools::complain_usage(
        kVerb, "--output '" + options.output + "' is a snapshot that is read; name another file");
  }
  const bool newest_only = options.to == Options::To::Prometheus;
  const Read<Files> files = read_all(options.source, newest_only);
  if (!files) return fa_tools::complain(kVerb, files.complaint, fa_tools::kExitRead);
  return write(newest_only ? fa_export::to_prometheus(files.value.back())
                           : fa_export::to_timeline(files.value),
               options.output);
}
