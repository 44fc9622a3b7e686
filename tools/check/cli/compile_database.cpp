// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/compile_database.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace fa_check {

namespace {

namespace fs = std::filesystem;

std::string absolute_path(const std::string& path, const std::string& directory) {
  return (fs::path(directory) / path).lexically_normal().string();
}

bool begins_with_any(const std::string& word, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [&](std::string_view start) { return word.starts_with(start); });
}

// Takes out of a command what does not concern the analysis: outputs, dependency files, and what
// Clang refuses to know.
std::vector<std::string> cleaned(const std::vector<std::string>& words, const std::string& file,
                                 const std::string& directory) {
  static constexpr std::array<std::string_view, 6> kWithValue{"-o",  "-MF", "-MT",
                                                              "-MQ", "-MJ", "--output"};
  std::vector<std::string> arguments;
  // The compiler itself, behind launchers such as ccache.
  std::size_t at = 1;
  while (at < words.size() && !words[at].starts_with('-') &&
         absolute_path(words[at], directory) != file) {
    ++at;
  }
  for (; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (std::find(kWithValue.begin(), kWithValue.end(), word) != kWithValue.end()) {
      ++at;
      continue;
    }
    if (word == "-c" || word == "--" || word == "-pipe" || word == "-fcoroutines" ||
        word == "-fno-canonical-system-headers" || word == "-fno-gnu-unique" ||
        word == "-Winvalid-pch" ||
        begins_with_any(word, {"-MD",
                               "-MMD",
                               "-MP",
                               "-MM",
                               "-M=",
                               "-Werror",
                               "-fconcepts",
                               "-fmodules-ts",
                               "-fmodule-mapper",
                               "-fdeps-",
                               "-fdiagnostics-",
                               "-fmax-errors",
                               "-fno-keep-inline",
                               "-fimplicit-constexpr",
                               "-fuse-ld",
                               "-save-temps",
                               "-ffat-lto-objects",
                               "-fno-fat-lto-objects",
                               "-flto",
                               "-fprofile",
                               "--coverage",
                               "-fanalyzer",
                               "-mno-avx256",
                               "-Wp,-M"})) {
      continue;
    }
    if (!word.starts_with('-') && absolute_path(word, directory) == file) continue;
    // -oFILE, but no word like -openmp that only begins so.
    if (word.starts_with("-o") && word.ends_with(".o")) continue;
    arguments.push_back(word);
  }
  return arguments;
}

// How many folders at their beginnings two absolute paths share.
std::size_t shared_folders(const std::string& a, const std::string& b) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.size() && i < b.size() && a[i] == b[i]; ++i) {
    if (a[i] == '/') ++count;
  }
  return count;
}

bool has_database(const fs::path& folder) {
  std::error_code error;
  return fs::is_regular_file(folder / "compile_commands.json", error);
}

// The folders in `folder` whose name `accept` takes, sorted.
template <class Accept>
std::vector<fs::path> folders_in(const fs::path& folder, Accept&& accept) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (accept(entry->path().filename().string()) && entry->is_directory(ignored)) {
      found.push_back(entry->path());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

// Of several databases the newest one: it is the build that is being worked with.
std::string newest(const std::vector<fs::path>& folders) {
  std::string best;
  fs::file_time_type when{};
  for (const fs::path& folder : folders) {
    if (!has_database(folder)) continue;
    std::error_code error;
    const auto written = fs::last_write_time(folder / "compile_commands.json", error);
    if (best.empty() || written > when) {
      best = folder.string();
      when = written;
    }
  }
  return best;
}

}  // namespace

std::vector<std::string> split_command(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  bool open = false;  // a word has begun, be it empty
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ' ' || c == '\t' || c == '\n') {
      if (open) words.push_back(std::move(word));
      word.clear();
      open = false;
    } else if (c == '\'' || c == '"') {
      open = true;
      for (++i; i < text.size() && text[i] != c; ++i) {
        const bool escape = c == '"' && text[i] == '\\' && i + 1 < text.size() &&
                            (text[i + 1] == '"' || text[i + 1] == '\\' || text[i + 1] == '$');
        if (escape) ++i;
        word += text[i];
      }
    } else {
      open = true;
      if (c == '\\' && i + 1 < text.size()) ++i;
      word += text[i];
    }
  }
  if (open) words.push_back(std::move(word));
  return words;
}

std::string CompileDatabase::read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return path + " cannot be read";
  const nlohmann::json all = nlohmann::json::parse(in, nullptr, false);
  if (all.is_discarded() || !all.is_array()) {
    return path + " is no compilation database: expected a JSON array of commands";
  }
  folder_ = fs::path(path).parent_path().string();
  std::size_t number = 0;
  for (const nlohmann::json& entry : all) {
    const std::string place = path + ": entry " + std::to_string(number++);
    const auto text = [&entry](const char* key) {
      const auto found = entry.is_object() ? entry.find(key) : entry.end();
      return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    if (!entry.is_object() || text("file").empty()) return place + " has no 'file'";
    CompileCommand command;
    command.directory = absolute_path(text("directory"), folder_);
    if (command.directory.size() > 1 && command.directory.back() == '/') {
      command.directory.pop_back();
    }
    command.file = absolute_path(text("file"), command.directory);
    std::vector<std::string> words;
    if (const auto list = entry.find("arguments"); list != entry.end() && list->is_array()) {
      for (const nlohmann::json& word : *list) {
        if (!word.is_string()) return place + " has an argument that is no text";
        words.push_back(word.get<std::string>());
      }
    } else {
      words = split_command(text("command"));
    }
    if (words.empty()) return place + " has neither 'arguments' nor 'command'";
    // What CMake adds to make a precompiled header is no source of the project.
    if (fs::path(command.file).filename().string().starts_with("cmake_pch.")) continue;
    command.arguments = cleaned(words, command.file, command.directory);
    // Of a file that is built several times, the first command counts.
    commands_.try_emplace(command.file, std::move(command));
  }
  return {};
}

const CompileCommand* CompileDatabase::find(const std::string& file) const {
  const auto found = commands_.find(file);
  return found == commands_.end() ? nullptr : &found->second;
}

const CompileCommand* CompileDatabase::nearest(const std::string& file) const {
  const CompileCommand* best = nullptr;
  std::size_t most = 0;
  const std::string stem = fs::path(file).stem().string();
  for (const auto& [path, command] : commands_) {
    // a.cpp beside a.hpp before all others of the folder.
    const std::size_t score =
        shared_folders(path, file) * 2 + (fs::path(path).stem().string() == stem ? 1 : 0);
    if (best == nullptr || score > most) {
      best = &command;
      most = score;
    }
  }
  return best;
}

std::string find_database(const std::string& start) {
  for (fs::path folder(start);; folder = folder.parent_path()) {
    if (has_database(folder)) return folder.string();
    std::vector<fs::path> candidates = folders_in(folder, [](const std::string& name) {
      return name.starts_with("build") || name.starts_with("cmake-build-");
    });
    for (const char* parent : {"out", "build"}) {
      for (fs::path& inner : folders_in(folder / parent, [](const std::string&) { return true; })) {
        candidates.push_back(std::move(inner));
      }
    }
    std::string found = newest(candidates);
    if (!found.empty()) return found;
    if (folder == folder.parent_path() || folder.empty()) return {};
  }
}

}  // namespace fa_check
