// SPDX-License-Identifier: MIT OR Apache-2.0
#include "syscall_census.hpp"

#include "jobs.hpp"
#include "options.hpp"

#if defined(__linux__) && defined(__GLIBC__)
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#if defined(PTRACE_GET_SYSCALL_INFO)
#define FA_DEMO_CAN_TRACE 1
#endif
#endif

namespace fa_demo {

#if !defined(FA_DEMO_CAN_TRACE)

SyscallCensus trace_side(const Options&, std::string_view) {
  SyscallCensus census;
  census.why_not = "this system has no PTRACE_GET_SYSCALL_INFO";
  return census;
}
void mark_traced_frames_begin() noexcept {}
void mark_traced_frames_end() noexcept {}

#else

namespace {

constexpr unsigned long kBeginMark = 0xFA11'0001UL;
constexpr unsigned long kEndMark = 0xFA11'0002UL;

std::string syscall_name(std::uint64_t number) {
  switch (number) {
    case SYS_mmap:
      return "mmap";
    case SYS_munmap:
      return "munmap";
    case SYS_mremap:
      return "mremap";
    case SYS_brk:
      return "brk";
    case SYS_madvise:
      return "madvise";
    case SYS_mprotect:
      return "mprotect";
    case SYS_futex:
      return "futex";
    case SYS_sched_yield:
      return "sched_yield";
    case SYS_clock_gettime:
      return "clock_gettime";
    case SYS_getrusage:
      return "getrusage";
    case SYS_write:
      return "write";
    case SYS_rt_sigreturn:
      return "rt_sigreturn";
    default:
      return "system call " + std::to_string(number);
  }
}

bool is_memory_call(std::uint64_t number) {
  return number == SYS_mmap || number == SYS_munmap || number == SYS_mremap || number == SYS_brk ||
         number == SYS_madvise || number == SYS_mprotect;
}

/// Follows the child and all its threads from one system call to the next.
class Tracer {
 public:
  explicit Tracer(pid_t child) : child_(child) {}

  /// Returns the child's exit status, or -1 when the tracing failed.
  int follow(SyscallCensus& census) {
    int status = 0;
    if (waitpid(child_, &status, __WALL) != child_ || !WIFSTOPPED(status)) {
      // The child exits with 127 when it was not allowed to ask for tracing.
      return -1;
    }
    constexpr long kWanted = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
    if (ptrace(PTRACE_SETOPTIONS, child_, nullptr, kWanted) != 0) return -1;
    if (ptrace(PTRACE_SYSCALL, child_, nullptr, nullptr) != 0) return -1;
    for (;;) {
      const pid_t thread = waitpid(-1, &status, __WALL);
      if (thread < 0) return -1;
      if (WIFEXITED(status) || WIFSIGNALED(status)) {
        if (thread != child_) continue;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
      }
      if (!WIFSTOPPED(status)) continue;
      int deliver = 0;
      const int signal = WSTOPSIG(status);
      if (signal == (SIGTRAP | 0x80)) {
        note(thread, census);
      } else if (signal != SIGTRAP && signal != SIGSTOP) {
        deliver = signal;
      }
      // A thread that has just been killed answers ESRCH; its exit is reported next.
      ptrace(PTRACE_SYSCALL, thread, nullptr, static_cast<long>(deliver));
    }
  }

  bool saw_both_marks() const noexcept { return ended_; }

 private:
  void note(pid_t thread, SyscallCensus& census) {
    __ptrace_syscall_info info{};
    if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) <= 0) return;
    if (info.op != PTRACE_SYSCALL_INFO_ENTRY) return;
    const std::uint64_t number = info.entry.nr;
    const std::uint64_t mark = info.entry.args[5];
    if (number == SYS_getppid && mark == kBeginMark) {
      counting_ = true;
      return;
    }
    if (number == SYS_getppid && mark == kEndMark) {
      ended_ = counting_;
      counting_ = false;
      return;
    }
    if (!counting_) return;
    if ((number == SYS_futex || number == SYS_sched_yield) && mark == kHandOffMark) {
      ++census.hand_off;
      return;
    }
    if (is_memory_call(number)) {
      ++census.memory;
    } else if (number == SYS_futex) {
      ++census.futex;
    } else {
      ++census.other;
    }
    const std::string name = syscall_name(number);
    for (auto& [known, count] : census.by_name) {
      if (known == name) {
        ++count;
        return;
      }
    }
    census.by_name.emplace_back(name, 1);
  }

  pid_t child_;
  bool counting_ = false;
  bool ended_ = false;
};

}  // namespace

void mark_traced_frames_begin() noexcept {
  syscall(SYS_getppid, 0UL, 0UL, 0UL, 0UL, 0UL, kBeginMark);
}
void mark_traced_frames_end() noexcept { syscall(SYS_getppid, 0UL, 0UL, 0UL, 0UL, 0UL, kEndMark); }

SyscallCensus trace_side(const Options& options, std::string_view side) {
  SyscallCensus census;
  std::vector<std::string> words{
      "fa-demo",
      "--traced-child",
      "--only=" + std::string(side),
      "--scene=" + std::string(scene_name(options.scene)),
      "--warm-up=" + std::to_string(options.warm_up),
      "--threads=" + std::to_string(options.threads),
      "--seed=" + std::to_string(options.seed),
      options.hand_off == HandOff::Park ? "--hand-off=park" : "--hand-off=spin"};
  if (side == "mimalloc") words.emplace_back("--with=mimalloc");
  if (options.behavior && side == "framealloc") words.emplace_back("--behavior");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  const pid_t child = fork();
  if (child < 0) {
    census.why_not = std::string("no child process: ") + std::strerror(errno);
    return census;
  }
  if (child == 0) {
    // Only calls that are safe between fork and exec in a process with threads.
    setpgid(0, 0);  // Ctrl-C is for the parent, which kills the child by exiting or at the end
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(127);
    execv("/proc/self/exe", arguments.data());
    _exit(126);
  }
  Tracer tracer(child);
  const int exit_code = tracer.follow(census);
  if (exit_code == 0 && tracer.saw_both_marks()) {
    census.measured = true;
    census.frames = kTracedFrames;
  } else {
    kill(child, SIGKILL);
    waitpid(child, nullptr, __WALL);
    census = SyscallCensus();
    census.why_not = "the traced child process failed; tracing may not be permitted here";
  }
  return census;
}

#endif

}  // namespace fa_demo
