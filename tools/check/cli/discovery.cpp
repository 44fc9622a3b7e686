// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/discovery.hpp"

#include "cli/git.hpp"
#include "model/glob.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

namespace fa_check {

namespace {

namespace fs = std::filesystem;

bool has_extension(const std::string& path, std::initializer_list<std::string_view> all) {
  const std::string extension = fs::path(path).extension().string();
  return std::find(all.begin(), all.end(), extension) != all.end();
}

// Folders with what was built or fetched, not written.
bool is_foreign_folder(const fs::path& folder) {
  const std::string name = folder.filename().string();
  if (name.starts_with('.') || name == "node_modules" || name.starts_with("cmake-build-")) {
    return true;
  }
  std::error_code error;
  return fs::exists(folder / "CMakeCache.txt", error) || fs::exists(folder / "build.ninja", error);
}

std::string folder_of(const std::string& file) { return fs::path(file).parent_path().string(); }

bool is_below(const std::string& file, const std::string& folder) {
  return folder == "/" ||
         (file.starts_with(folder) && file.size() > folder.size() && file[folder.size()] == '/');
}

}  // namespace

bool is_source(const std::string& path) {
  return has_extension(path, {".cpp", ".cc", ".cxx", ".c++", ".C", ".cp"});
}
bool is_header(const std::string& path) {
  return has_extension(path, {".hpp", ".h", ".hh", ".hxx", ".h++", ".ipp", ".inl", ".tpp"});
}

Discoverer::Discoverer(const Options& options, Configs& configs, std::string base)
    : options_(options), configs_(configs), base_(std::move(base)) {}

Discovery Discoverer::run() {
  const std::vector<std::string> starts = starting_points();
  if (!result_.complaint.empty()) return std::move(result_);
  load_database();
  if (!result_.complaint.empty()) return std::move(result_);
  for (const std::string& start : starts) {
    std::error_code error;
    fs::is_directory(start, error) ? take_folder(start) : take_file(start);
    if (!result_.complaint.empty()) return std::move(result_);
  }
  if (options_.changed) keep_changed();
  if (!result_.complaint.empty()) return std::move(result_);
  for (const std::string& file : sources_) add_unit(file);
  for (const std::string& file : named_headers_) add_header(file);
  std::sort(result_.units.begin(), result_.units.end(),
            [](const Unit& a, const Unit& b) { return a.command.file < b.command.file; });
  if (options_.shards > 1) keep_shard();
  result_.headers.assign(folder_headers_.begin(), folder_headers_.end());
  return std::move(result_);
}

std::vector<std::string> Discoverer::starting_points() {
  std::vector<std::string> starts;
  for (const std::string& path : options_.paths) {
    std::error_code error;
    const fs::path absolute = (fs::path(base_) / path).lexically_normal();
    if (!fs::exists(absolute, error)) {
      result_.complaint = "'" + path + "' is not there; expected a file or a folder";
      return {};
    }
    std::string text = absolute.string();
    if (text.size() > 1 && text.ends_with('/')) text.pop_back();
    starts.push_back(std::move(text));
  }
  if (!starts.empty()) return starts;
  // The project around the current folder: up to where its history, its configuration or its
  // database lies.
  for (fs::path folder(base_);; folder = folder.parent_path()) {
    std::error_code error;
    for (const char* mark : {".git", ".fa.toml", "compile_commands.json"}) {
      if (fs::exists(folder / mark, error)) return {folder.string()};
    }
    if (folder == folder.parent_path()) return {base_};
  }
}

void Discoverer::load_database() {
  std::string folder;
  if (!options_.build.empty()) {
    folder = (fs::path(base_) / options_.build).lexically_normal().string();
    std::error_code error;
    if (!fs::exists(fs::path(folder) / "compile_commands.json", error)) {
      result_.complaint = "there is no compile_commands.json in '" + options_.build +
                          "'; expected the folder of a build (CMAKE_EXPORT_COMPILE_COMMANDS=ON)";
      return;
    }
  } else {
    const std::string start =
        options_.paths.empty()
            ? base_
            : (fs::path(base_) / options_.paths.front()).lexically_normal().string();
    std::error_code error;
    const std::string where = fs::is_directory(start, error) ? start : folder_of(start);
    const Config* config = configs_.for_folder(where);
    if (config == nullptr) {
      result_.complaint = configs_.error();
      return;
    }
    if (!config->build.empty()) {
      folder = config->build;
      if (!fs::exists(fs::path(folder) / "compile_commands.json", error)) {
        result_.complaint = "'global.build' of the configuration names '" + folder +
                            "', where there is no compile_commands.json";
        return;
      }
    } else {
      folder = find_database(where);
    }
  }
  if (folder.empty()) return;
  result_.complaint = database_.read((fs::path(folder) / "compile_commands.json").string());
}

bool Discoverer::is_excluded(const std::string& file) {
  for (const std::string& glob : options_.exclude) {
    if (glob_covers(glob, base_, file)) {
      skip(file, "excluded by --exclude " + glob);
      return true;
    }
  }
  const Config* config = configs_.for_folder(folder_of(file));
  if (config == nullptr) {
    result_.complaint = configs_.error();
    return true;
  }
  for (const std::string& glob : config->exclude) {
    if (glob_covers(glob, "/", file)) {
      skip(file, "excluded by global.exclude of the configuration");
      return true;
    }
  }
  return false;
}

void Discoverer::take_folder(const std::string& folder) {
  std::error_code error;
  for (fs::recursive_directory_iterator
           entry(folder, fs::directory_options::skip_permission_denied, error),
       end;
       !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_directory(ignored)) {
      if (is_foreign_folder(entry->path())) entry.disable_recursion_pending();
      continue;
    }
    const std::string file = entry->path().string();
    if (!is_source(file) && !is_header(file)) continue;
    if (is_excluded(file)) {
      if (!result_.complaint.empty()) return;
      continue;
    }
    (is_source(file) ? sources_ : folder_headers_).insert(file);
  }
  if (error)
    result_.notes.push_back("'" + folder + "' was not read to its end: " + error.message());
}

