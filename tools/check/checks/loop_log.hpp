// SPDX-License-Identifier: MIT OR Apache-2.0
// The log by loops: what each loop does on its turns, in the functions that it calls too.
#pragma once

#include "checks/findings.hpp"

#include <map>
#include <set>
#include <utility>
#include <vector>

namespace fa_check {

// One loop in one chain of calls.
struct Turning {
  const Loop* loop = nullptr;
  ChainId chain = 0;
  bool on_thread = false;  // its function is what a thread runs
  bool frames = false;     // it begins or ends a frame
  bool rewinds = false;
  std::vector<const Event*> made;  // allocations of frame memory, containers that grow
  std::set<PlaceId> taken_from;    // containers that are emptied
  [[nodiscard]] bool keeps_all() const { return !frames && !rewinds; }
};

class LoopLog {
 public:
  explicit LoopLog(const CheckInput& input);
  // The loops around a site, the innermost first, through the calls that lead to it, up to the
  // start of a thread.
  [[nodiscard]] std::vector<Turning*> around(SiteId site);
  // The innermost loop around a site in its own function. A closure that is run on the spot is part
  // of the function that wrote it. `inner` is then the expression of that function.
  [[nodiscard]] Turning* own_loop(SiteId site, const clang::Stmt*& inner);
  [[nodiscard]] const LoopTurns& turns(const Turning& turning);
  // Whether its turns are few, and known when it is compiled.
  [[nodiscard]] bool is_small(const Turning& turning);
  [[nodiscard]] bool is_frame_memory(const Event& event) const;
  // Every allocation, in the order of the log.
  [[nodiscard]] const std::vector<const Event*>& allocations() const { return allocations_; }

 private:
  [[nodiscard]] Turning* turning(const Loop* loop, ChainId chain);

  const CheckInput& input_;
  std::map<std::pair<const Loop*, ChainId>, Turning> turnings_;
  std::set<SiteId> started_;
  std::vector<const Event*> allocations_;
};

// Loops that drive a program and allocate with no frame open (FA603), and what they allocate.
struct Driving {
  std::set<const clang::Stmt*> loops;  // such a loop, and those within it
  std::set<const clang::Stmt*> allocations;
};
[[nodiscard]] Driving check_boundaries(const CheckInput& input, LoopLog& log,
                                       std::vector<Finding>& findings);  // 603
void check_unbounded(const CheckInput& input, LoopLog& log, const Driving& driving,
                     std::vector<Finding>& findings);  // 301
void check_batches(const CheckInput& input, LoopLog& log, const Driving& driving,
                   std::vector<Finding>& findings);                                        // 602
void check_growth(const CheckInput& input, LoopLog& log, std::vector<Finding>& findings);  // 608

}  // namespace fa_check
