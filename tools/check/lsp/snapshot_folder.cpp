// SPDX-License-Identifier: MIT OR Apache-2.0
#include "lsp/snapshot_folder.hpp"

#include "formats/snapshot_reader.hpp"
#include "lsp/figures.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>
#include <utility>

namespace fa_check::lsp {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::size_t kMostBytes = std::size_t{16} << 20;
constexpr std::size_t kMostTags = 10'000, kMostDiagnostics = 10'000;
constexpr std::size_t kMostThreads = 1'000, kMostPhases = 1'000;
constexpr std::size_t kDigits = 16;

bool is_name(std::string_view name) {
  constexpr std::string_view kHead = "snapshot_", kTail = ".json";
  if (name.size() != kHead.size() + kDigits + kTail.size() || !name.starts_with(kHead) ||
      !name.ends_with(kTail))
    return false;
  return name.substr(kHead.size(), kDigits).find_first_not_of("0123456789") == name.npos;
}

// Result: the bytes of a regular file that is not too large.
std::optional<std::string> read_file(const std::string& path) {
  // Not through a link, and not waiting for the writer of a pipe.
  const int file = open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  struct stat found{};
  std::optional<std::string> text;
  if (fstat(file, &found) == 0 && S_ISREG(found.st_mode) &&
      found.st_size <= static_cast<off_t>(kMostBytes)) {
    text.emplace();
    std::array<char, 65536> buffer{};
    for (ssize_t got = 0; (got = read(file, buffer.data(), buffer.size())) > 0;) {
      text->append(buffer.data(), static_cast<std::size_t>(got));
      // It grows while it is read.
      if (text->size() > kMostBytes) break;
    }
    if (text->size() > kMostBytes) text.reset();
  }
  ::close(file);
  return text;
}

[[noreturn]] void read_into(const std::vector<std::string>& files, int pipe) {
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  for (const std::string& path : files) {
    const std::optional<std::string> content = read_file(path);
    const std::optional<TagFigures> figures =
        content ? tag_figures_of(*content) : std::optional<TagFigures>();
    if (!figures) continue;
    const std::string line = line_of(*figures) + "\n";
    for (std::size_t at = 0; at < line.size();) {
      const ssize_t put = write(pipe, line.data() + at, line.size() - at);
      if (put < 0 && errno == EINTR) continue;
      if (put <= 0) _exit(1);
      at += static_cast<std::size_t>(put);
    }
  }
  _exit(0);
}

}  // namespace

std::optional<TagFigures> tag_figures_of(std::string_view content) {
  if (content.size() > kMostBytes) return std::nullopt;
  const auto read = fa_formats::parse_snapshot(content, "snapshot");
  if (!read) return std::nullopt;
  const framealloc::Snapshot& snapshot = read.value.snapshot;
  if (snapshot.tags.size() > kMostTags || snapshot.threads.size() > kMostThreads ||
      snapshot.phases.size() > kMostPhases || snapshot.diagnostics.size() > kMostDiagnostics)
    return std::nullopt;
  TagFigures figures;
  figures.frame = snapshot.frame;
  figures.process = snapshot.process_id;
  // Rows of all threads count; those of single threads where there are no others.
  std::set<std::string_view> of_all;
  for (const framealloc::SnapshotTag& tag : snapshot.tags)
    if (tag.thread == "*") of_all.insert(tag.path);
  std::map<std::string_view, TagFigures::Tag> by_path;
  for (const framealloc::SnapshotTag& tag : snapshot.tags) {
    if (tag.thread != "*" && of_all.count(tag.path) != 0) continue;
    TagFigures::Tag& sums = by_path[tag.path];
    const bool ends =
        tag.kind == framealloc::AllocKind::Frame || tag.kind == framealloc::AllocKind::Scratch;
    std::uint64_t& bytes = ends ? sums.transient : sums.held;
    bytes = saturated_sum(bytes, tag.bytes);
  }
  for (auto& [path, sums] : by_path) {
    sums.path = path;
    figures.tags.push_back(std::move(sums));
  }
  for (const framealloc::SnapshotLimit& budget : snapshot.budgets) {
    if (budget.global) continue;
    figures.budgets.push_back({budget.tag,
                               budget.hard_limit != 0 ? budget.hard_limit : budget.soft_limit,
                               budget.used, budget.peak});
  }
  return figures;
}

