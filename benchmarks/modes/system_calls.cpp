// SPDX-License-Identifier: MIT OR Apache-2.0
#include "system_calls.hpp"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <optional>

#include "latency.hpp"

namespace bench {
namespace {

// A call that nothing else makes here: it marks the beginning and the end of the counted frames.
void mark() { syscall(SYS_getppid); }

[[noreturn]] void child(const Row& row, std::size_t frames) {
  if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(1);
  raise(SIGSTOP);
  const auto state = row.make();
  state->run(frames);
  mark();
  state->run(frames);
  mark();
  _exit(0);
}

// Result: the number of the call that the child is about to make, -1 when it returns from one.
std::optional<long> call_number(pid_t process) {
  struct __ptrace_syscall_info info;
  if (ptrace(PTRACE_GET_SYSCALL_INFO, process, sizeof info, &info) <= 0) return std::nullopt;
  if (info.op != PTRACE_SYSCALL_INFO_ENTRY) return -1;
  return static_cast<long>(info.entry.nr);
}

// Result: calls between the two marks; nothing when the child could not be traced.
std::optional<long> count(const Row& row, std::size_t frames) {
  std::fflush(nullptr);
  const pid_t process = fork();
  if (process < 0) return std::nullopt;
  if (process == 0) child(row, frames);
  long calls = 0;
  int marks = 0;
  std::optional<long> result;
  int status = 0;
  bool traced = false;
  while (waitpid(process, &status, 0) == process) {
    if (WIFEXITED(status) || WIFSIGNALED(status)) return marks == 2 ? result : std::nullopt;
    if (!traced) {
      ptrace(PTRACE_SETOPTIONS, process, nullptr, PTRACE_O_TRACESYSGOOD);
      traced = true;
    } else if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
      const auto number = call_number(process);
      if (!number) break;
      if (*number == SYS_getppid) {
        ++marks;
        if (marks == 2) result = calls;
      } else if (*number >= 0 && marks == 1) {
        ++calls;
      }
    }
    ptrace(PTRACE_SYSCALL, process, nullptr, nullptr);
  }
  kill(process, SIGKILL);
  waitpid(process, &status, 0);
  return std::nullopt;
}

}  // namespace

void count_system_calls(const Rows& rows, std::size_t frames, Results& results) {
  for (const Row& row : rows.all()) {
    if (!has_latency_row(row)) continue;
    const auto calls = count(row, frames);
    if (!calls) {
      std::fputs("left out: system calls per frame: children cannot be traced here\n", stderr);
      return;
    }
    results.add_value("W8/system calls", row.peer, static_cast<double>(*calls));
  }
}

}  // namespace bench
