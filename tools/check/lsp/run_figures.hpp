// SPDX-License-Identifier: MIT OR Apache-2.0
// The figures of a program from its start, as far as lenses need them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fa_check::lsp {

// What a snapshot says of tags and their budgets.
struct TagFigures {
  struct Tag {
    std::string path;
    std::uint64_t transient = 0, held = 0;  // bytes
  };
  struct Budget {
    std::string path;
    std::uint64_t limit = 0, used = 0, peak = 0;
  };
  std::uint64_t frame = 0, process = 0;
  std::vector<Tag> tags;
  std::vector<Budget> budgets;
};

class RunFigures {
 public:
  static constexpr std::size_t kMostSnapshots = 600;

  // Effect: takes the next snapshot; one of another process, or of a smaller frame, begins a run.
  void add(TagFigures figures);
  void clear() { *this = {}; }
  // Result: what the lens of a place that opens these tags says; nothing without a snapshot.
  [[nodiscard]] std::optional<std::string> lens(const std::vector<std::string>& tags);

 private:
  struct Level {
    std::uint64_t peak = 0, level = 0, limit = 0;
  };
  struct Sums {
    std::uint64_t transient = 0, held = 0;
  };
  // The sums of some tags over the run, brought up to date when they are asked for.
  struct Series {
    std::uint64_t next = 0;  // number of the first snapshot that is not in it
    Sums newest;
    std::uint64_t peak = 0;
    std::vector<std::uint64_t> shown;  // the newest eight
  };
  [[nodiscard]] static Sums sums_of(const TagFigures& figures,
                                    const std::vector<std::string>& tags);

  std::deque<TagFigures> kept_;  // the newest last
  std::uint64_t taken_ = 0;      // snapshots of this run
  std::size_t rows_ = 0;
  std::map<std::string, Level> levels_;
  std::map<std::string, Series> series_;
};

// Result: whether a path has the tag as component, or is below it.
[[nodiscard]] bool belongs_to(std::string_view path, std::string_view tag);

}  // namespace fa_check::lsp
