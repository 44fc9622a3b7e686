// SPDX-License-Identifier: MIT OR Apache-2.0
// One cell of the result table: one workload run by one peer, with its state.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ledger.hpp"

namespace bench {

// What one timed slice took, and whether nothing disturbed it.
struct Slice {
  double ns = 0;
  bool quiet = false;
};

class Case {
 public:
  Case() = default;
  Case(const Case&) = delete;
  Case& operator=(const Case&) = delete;
  virtual ~Case() = default;

  // Effect: does the work of `rounds` rounds on the calling thread (and on the second one, where
  // the workload needs two), untimed.
  virtual void run(std::size_t rounds) = 0;

  // Effect: does the same work with every object reported to `ledger`, from the same source.
  virtual void check(Ledger& ledger) = 0;

  // Result: the time of `rounds` rounds. The default times run() on this thread between canaries.
  [[nodiscard]] virtual Slice time(std::size_t rounds);
};

// What is expected of a row's ledger, and how its time is divided.
struct Row {
  std::string workload;  // "W1/64"
  std::string peer;      // "mimalloc"
  std::size_t ops = 1;   // operations in one round; times and instructions are per operation
  Guarantee guarantee = Guarantee::Distinct;
  // Instructions are counted on one thread; a workload of two threads has none.
  bool countable = true;
  std::size_t checked_rounds = 3;
  std::size_t expected_objects = 0;  // handed out per round, as the workload defines it
  std::function<std::unique_ptr<Case>()> make;

  [[nodiscard]] std::string name() const { return workload + "/" + peer; }
};

// All rows of this program, in the order in which the tables show them.
class Rows {
 public:
  void add(Row row) { rows_.push_back(std::move(row)); }
  // A peer that callgrind cannot run.
  void do_not_count(std::string_view peer);
  // Says once that a peer is missing and why; shown before the results.
  void leave_out(std::string_view peer, std::string_view reason);

  [[nodiscard]] const std::vector<Row>& all() const { return rows_; }
  [[nodiscard]] const std::vector<std::string>& left_out() const { return left_out_; }

 private:
  std::vector<Row> rows_;
  std::vector<std::string> left_out_;
};

}  // namespace bench
