// SPDX-License-Identifier: MIT OR Apache-2.0
#include "common/output.hpp"

#include "common/exit_codes.hpp"
#include "common/terminal_text.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace fa_tools {

namespace {

// errno of what failed first; 0 when all went well. Some failures show only when the file is
// flushed.
int put(std::FILE* file, std::string_view text) {
  errno = 0;
  const bool whole = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (whole && std::fflush(file) == 0) return 0;
  return errno == 0 ? EIO : errno;
}

}  // namespace

int complain(std::string_view verb, std::string_view what, int exit_code) {
  const std::string line = printable(std::string(verb).append(": ").append(what)) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
  return exit_code;
}

int complain_usage(std::string_view verb, std::string_view what) {
  std::string text(what);
  text.append("; `").append(verb).append(" --help` shows what there is");
  return complain(verb, text, kExitUsage);
}

int write_out(std::string_view verb, std::string_view text) {
  const int error = put(stdout, text);
  if (error == 0) return kExitOk;
  return complain(verb, std::string("the output could not be written: ") + std::strerror(error),
                  kExitWrite);
}

int write_data(std::string_view verb, std::string_view text) {
  if (isatty(STDOUT_FILENO) == 0) return write_out(verb, text);
  return write_out(verb, printable_lines(text));
}

std::string write_file(const std::string& path, std::string_view text) {
  errno = 0;
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  int error = errno;
  if (file != nullptr) {
    error = put(file, text);
    if (std::fclose(file) != 0 && error == 0) error = errno;
  }
  if (file != nullptr && error == 0) return {};
  return path + " cannot be written: " + std::strerror(error == 0 ? EIO : error);
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  return std::filesystem::equivalent(a, b, error) && !error;
}

}  // namespace fa_tools
