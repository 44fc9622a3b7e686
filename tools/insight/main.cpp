// SPDX-License-Identifier: MIT OR Apache-2.0
// fa insight: what a running game holds, in the browser.
#include "options.hpp"
#include "page.hpp"
#include "server.hpp"
#include "snapshot_store.hpp"

#include <pthread.h>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <thread>

namespace {

using namespace fa_insight;

int complain(const std::string& what, int exit_code) {
  std::fprintf(stderr, "fa insight: %s\n", what.c_str());
  return exit_code;
}

int write_once(const Options& options, SnapshotStore& store) {
  if (store.scan() == 0) {
    // What stands in the way of a snapshot that is there says more than that there is none.
    return complain("no snapshot in '" + options.directory.string() + "': " + store.json_since(0) +
                        "; let the game write one with SnapshotEmitter, see docs/insight.md",
                    kExitDirectory);
  }
  PageData data;
  data.directory = options.directory.string();
  data.snapshots = store.json_since(0);
  const std::string page = make_page(data);
  std::ofstream file(options.once, std::ios::binary);
  file.write(page.data(), static_cast<std::streamsize>(page.size()));
  file.close();
  if (!file) {
    return complain("cannot write '" + options.once.string() + "'; name a file that can be written",
                    kExitWrite);
  }
  std::printf("%zu snapshots written to %s\n", store.size(), options.once.c_str());
  return kExitOk;
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
                    kExitAddress);
  }
  std::printf("fa insight: http://%s/ shows the snapshots in %s; Ctrl-C ends\n",
              server.address().text().c_str(), options.directory.c_str());
  std::fflush(stdout);
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
  return served ? kExitOk
                : complain("listening on " + server.address().text() + " failed", kExitAddress);
}

}  // namespace

int main(int argc, char** argv) {
  const Options options =
      parse_options(std::span<char* const>(argv, static_cast<std::size_t>(argc)).subspan(1));
  if (!options.complaint.empty()) {
    return complain(options.complaint + "; `fa insight --help` shows what there is", kExitUsage);
  }
  if (options.help) return std::fputs(help_text().c_str(), stdout) < 0 ? kExitWrite : kExitOk;
  if (options.version) {
    return std::puts("fa insight " FRAMEALLOC_TOOLS_VERSION) < 0 ? kExitWrite : kExitOk;
  }
  const std::string problem = directory_problem(options.directory);
  if (!problem.empty()) return complain(problem, kExitDirectory);
  SnapshotStore store(options.directory);
  return options.once.empty() ? serve(options, store) : write_once(options, store);
}
