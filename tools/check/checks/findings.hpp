// SPDX-License-Identifier: MIT OR Apache-2.0
// What a check reads, and how it says where something is. Each check is a query over the log of
// the solver; none walks the program itself.
#pragma once

#include "facts/bodies.hpp"
#include "flow/event.hpp"
#include "flow/solver.hpp"
#include "model/finding.hpp"
#include "model/settings.hpp"

#include <string>
#include <vector>

namespace fa_check {

struct CheckInput {
  clang::ASTContext& context;
  Model& model;
  Places& places;
  Bodies& bodies;
  const Solver& solver;
  const EventLog& log;
  const Settings& settings;
};

// Result: a finding at the first token of the statement, with its function; code 0 when it is not
// in a file of the user.
[[nodiscard]] Finding finding_at(const CheckInput& input, unsigned code,
                                 const clang::Stmt* statement);
// The absolute path of the file that the place is in.
[[nodiscard]] std::string path_of(const clang::SourceManager& sources, clang::SourceLocation place);
// Effect: adds a second place; nothing for site 0.
void relate(const CheckInput& input, Finding& finding, SiteId site, std::string message);
// The absolute path of the file that a statement is written in; "" when it is not in one.
[[nodiscard]] std::string file_of(const CheckInput& input, const clang::Stmt* statement);
// The words by which the expression names what it is about: "'counters'", or "frame memory".
[[nodiscard]] std::string name_of(const CheckInput& input, const clang::Stmt* statement);
// Whether the frame that ends there promotes what was retained.
[[nodiscard]] bool promotes_at(const clang::Stmt* end);

// The checks.
void check_lifetimes(const CheckInput& input,
                     std::vector<Finding>& findings);                         // 403, 601, 605, 606
void check_threads(const CheckInput& input, std::vector<Finding>& findings);  // 201-205
void check_coroutines(const CheckInput& input, std::vector<Finding>& findings);  // 701-703
void check_handles(const CheckInput& input, std::vector<Finding>& findings);     // 401
void check_loops(const CheckInput& input, std::vector<Finding>& findings);    // 301, 602, 603, 608
void check_budgets(const CheckInput& input, std::vector<Finding>& findings);  // 302
void check_retention(const CheckInput& input, std::vector<Finding>& findings);    // 604
void check_destructors(const CheckInput& input, std::vector<Finding>& findings);  // 607
void check_tags(const CheckInput& input, std::vector<Finding>& findings);         // 801, 802
void check_modules(const CheckInput& input, std::vector<Finding>& findings);      // 803

// All of them; sorted, and one finding for one mistake.
[[nodiscard]] std::vector<Finding> findings_of(const CheckInput& input);

}  // namespace fa_check
