// SPDX-License-Identifier: MIT OR Apache-2.0
// How each unit is compiled.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fa_check {

struct CompileCommand {
  std::string file;       // absolute
  std::string directory;  // absolute
  // Without the compiler, the source, -c and -o, and without what only GCC knows.
  std::vector<std::string> arguments;
};

class CompileDatabase {
 public:
  // Effect: reads the file. Result: "", or what is wrong with it.
  [[nodiscard]] std::string read(const std::string& path);

  // Result: the command of `file`; null when there is none.
  [[nodiscard]] const CompileCommand* find(const std::string& file) const;
  // Result: the command of the file that is nearest to `file`: of the same name, then of the folder
  // that shares most with its own. Null when the database is empty.
  [[nodiscard]] const CompileCommand* nearest(const std::string& file) const;
  [[nodiscard]] const std::map<std::string, CompileCommand>& commands() const { return commands_; }
  // The folder of the file; "" before it is read.
  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  std::map<std::string, CompileCommand> commands_;
};

// Result: the folder with a compile_commands.json that serves `start`: the folder itself, build*/,
// out/*/, cmake-build-*/ and build/*/ in it, then the same in its parents; "" when there is none.
[[nodiscard]] std::string find_database(const std::string& start);

// Result: the words of a command line as a shell reads them.
[[nodiscard]] std::vector<std::string> split_command(const std::string& text);

}  // namespace fa_check