std::string line_of(const TagFigures& figures) {
  Json json{{"frame", figures.frame}, {"process", figures.process}};
  Json& tags = json["tags"] = Json::array();
  for (const TagFigures::Tag& tag : figures.tags)
    tags.push_back({tag.path, tag.transient, tag.held});
  Json& budgets = json["budgets"] = Json::array();
  for (const TagFigures::Budget& budget : figures.budgets)
    budgets.push_back({budget.path, budget.limit, budget.used, budget.peak});
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<TagFigures> read_line(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  if (json.is_discarded() || !json.is_object()) return std::nullopt;
  TagFigures figures;
  figures.frame = json.at("frame").get<std::uint64_t>();
  figures.process = json.at("process").get<std::uint64_t>();
  for (const Json& tag : json.at("tags"))
    figures.tags.push_back({tag.at(0).get<std::string>(), tag.at(1).get<std::uint64_t>(),
                            tag.at(2).get<std::uint64_t>()});
  for (const Json& budget : json.at("budgets"))
    figures.budgets.push_back({budget.at(0).get<std::string>(), budget.at(1).get<std::uint64_t>(),
                               budget.at(2).get<std::uint64_t>(),
                               budget.at(3).get<std::uint64_t>()});
  return figures;
}

bool SnapshotFolder::attach(const std::string& folder) {
  if (folder == folder_) return false;
  stop();
  folder_ = folder;
  seen_.clear();
  figures_.clear();
  return true;
}

std::vector<SnapshotFolder::File> SnapshotFolder::new_files() {
  std::vector<File> files;
  std::set<std::string> present;
  std::error_code error;
  for (fs::directory_iterator each(folder_, error), end; !error && each != end;
       each.increment(error)) {
    const std::string name = each->path().filename().string();
    struct stat found{};
    if (!is_name(name) || lstat(each->path().c_str(), &found) != 0) continue;
    present.insert(name);
    const std::int64_t written =
        std::int64_t{found.st_mtim.tv_sec} * 1'000'000'000 + found.st_mtim.tv_nsec;
    std::string mark = std::to_string(found.st_ino) + ":" + std::to_string(written) + ":" +
                       std::to_string(found.st_size);
    const auto known = seen_.find(name);
    if (known != seen_.end() && known->second == mark) continue;
    files.push_back({name, std::move(mark), written});
  }
  std::erase_if(seen_, [&](const auto& each) { return present.count(each.first) == 0; });
  std::sort(files.begin(), files.end(), [](const File& a, const File& b) {
    return std::tie(a.written_ns, a.name) < std::tie(b.written_ns, b.name);
  });
  return files;
}

void SnapshotFolder::look() {
  if (folder_.empty() || reader_) return;
  const std::vector<File> files = new_files();
  std::array<int, 2> ends{};
  if (files.empty() || pipe2(ends.data(), O_CLOEXEC) != 0) return;
  std::vector<std::string> paths;
  for (const File& file : files) {
    paths.push_back((fs::path(folder_) / file.name).string());
    seen_[file.name] = file.mark;
  }
  const pid_t child = fork();
  if (child == 0) {
    ::close(ends[0]);
    read_into(paths, ends[1]);
  }
  ::close(ends[1]);
  reader_ = Reader{child, ends[0], {}};
  if (child < 0) stop();
}

bool SnapshotFolder::collect() {
  if (!reader_) return false;
  std::array<char, 65536> buffer{};
  const ssize_t got = read(reader_->pipe, buffer.data(), buffer.size());
  if (got > 0) reader_->text.append(buffer.data(), static_cast<std::size_t>(got));
  bool changed = false;
  std::string& text = reader_->text;
  std::size_t from = 0;
  for (std::size_t end = 0; (end = text.find('\n', from)) != text.npos; from = end + 1) {
    auto figures = read_line(std::string_view(text).substr(from, end - from));
    if (figures) figures_.add(std::move(*figures));
    changed = changed || figures.has_value();
  }
  text.erase(0, from);
  if (got == 0 || (got < 0 && errno != EINTR)) stop();
  return changed;
}

void SnapshotFolder::stop() {
  if (!reader_) return;
  if (reader_->child > 0) {
    kill(reader_->child, SIGKILL);
    while (waitpid(reader_->child, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  ::close(reader_->pipe);
  reader_.reset();
}

}  // namespace fa_check::lsp
