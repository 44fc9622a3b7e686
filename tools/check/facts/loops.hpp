// SPDX-License-Identifier: MIT OR Apache-2.0
// The loops of the user's code: which calls lie in which, and what is known of their turns. Decided
// by the syntax tree and its types; whether something happens on every turn, by the graph.
#pragma once

#include "model/clang.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

namespace fa_check {

enum class Turns : std::uint8_t {
  Known,    // their number is known when the loop begins
  Limited,  // something in sight ends the loop: a counter, the end of a list, an emptied container
  Open,     // nothing in sight does
};

struct Loop {
  const clang::Stmt* statement = nullptr;
  const Loop* outer = nullptr;  // around it in the same function
  const clang::FunctionDecl* function = nullptr;
};

// What a loop says about its turns.
struct LoopTurns {
  Turns turns = Turns::Open;
  std::optional<std::uint64_t> number;  // when it is a constant
  // Of a loop that counts up by one: its counter, from 0, and what the counter stays below.
  const clang::VarDecl* counter = nullptr;
  const clang::Expr* bound = nullptr;
  const clang::Expr* range = nullptr;  // of a range-based loop
};

class Loops {
 public:
  // Effect: a loop of `function` within `outer`. Result: lives as long as this.
  const Loop* add(const clang::Stmt* statement, const Loop* outer,
                  const clang::FunctionDecl* function);
  // Effect: notes where `expression` lies.
  void note(const clang::Stmt* expression, const Loop* innermost,
            const clang::FunctionDecl* function);
  // Result: the innermost loop around a call or construction in its own function, or null.
  [[nodiscard]] const Loop* around(const clang::Stmt* expression) const;
  // Result: the function whose body has the expression, canonical; null when it was not noted.
  [[nodiscard]] const clang::FunctionDecl* function_of(const clang::Stmt* expression) const;
  [[nodiscard]] const LoopTurns& turns_of(const clang::ASTContext& context, const Loop& loop);

 private:
  struct Where {
    const Loop* loop = nullptr;
    const clang::FunctionDecl* function = nullptr;
  };
  std::deque<Loop> loops_;
  std::unordered_map<const clang::Stmt*, Where> places_;
  std::unordered_map<const clang::Stmt*, LoopTurns> turns_;
};

// Result: what is known of the turns of `loop`, a for, while, do or range-based for statement.
[[nodiscard]] LoopTurns turns_of(const clang::ASTContext& context, const clang::Stmt& loop);

// Result: whether each turn of `loop` that goes on to the next has run `statement`.
[[nodiscard]] bool on_every_turn(const clang::CFG& graph, const clang::Stmt* loop,
                                 const clang::Stmt* statement);
// Result: whether each way through the function has run `statement`.
[[nodiscard]] bool on_every_path(const clang::CFG& graph, const clang::Stmt* statement);

// Whether the statement catches exceptions, lambdas in it aside.
[[nodiscard]] bool has_handlers(const clang::Stmt* statement);
// Whether the edge of the block is the way of an exception that its last call throws.
[[nodiscard]] bool is_exceptional(const clang::CFGBlock& block, unsigned edge);

}  // namespace fa_check
