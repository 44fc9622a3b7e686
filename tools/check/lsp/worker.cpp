// SPDX-License-Identifier: MIT OR Apache-2.0
// The server's analyses run in processes of their own: one that crashes costs a result, and one that
// is out of date is ended.
#include "cli/discovery.hpp"
#include "cli/unit_record.hpp"
#include "cli/workers.hpp"
#include "lsp/server.hpp"
#include "lsp/transport.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

namespace fa_check::lsp {

namespace fs = std::filesystem;

namespace {

// What takes longer than this is shown to run.
constexpr auto kTellsProgress = std::chrono::milliseconds(1000);

}  // namespace

void Server::start(const std::string& uri) {
  const auto found = documents_.find(uri);
  if (found == documents_.end()) return;
  const Document& document = found->second;
  const auto inform = [&](const std::string& text) {
    UnitResult none;
    none.parse_errors = {text};
    intents_.erase(uri);
    publish(uri, document.version(), diagnostics_of(document, std::move(none), ""));
  };
  Options options;
  options.paths = {document.path()};
  options.build = build_;
  Configs configs("", true);
  const Discovery discovery =
      Discoverer(options, configs, root_.empty() ? fs::current_path().string() : root_).run();
  if (!discovery.complaint.empty()) return inform(discovery.complaint);
  // Left out by the configuration: nothing is to be said about it.
  if (discovery.units.empty()) return publish(uri, document.version(), Json::array());
  const Unit& unit = discovery.units.front();
  const Config* config = configs.for_folder(fs::path(document.path()).parent_path().string());
  if (config == nullptr) return inform(configs.error());

  UnitInput input;
  input.file = unit.command.file;
  input.directory = unit.command.directory;
  input.arguments = unit.command.arguments;
  input.settings = config->settings;
  for (const auto& [other, each] : documents_)
    input.overlays.emplace_back(each.path(), each.text());
  input.preamble = preambles_.find(input);
  input.wants_intents = true;

  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return inform("no pipe could be made");
  Running run;
  run.uri = uri;
  run.version = document.version();
  run.pipe = ends[0];
  run.guessed = unit.reason;
  run.input = std::move(input);
  run.child = fork();
  if (run.child == 0) {
    ::close(ends[0]);
    analyze_into(run.input, ends[1]);
  }
  ::close(ends[1]);
  if (run.child < 0) {
    ::close(ends[0]);
    return inform("no process could be started");
  }
  running_ = std::move(run);
  progress_due_ = Clock::now() + kTellsProgress;
}

void Server::read_worker() {
  if (!running_) return;
  std::array<char, 65536> buffer{};
  const ssize_t got = read(running_->pipe, buffer.data(), buffer.size());
  if (got > 0) running_->text.append(buffer.data(), static_cast<std::size_t>(got));
  if (got > 0 || (got < 0 && errno == EINTR)) return;
  const Running run = std::move(*running_);
  running_.reset();
  end_progress();
  ::close(run.pipe);
  while (waitpid(run.child, nullptr, 0) < 0 && errno == EINTR) {
  }
  finish(run);
}

void Server::finish(const Running& run) {
  const auto found = documents_.find(run.uri);
  // What the editor no longer shows is not published.
  if (found == documents_.end() || found->second.version() != run.version) return;
  auto result = read_record(run.text);
  if (!result) {
    result.emplace();
    result->parse_errors = {"the analysis of this version crashed"};
  } else if (!run.input.preamble) {
    preambles_.want(run.input, result->headers);
  }
  // What the last version that could be read says, stays while a new one is typed.
  if (result->parsed) intents_[run.uri] = std::move(result->intents);
  publish(run.uri, run.version, diagnostics_of(found->second, std::move(*result), run.guessed));
}

void Server::stop_worker() {
  if (!running_) return;
  kill(running_->child, SIGKILL);
  ::close(running_->pipe);
  while (waitpid(running_->child, nullptr, 0) < 0 && errno == EINTR) {
  }
  running_.reset();
  end_progress();
}

int run_server() {
  Server server;
  MessageReader reader;
  while (!server.has_ended()) {
    std::array<pollfd, 4> watched{{{STDIN_FILENO, POLLIN, 0},
                                   {server.worker_pipe(), POLLIN, 0},
                                   {server.preamble_pipe(), POLLIN, 0},
                                   {server.snapshot_pipe(), POLLIN, 0}}};
    const int ready = poll(watched.data(), watched.size(), server.wait_ms());
    if (ready < 0 && errno != EINTR) break;
    if (ready > 0 && watched[0].revents != 0) {
      std::array<char, 65536> buffer{};
      const ssize_t got = read(STDIN_FILENO, buffer.data(), buffer.size());
      // An editor that is gone says so by closing the pipe.
      if (got == 0 || (got < 0 && errno != EINTR)) break;
      if (got > 0) reader.add({buffer.data(), static_cast<std::size_t>(got)});
      while (auto body = reader.next()) server.receive(*body);
      if (reader.is_broken()) break;
    }
    if (ready > 0 && watched[1].fd >= 0 && watched[1].revents != 0) server.read_worker();
    if (ready > 0 && watched[2].fd >= 0 && watched[2].revents != 0) server.collect_preamble();
    if (ready > 0 && watched[3].fd >= 0 && watched[3].revents != 0) server.collect_snapshots();
    server.tick();
    const std::string out = server.take_output();
    for (std::size_t at = 0; at < out.size();) {
      const ssize_t put = write(STDOUT_FILENO, out.data() + at, out.size() - at);
      if (put < 0 && errno == EINTR) continue;
      if (put <= 0) {
        server.stop_worker();
        return 1;
      }
      at += static_cast<std::size_t>(put);
    }
  }
  server.stop_worker();
  return server.exit_code();
}

}  // namespace fa_check::lsp
