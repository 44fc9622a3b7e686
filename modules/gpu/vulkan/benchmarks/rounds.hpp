// SPDX-License-Identifier: MIT OR Apache-2.0
// Peers measured in turns, and the bars that their ratios are held against.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bench {

/// What takes its turn in every round. `run` gives the nanoseconds of `operations`; nothing if it
/// failed.
struct Entry {
  std::string name;
  double operations = 1;
  std::function<std::optional<double>()> run;
  std::vector<double> times{};  ///< ns of one operation, by round
};

class Rounds {
 public:
  /// Result: its number.
  std::size_t add(std::string name, double operations, std::function<std::optional<double>()> run);
  /// Effect: every entry once in each round, each time another one first; three rounds before that
  /// are not counted. Result: false if one failed, which is named.
  [[nodiscard]] bool measure(unsigned rounds);
  void print() const;
  [[nodiscard]] double median(std::size_t entry) const;
  /// Result: the median of the rounds' ratios.
  [[nodiscard]] double ratio(std::size_t entry, std::size_t to) const;
  /// Result: the ratio of the least times of all rounds.
  [[nodiscard]] double least_ratio(std::size_t entry, std::size_t to) const;

 private:
  std::vector<Entry> entries_;
};

/// The table of what was asked for and what was found.
class Bars {
 public:
  void at_most(std::string what, double found, double bar) {
    add(std::move(what), found, bar, true);
  }
  void at_least(std::string what, double found, double bar) {
    add(std::move(what), found, bar, false);
  }
  /// Effect: a figure that the others are read by, and no bar.
  void note(std::string what, double found) {
    rows_.push_back({std::move(what), found, 0, true, true});
  }
  void print() const;

 private:
  struct Row {
    std::string what;
    double found, bar;
    bool at_most;
    bool is_note = false;
  };
  void add(std::string what, double found, double bar, bool at_most) {
    rows_.push_back({std::move(what), found, bar, at_most});
  }
  std::vector<Row> rows_;
};

}  // namespace bench
