// SPDX-License-Identifier: MIT OR Apache-2.0
// The folder that a program writes snapshots into. Its files are input of strangers: a process of
// its own reads them, so that neither their size nor what is in them holds up or ends the server.
#pragma once

#include "lsp/run_figures.hpp"

#include <sys/types.h>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fa_check::lsp {

class SnapshotFolder {
 public:
  SnapshotFolder() = default;
  SnapshotFolder(const SnapshotFolder&) = delete;
  SnapshotFolder& operator=(const SnapshotFolder&) = delete;
  ~SnapshotFolder() { stop(); }

  // Effect: attaches another folder, with nothing known of it; "" none. Result: whether it is another.
  bool attach(const std::string& folder);
  [[nodiscard]] bool is_attached() const { return !folder_.empty(); }
  // Effect: begins to read what is new in the folder, unless that is going on.
  void look();
  [[nodiscard]] int pipe() const { return reader_ ? reader_->pipe : -1; }
  // Effect: takes what the reader has written. Result: whether the figures have changed.
  [[nodiscard]] bool collect();
  void stop();

  [[nodiscard]] RunFigures& figures() { return figures_; }

 private:
  struct File {
    std::string name, mark;
    std::int64_t written_ns = 0;
  };
  struct Reader {
    pid_t child = -1;
    int pipe = -1;
    std::string text;
  };
  [[nodiscard]] std::vector<File> new_files();

  std::string folder_;
  std::map<std::string, std::string> seen_;  // name, mark
  std::optional<Reader> reader_;
  RunFigures figures_;
};

// Result: what a file of this content says; nothing for what is no snapshot of a size, a schema and
// numbers of rows that an editor takes.
[[nodiscard]] std::optional<TagFigures> tag_figures_of(std::string_view content);
// The figures as text and back: they cross from the process that reads.
[[nodiscard]] std::string line_of(const TagFigures& figures);
[[nodiscard]] std::optional<TagFigures> read_line(std::string_view line);

}  // namespace fa_check::lsp
