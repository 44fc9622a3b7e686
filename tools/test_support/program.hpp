// SPDX-License-Identifier: MIT OR Apache-2.0
// Running a program from a test.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

namespace fa_test {

struct Outcome {
  int exit_code = -1;  // -1 when the program was killed by a signal
  std::string out;
  std::string err;
};

// Effect: runs `program` with `arguments` and waits for it. `environment` entries ("NAME=value")
// replace the environment when there are any. `interrupt_after_ms`, when not 0, sends SIGINT then.
inline Outcome run_program(const std::string& program, const std::vector<std::string>& arguments,
                           const std::vector<std::string>& environment = {},
                           int interrupt_after_ms = 0) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (pipe(out.data()) != 0 || pipe(err.data()) != 0) return {};
  std::vector<char*> words{const_cast<char*>(program.c_str())};
  for (const std::string& word : arguments) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  std::vector<char*> variables;
  for (const std::string& entry : environment)
    variables.push_back(const_cast<char*>(entry.c_str()));
  variables.push_back(nullptr);

  const pid_t child = fork();
  if (child == 0) {
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    for (const int end : {out[0], out[1], err[0], err[1]}) close(end);
    if (environment.empty()) {
      execv(program.c_str(), words.data());
    } else {
      execve(program.c_str(), words.data(), variables.data());
    }
    _exit(127);
  }
  close(out[1]);
  close(err[1]);

  Outcome outcome;
  std::array<pollfd, 2> watched{{{out[0], POLLIN, 0}, {err[0], POLLIN, 0}}};
  std::array<std::string*, 2> texts{&outcome.out, &outcome.err};
  for (int open = 2; open > 0;) {
    const int ready =
        poll(watched.data(), watched.size(), interrupt_after_ms > 0 ? interrupt_after_ms : -1);
    if (ready == 0) {
      kill(child, SIGINT);
      interrupt_after_ms = 0;
      continue;
    }
    if (ready < 0 && errno == EINTR) continue;
    for (std::size_t i = 0; i < watched.size(); ++i) {
      if (watched[i].fd < 0 || watched[i].revents == 0) continue;
      std::array<char, 65536> buffer{};
      const ssize_t got = read(watched[i].fd, buffer.data(), buffer.size());
      if (got > 0) {
        texts[i]->append(buffer.data(), static_cast<std::size_t>(got));
      } else if (got == 0 || errno != EINTR) {
        close(watched[i].fd);
        watched[i].fd = -1;
        --open;
      }
    }
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  return outcome;
}

}  // namespace fa_test
