// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/workers.hpp"

#include "cli/unit_record.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace fa_check {

namespace {

using Clock = std::chrono::steady_clock;

struct Running {
  std::size_t job = 0;
  pid_t child = -1;
  int pipe = -1;
  std::string text;
  Clock::time_point start, deadline;
};

UnitResult analyze_tolerantly(UnitInput input) {
  UnitResult result = analyze_unit(input);
  while (!result.parsed && drop_unknown(result.parse_errors, input.arguments)) {
    result = analyze_unit(input);
  }
  return result;
}

bool start(const WorkerJob& job, Running& running) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  running.start = Clock::now();
  running.deadline = running.start + std::chrono::seconds(job.timeout_s);
  running.child = fork();
  if (running.child == 0) {
    close(ends[0]);
    analyze_into(job.input, ends[1]);
  }
  close(ends[1]);
  if (running.child < 0) {
    close(ends[0]);
    return false;
  }
  running.pipe = ends[0];
  return true;
}

int wait_for(Running& running) {
  int status = 0;
  while (waitpid(running.child, &status, 0) < 0 && errno == EINTR) {
  }
  close(running.pipe);
  return status;
}

WorkerOutcome outcome_of(Running& running, const WorkerJob& job, bool timed_out) {
  WorkerOutcome outcome;
  if (timed_out) kill(running.child, SIGKILL);
  const int status = wait_for(running);
  outcome.ms = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - running.start).count());
  if (timed_out) {
    outcome.kind = WorkerOutcome::Kind::TimedOut;
    outcome.reason =
        "not done after " + std::to_string(job.timeout_s) + " s; --timeout gives it more";
    return outcome;
  }
  auto result = read_record(running.text);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && result) {
    outcome.result = std::move(*result);
    return outcome;
  }
  outcome.kind = WorkerOutcome::Kind::Crashed;
  outcome.reason = "the analysis of this unit crashed";
  if (WIFSIGNALED(status)) {
    outcome.reason +=
        " (signal " + std::to_string(WTERMSIG(status)) + ", " + strsignal(WTERMSIG(status)) + ")";
  }
  return outcome;
}

// Result: whether the pipe has ended.
bool read_some(Running& running) {
  std::array<char, 65536> buffer{};
  const ssize_t got = read(running.pipe, buffer.data(), buffer.size());
  if (got > 0) running.text.append(buffer.data(), static_cast<std::size_t>(got));
  return got == 0 || (got < 0 && errno != EINTR);
}

int milliseconds_to_wait(const std::vector<Running>& all) {
  auto next = Clock::time_point::max();
  for (const Running& running : all) next = std::min(next, running.deadline);
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(next - Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count() + 1, 0, 60'000));
}

}  // namespace

bool drop_unknown(const std::vector<std::string>& errors, std::vector<std::string>& arguments) {
  bool dropped = false;
  for (const std::string& error : errors) {
    for (const std::string_view start : {"unknown argument: '", "unknown argument '",
                                         "unsupported option '", "unsupported argument '"}) {
      if (!error.starts_with(start)) continue;
      const std::string word =
          error.substr(start.size(), error.find('\'', start.size()) - start.size());
      dropped = std::erase(arguments, word) != 0 || dropped;
    }
  }
  return dropped;
}

void analyze_into(const UnitInput& input, int pipe) {
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
  const std::string record = record_of(analyze_tolerantly(input));
  std::size_t at = 0;
  while (at < record.size()) {
    const ssize_t put = write(pipe, record.data() + at, record.size() - at);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) _exit(1);
    at += static_cast<std::size_t>(put);
  }
  // Not exit(): what the parent's objects do at the end is not the child's to do.
  _exit(0);
}

void run_workers(const std::vector<WorkerJob>& jobs, unsigned at_once,
                 const std::function<bool(std::size_t, WorkerOutcome&&)>& take) {
  std::vector<Running> running;
  std::size_t next = 0;
  bool go_on = true;
  while (go_on && (next < jobs.size() || !running.empty())) {
    while (next < jobs.size() && running.size() < std::max(at_once, 1U)) {
      Running fresh;
      fresh.job = next;
      if (start(jobs[next], fresh)) {
        running.push_back(std::move(fresh));
      } else if (!running.empty()) {
        break;  // no room for another process now; later perhaps
      } else {
        WorkerOutcome outcome;
        outcome.kind = WorkerOutcome::Kind::Crashed;
        outcome.reason = std::string("no process could be started: ") + std::strerror(errno);
        go_on = take(next, std::move(outcome));
        if (!go_on) break;
      }
      ++next;
    }
    std::vector<pollfd> watched;
    for (const Running& each : running) watched.push_back({each.pipe, POLLIN, 0});
    if (watched.empty()) continue;
    poll(watched.data(), watched.size(), milliseconds_to_wait(running));
    for (std::size_t i = running.size(); i-- > 0;) {
      const bool ended = watched[i].revents != 0 && read_some(running[i]);
      const bool timed_out = !ended && Clock::now() >= running[i].deadline;
      if (!ended && !timed_out) continue;
      Running done = std::move(running[i]);
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
      const std::size_t job = done.job;
      if (go_on)
        go_on = take(job, outcome_of(done, jobs[job], timed_out));
      else
        outcome_of(done, jobs[job], true);
    }
  }
  for (Running& each : running) {
    kill(each.child, SIGKILL);
    wait_for(each);
  }
}

}  // namespace fa_check
