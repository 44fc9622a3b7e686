// SPDX-License-Identifier: MIT OR Apache-2.0
// fa insight: what a running game holds, in the browser.
#include "common/exit_codes.hpp"
#include "common/output.hpp"
#include "common/terminal_text.hpp"
#include "formats/snapshot_reader.hpp"
#include "options.hpp"
#include "page.hpp"
#include "server.hpp"
#include "snapshot_store.hpp"

#include <pthread.h>
#include <csignal>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>

namespace {

using namespace fa_insight;

constexpr const char* kVerb = "fa insight";

int complain(const std::string& what, int exit_code) {
  return fa_tools::complain(kVerb, what, exit_code);
}

// Result: whether writing the page would destroy a snapshot.
bool would_overwrite(const Options& options) {
  std::error_code error;
  std::filesystem::directory_iterator at(options.directory, error);
  for (const std::filesystem::directory_iterator end; !error && at != end; at.increment(error)) {
    if (fa_formats::is_snapshot_name(at->path().filename().string()) &&
        fa_tools::same_file(options.once.string(), at->path().string())) {
      return true;
    }
  }
  return false;
}

int write_once(const Options& options, SnapshotStore& store) {
  if (store.scan() == 0) {
    // What stands in the way of a snapshot that is there says more than that there is none.
    return complain("no snapshot in '" + options.directory.string() + "': " + store.json_since(0) +
                        "; let the game write one with SnapshotEmitter, see docs/insight.md",
                    fa_tools::kExitRead);
  }
  PageData data;
  data.directory = options.directory.string();
  data.snapshots = store.json_since(0);
  const std::string complaint = fa_tools::write_file(options.once.string(), make_page(data));
  if (!complaint.empty()) return complain(complaint, fa_tools::kExitWrite);
  return fa_tools::write_out(kVerb, std::to_string(store.size()) + " snapshots written to " +
                                        fa_tools::printable(options.once.string()) + "\n");
}

int serve(const Options& options, SnapshotStore& store) {
  // Blocked in every thread that is made from here on, so that the one below takes them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  Server server(store, options.interval);
  if (!server.bind(options.address)) {
    return complain("cannot listen on " + options.address.text() +
                        ": the port is in use or not permitted; name another, or 0 for a free one",
                    fa_tools::kExitUnavailable);
  }
  const int told = fa_tools::write_out(
      kVerb, "fa insight: http://" + server.address().text() + "/ shows the snapshots in " +
                 fa_tools::printable(options.directory.string()) + "; Ctrl-C ends\n");
  if (told != fa_tools::kExitOk) return told;  // nobody would know where to look
  std::thread waiter([&] {
    int signal = 0;
    sigwait(&ends, &signal);
    server.stop();
  });
  const bool served = server.run();
  // When listening failed nobody has sent a signal yet.
  pthread_kill(waiter.native_handle(), SIGTERM);
  waiter.join();
  store.withdraw_request();
  return served ? fa_tools::kExitOk
                : complain("listening on " + server.address().text() + " failed",
                           fa_tools::kExitUnavailable);
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse_options(fa_tools::Arguments::words_of(argc, argv));
  if (!options.complaint.empty()) return fa_tools::complain_usage(kVerb, options.complaint);
  if (options.help) return fa_tools::write_out(kVerb, help_text());
  if (options.version) {
    return fa_tools::write_out(kVerb, "fa insight " FRAMEALLOC_TOOLS_VERSION "\n");
  }
  const std::string problem = directory_problem(options.directory);
  if (!problem.empty()) return complain(problem, fa_tools::kExitRead);
  if (would_overwrite(options)) {
    return fa_tools::complain_usage(
        kVerb,
        "--once '" + options.once.string() + "' is a snapshot of the directory; name another file");
  }
  SnapshotStore store(options.directory);
  return options.once.empty() ? serve(options, store) : write_once(options, store);
}
