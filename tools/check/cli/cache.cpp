// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/cache.hpp"

#include "cli/unit_record.hpp"
#include "common/output.hpp"
#include "report/hash.hpp"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace fa_check {

namespace {

namespace fs = std::filesystem;

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void add(Hash& hash, const std::vector<std::string>& words) {
  hash.add(static_cast<std::uint64_t>(words.size()));
  for (const std::string& word : words) hash.add(word);
}

void add(Hash& hash, const Settings& settings) {
  for (const unsigned number :
       {settings.loop_allocation_limit, settings.frames_in_flight, settings.max_states,
        settings.max_depth, settings.warn_unknown_tags ? 1U : 0U,
        settings.strict_annotations ? 1U : 0U}) {
    hash.add(std::uint64_t{number});
  }
  hash.add(settings.root);
  add(hash, settings.known_tags);
  for (const auto* table : {&settings.functions, &settings.module_tags}) {
    hash.add(static_cast<std::uint64_t>(table->size()));
    for (const auto& [name, words] : *table) {
      hash.add(name);
      add(hash, words);
    }
  }
  hash.add(static_cast<std::uint64_t>(settings.modules.size()));
  for (const auto& [glob, name] : settings.modules) hash.add(glob).add(name);
}

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

ResultCache::ResultCache(std::string folder, std::string tool)
    : folder_(std::move(folder)), tool_(std::move(tool)) {}

std::string ResultCache::default_folder() {
  const std::string cache = variable("XDG_CACHE_HOME");
  if (cache.starts_with('/')) return cache + "/framealloc";
  const std::string home = variable("HOME");
  return home.starts_with('/') ? home + "/.cache/framealloc" : std::string();
}

const std::string& ResultCache::hash_of_file(const std::string& path) {
  std::string& hash = file_hashes_[path];
  if (hash.empty()) {
    std::error_code error;
    hash = fs::is_regular_file(path, error) ? Hash().add(read_file(path)).text() : "absent";
  }
  return hash;
}

std::string ResultCache::path_of(const UnitInput& input) {
  Hash hash;
  hash.add(tool_).add(input.file).add(hash_of_file(input.file)).add(input.directory);
  add(hash, input.arguments);
  add(hash, input.settings);
  // Where Clang looks for headers besides what the command says.
  for (const char* name : {"CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH"}) {
    hash.add(variable(name));
  }
  const std::string key = hash.text();
  return folder_ + "/check/" + key.substr(0, 2) + "/" + key.substr(2);
}

std::optional<UnitResult> ResultCache::find(const UnitInput& input) {
  if (!is_on()) return std::nullopt;
  const std::string path = path_of(input);
  const std::string text = read_file(path);
  // The hashes of the headers, a line each as "hash path", an empty line, the record.
  std::string_view rest = text;
  for (;;) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (line.empty()) break;
    const std::size_t gap = line.find(' ');
    if (gap == std::string_view::npos) return std::nullopt;
    if (hash_of_file(std::string(line.substr(gap + 1))) != line.substr(0, gap)) return std::nullopt;
  }
  auto result = read_record(rest);
  std::error_code ignored;
  if (result) fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
  return result;
}

void ResultCache::store(const UnitInput& input, const UnitResult& result) {
  if (!is_on()) return;
  std::string text;
  for (const std::string& header : result.headers) {
    // A name that would break the lines: such a unit is analyzed anew each time.
    if (header.find('\n') != std::string::npos) return;
    text += hash_of_file(header) + " " + header + "\n";
  }
  text += '\n';
  text += record_of(result);
  const std::string path = path_of(input);
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  if (!error) (void)write_in_place(path, text);
}

void ResultCache::prune() {
  using namespace std::chrono_literals;
  std::error_code error;
  const fs::path root = fs::path(folder_) / "check";
  if (!is_on() || !fs::is_directory(root, error)) return;
  const auto now = fs::file_time_type::clock::now();
  const fs::path stamp = root / "pruned";
  const auto last = fs::last_write_time(stamp, error);
  if (!error && now - last < 24h) return;
  (void)write_in_place(stamp.string(), "");
  for (fs::recursive_directory_iterator entry(root, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (!entry->is_regular_file(ignored)) continue;
    const auto used = fs::last_write_time(entry->path(), ignored);
    if (!ignored && now - used > 30 * 24h) fs::remove(entry->path(), ignored);
  }
}

std::string tool_identity() {
  // Size and time tell builds apart, and cost nothing; the contents would take longer to read than
  // a warm run.
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const auto written = fs::last_write_time(self, error).time_since_epoch().count();
  return self.string() + " " + std::to_string(fs::file_size(self, error)) + " " +
         std::to_string(written) + " " + llvm_version();
}

std::string write_in_place(const std::string& path, std::string_view text) {
  const std::string fresh = path + ".new" + std::to_string(getpid());
  std::string complaint = fa_tools::write_file(fresh, text);
  if (complaint.empty() && std::rename(fresh.c_str(), path.c_str()) != 0) {
    complaint = path + " cannot be written: " + std::strerror(errno);
  }
  if (!complaint.empty()) std::remove(fresh.c_str());
  return complaint;
}

}  // namespace fa_check
