// SPDX-License-Identifier: MIT OR Apache-2.0
#include "lsp/preambles.hpp"

#include "checks/preamble.hpp"
#include "cli/workers.hpp"
#include "report/hash.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace fa_check::lsp {

namespace {

const std::string* overlay_of(const UnitInput& input, const std::string& path) {
  for (const auto& [each, text] : input.overlays)
    if (each == path) return &text;
  return nullptr;
}

std::string key_of(const UnitInput& input, std::string_view head) {
  std::string key = input.directory;
  for (const std::string& word : input.arguments) key += '\0' + word;
  return key + '\0' + std::string(head);
}

// What tells one text of a file from another.
std::string state_of(const UnitInput& input, const std::string& path) {
  if (const std::string* text = overlay_of(input, path)) return "text " + Hash().add(*text).text();
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) return "gone";
  return std::to_string(found.st_size) + " " + std::to_string(found.st_mtim.tv_sec) + "." +
         std::to_string(found.st_mtim.tv_nsec) + " " + std::to_string(found.st_ino);
}

// The side of the child: nothing that it does can harm the server.
[[noreturn]] void build_into(UnitInput input, int memory) {
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
  BuiltPreamble built = build_preamble(input);
  while (!built.bytes && drop_unknown(built.errors, input.arguments)) built = build_preamble(input);
  if (!built.bytes) _exit(1);
  const std::string& bytes = *built.bytes;
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t put = write(memory, bytes.data() + at, bytes.size() - at);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) _exit(1);
    at += static_cast<std::size_t>(put);
  }
  _exit(0);
}

}  // namespace

Preambles::~Preambles() {
  stop_builder();
  for (auto& [file, kept] : kept_) forget(kept);
}

void Preambles::forget(Kept& kept) const {
  if (!kept.bytes.empty()) munmap(const_cast<char*>(kept.bytes.data()), kept.bytes.size());
  kept.bytes = {};
}

void Preambles::drop(const std::string& file) {
  if (builder_ && builder_->file == file) stop_builder();
  const auto found = kept_.find(file);
  if (found == kept_.end()) return;
  forget(found->second);
  kept_.erase(found);
}

std::optional<Preamble> Preambles::find(const UnitInput& input) {
  const auto found = kept_.find(input.file);
  const std::string* const text = overlay_of(input, input.file);
  if (found == kept_.end() || text == nullptr) return std::nullopt;
  const Kept& kept = found->second;
  const Head head = head_of(*text);
  bool is_true = head.size == kept.size && head.ends_line == kept.ends_line &&
                 kept.key == key_of(input, std::string_view(*text).substr(0, head.size));
  for (const auto& [path, state] : kept.headers)
    is_true = is_true && state_of(input, path) == state;
  if (!is_true) {
    drop(input.file);
    return std::nullopt;
  }
  if (kept.bytes.empty()) return std::nullopt;
  return Preamble{kept.bytes, kept.size, kept.ends_line};
}

void Preambles::want(UnitInput input, const std::vector<std::string>& headers) {
  const std::string* const text = overlay_of(input, input.file);
  if (builder_ || text == nullptr || kept_.count(input.file) != 0) return;
  Builder builder;
  builder.file = input.file;
  const Head head = head_of(*text);
  if (head.size == 0) return;
  builder.kept.size = head.size;
  builder.kept.ends_line = head.ends_line;
  builder.kept.key = key_of(input, std::string_view(*text).substr(0, head.size));
  for (const std::string& path : headers)
    builder.kept.headers.emplace_back(path, state_of(input, path));
  // Without a name: nothing is left behind when the server is killed.
  builder.memory = memfd_create("framealloc-preamble", MFD_CLOEXEC);
  std::array<int, 2> ends{};
  if (builder.memory < 0) return;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    ::close(builder.memory);
    return;
  }
  builder.child = fork();
  if (builder.child == 0) {
    ::close(ends[0]);
    build_into(std::move(input), builder.memory);
  }
  ::close(ends[1]);
  builder.pipe = ends[0];
  builder_ = std::move(builder);
  if (builder_->child < 0) stop_builder();
}

void Preambles::collect() {
  if (!builder_) return;
  int status = 0;
  while (waitpid(builder_->child, &status, 0) < 0 && errno == EINTR) {
  }
  builder_->child = -1;
  struct stat found{};
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && fstat(builder_->memory, &found) == 0 &&
      found.st_size > 0) {
    const auto size = static_cast<std::size_t>(found.st_size);
    void* const bytes = mmap(nullptr, size, PROT_READ, MAP_SHARED, builder_->memory, 0);
    if (bytes != MAP_FAILED) builder_->kept.bytes = {static_cast<const char*>(bytes), size};
  }
  kept_.insert_or_assign(builder_->file, std::move(builder_->kept));
  stop_builder();
}

void Preambles::stop_builder() {
  if (!builder_) return;
  if (builder_->child > 0) {
    kill(builder_->child, SIGKILL);
    while (waitpid(builder_->child, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  ::close(builder_->pipe);
  ::close(builder_->memory);
  builder_.reset();
}

}  // namespace fa_check::lsp
