// SPDX-License-Identifier: MIT OR Apache-2.0
// Changes that repair a finding and nothing else.
#pragma once

#include "checks/findings.hpp"
#include "checks/loop_log.hpp"

#include <optional>
#include <string>

namespace fa_check {

// Result: empties the member or variable `into` before the call at `end`, which ends the frame of
// what it holds; nothing where the name does not mean it there, or where it may hold more than that.
[[nodiscard]] std::optional<Fix> reset_before_end(const CheckInput& input, PlaceId into,
                                                  SiteId end);

// Result: gives the container that `growth` grows the capacity for the turns of the loop: where it is
// made, when that is a frame_vec() without one and the capacity is known there, else by reserve()
// before the loop. Nothing where the number of turns may be negative or is not told in a few words.
[[nodiscard]] std::optional<Fix> give_capacity(const CheckInput& input, const Turning& turning,
                                               const LoopTurns& turns,
                                               const clang::CallExpr& growth);

// Result: takes the objects of all turns at once, before the loop; nothing unless the loop counts up
// from 0 and runs to its end, and each object is only read and written in its turn.
[[nodiscard]] std::optional<Fix> batch_before_loop(const CheckInput& input, const Turning& turning,
                                                   const LoopTurns& turns,
                                                   const clang::CallExpr& allocation);

// Result: frame_new() for frame_alloc() whose next statement constructs the object there.
[[nodiscard]] std::optional<Fix> construct_at_once(const CheckInput& input,
                                                   const clang::Stmt* allocation);

// The parts of fixes.

// The text of the source from `begin` to the end of the token at `end`; "" where a macro has a part in
// it.
[[nodiscard]] std::string text_of(const CheckInput& input, clang::SourceLocation begin,
                                  clang::SourceLocation end);
// The white space before the place on its line; nothing when something else stands there.
[[nodiscard]] std::optional<std::string> indentation(const clang::SourceManager& sources,
                                                     clang::SourceLocation place);
// Replaces what lies between two places.
[[nodiscard]] Edit edit_between(const CheckInput& input, clang::SourceLocation begin,
                                clang::SourceLocation end, std::string text);
// The statement that the node is part of, directly within braces; null when there is none.
[[nodiscard]] const clang::Stmt* statement_around(clang::ASTContext& context,
                                                  const clang::Stmt* node,
                                                  const clang::CompoundStmt*& block);

}  // namespace fa_check
