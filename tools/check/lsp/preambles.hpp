// SPDX-License-Identifier: MIT OR Apache-2.0
// The heads of open documents in Clang's binary form. Each is built once by a process of its own,
// after an analysis has named the headers, and serves until one of them changes.
#pragma once

#include "checks/analyze.hpp"

#include <sys/types.h>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fa_check::lsp {

class Preambles {
 public:
  // Texts of the editor, by path.
  using Overlays = std::vector<std::pair<std::string, std::string>>;

  Preambles() = default;
  Preambles(const Preambles&) = delete;
  Preambles& operator=(const Preambles&) = delete;
  ~Preambles();

  // Result: the head of the unit, when one that is still true has been built.
  [[nodiscard]] std::optional<Preamble> find(const UnitInput& input);
  // Effect: begins to build the head of the unit, unless it is there, or cannot be built. Nothing
  // happens while another is built: the next analysis asks again. `headers`: what the unit includes.
  void want(UnitInput input, const std::vector<std::string>& headers);
  // Effect: the head of a document that is closed is dropped.
  void drop(const std::string& file);

  // Result: the pipe to watch; -1 when nothing is built.
  [[nodiscard]] int pipe() const { return builder_ ? builder_->pipe : -1; }
  // Effect: takes what was built.
  void collect();

 private:
  struct Kept {
    std::string key;                                           // command and head
    std::vector<std::pair<std::string, std::string>> headers;  // path, state
    std::string_view bytes;                                    // mapped; empty: cannot be built
    unsigned size = 0;
    bool ends_line = false;
  };
  struct Builder {
    std::string file;
    Kept kept;
    pid_t child = -1;
    int pipe = -1, memory = -1;
  };
  void stop_builder();
  void forget(Kept& kept) const;

  std::map<std::string, Kept> kept_;  // by file
  std::optional<Builder> builder_;
};

}  // namespace fa_check::lsp