void Discoverer::take_file(const std::string& file) {
  if (is_excluded(file)) return;
  if (is_header(file) && database_.find(file) == nullptr) {
    named_headers_.insert(file);
  } else {
    sources_.insert(file);
  }
}

IncludeMap Discoverer::map_includes() {
  std::set<std::string> files(sources_);
  files.insert(folder_headers_.begin(), folder_headers_.end());
  for (const auto& [file, command] : database_.commands()) files.insert(file);
  // Sources that no database names, and headers: those below the folder that all of this is in.
  std::string root = base_;
  if (!named_headers_.empty() && database_.commands().empty() &&
      !is_below(*named_headers_.begin(), base_)) {
    root = folder_of(*named_headers_.begin());
  }
  std::error_code error;
  for (fs::recursive_directory_iterator entry(root, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_directory(ignored)) {
      if (is_foreign_folder(entry->path())) entry.disable_recursion_pending();
    } else if (is_header(entry->path().string()) || is_source(entry->path().string())) {
      files.insert(entry->path().string());
    }
  }
  IncludeMap map;
  for (const std::string& file : files) map.add(file);
  return map;
}

void Discoverer::keep_changed() {
  const ChangedFiles changed = changed_since(base_, *options_.changed);
  if (!changed.complaint.empty()) {
    result_.complaint = changed.complaint;
    return;
  }
  const IncludeMap map = map_includes();
  std::set<std::string> kept(changed.files.begin(), changed.files.end());
  for (const std::string& file : map.includers_of(kept)) kept.insert(file);
  const auto drop = [&](std::set<std::string>& files) {
    std::erase_if(files, [&](const std::string& file) { return kept.count(file) == 0; });
  };
  drop(sources_);
  drop(named_headers_);
  folder_headers_.clear();
}

Unit Discoverer::unit_of(const std::string& file) {
  Unit unit;
  if (const CompileCommand* own = database_.find(file)) {
    unit.command = *own;
    return unit;
  }
  const CompileCommand* near = database_.nearest(file);
  if (near != nullptr && (options_.extra.empty() || !options_.build.empty())) {
    unit.command = *near;
    unit.command.arguments.insert(unit.command.arguments.end(), options_.extra.begin(),
                                  options_.extra.end());
    unit.reason = "not in the compilation database: the command of '" +
                  fs::path(near->file).lexically_proximate(base_).generic_string() + "' was taken";
  } else {
    unit.command.directory = base_;
    unit.command.arguments = {"-std=c++20"};
    unit.command.arguments.insert(unit.command.arguments.end(), options_.extra.begin(),
                                  options_.extra.end());
    unit.reason = near != nullptr
                      ? "not in the compilation database: the options behind -- were taken"
                      : "there is no compilation database: -std=c++20 and the options "
                        "behind -- were taken";
  }
  unit.command.file = file;
  return unit;
}

void Discoverer::add_unit(const std::string& file) { result_.units.push_back(unit_of(file)); }

void Discoverer::add_header(const std::string& file) {
  std::vector<std::string> includers = map_includes().includers_of({file});
  std::erase_if(includers, [](const std::string& path) { return !is_source(path); });
  // A source of the same name first, then one that the database knows.
  const std::string stem = fs::path(file).stem().string();
  const auto rank = [&](const std::string& path) {
    return std::pair((fs::path(path).stem().string() == stem ? 0 : 2) +
                         (database_.find(path) != nullptr ? 0 : 1),
                     path);
  };
  std::sort(includers.begin(), includers.end(),
            [&](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
  if (includers.empty()) {
    Unit unit = unit_of(file);
    unit.command.arguments.insert(unit.command.arguments.begin(), {"-x", "c++"});
    unit.reason = "no unit includes it, so it was read by itself; " + unit.reason;
    result_.units.push_back(std::move(unit));
    return;
  }
  for (Unit& unit : result_.units) {
    if (unit.command.file != includers.front()) continue;
    // Empty means that the whole unit was asked for, which has the header too.
    if (!unit.headers.empty()) unit.headers.insert(file);
    return;
  }
  Unit unit = unit_of(includers.front());
  unit.headers.insert(file);
  result_.units.push_back(std::move(unit));
}

void Discoverer::keep_shard() {
  std::vector<Unit> kept;
  for (std::size_t i = 0; i < result_.units.size(); ++i) {
    if (i % options_.shards == options_.shard - 1) kept.push_back(std::move(result_.units[i]));
  }
  result_.units = std::move(kept);
  folder_headers_.clear();
}

void Discoverer::skip(const std::string& file, std::string reason) {
  result_.skipped.push_back({file, FileStatus::Skipped, std::move(reason), 0});
}

}  // namespace fa_check
