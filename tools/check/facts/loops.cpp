// SPDX-License-Identifier: MIT OR Apache-2.0
#include "facts/loops.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace fa_check {

const Loop* Loops::add(const clang::Stmt* statement, const Loop* outer,
                       const clang::FunctionDecl* function) {
  return &loops_.emplace_back(Loop{statement, outer, function});
}

void Loops::note(const clang::Stmt* expression, const Loop* innermost,
                 const clang::FunctionDecl* function) {
  places_[expression] = {innermost, function};
}

const Loop* Loops::around(const clang::Stmt* expression) const {
  const auto found = places_.find(expression);
  return found == places_.end() ? nullptr : found->second.loop;
}

const clang::FunctionDecl* Loops::function_of(const clang::Stmt* expression) const {
  const auto found = places_.find(expression);
  return found == places_.end() ? nullptr : found->second.function;
}

const LoopTurns& Loops::turns_of(const clang::ASTContext& context, const Loop& loop) {
  const auto found = turns_.find(loop.statement);
  if (found != turns_.end()) return found->second;
  return turns_.emplace(loop.statement, fa_check::turns_of(context, *loop.statement)).first->second;
}

namespace {

const clang::CFGBlock* block_of(const clang::CFG& graph, const clang::Stmt* statement) {
  for (const clang::CFGBlock* block : graph) {
    for (const clang::CFGElement& element : *block) {
      const auto each = element.getAs<clang::CFGStmt>();
      if (each && each->getStmt() == statement) return block;
    }
  }
  return nullptr;
}

// Whether `to` can be reached from `from` without `avoided`.
bool reaches(const clang::CFGBlock* from, const clang::CFGBlock* to,
             const clang::CFGBlock* avoided) {
  if (from == avoided) return false;
  std::set<const clang::CFGBlock*> seen{from};
  std::vector<const clang::CFGBlock*> work{from};
  while (!work.empty()) {
    const clang::CFGBlock* const block = work.back();
    work.pop_back();
    if (block == to) return true;
    unsigned edge = 0;
    for (const clang::CFGBlock::AdjacentBlock& next : block->succs()) {
      if (is_exceptional(*block, edge++)) continue;
      const clang::CFGBlock* const target = next.getReachableBlock();
      if (target != nullptr && target != avoided && seen.insert(target).second)
        work.push_back(target);
    }
  }
  return false;
}

}  // namespace

bool has_handlers(const clang::Stmt* statement) {
  if (statement == nullptr || llvm::isa<clang::LambdaExpr>(statement)) return false;
  if (llvm::isa<clang::CXXTryStmt>(statement)) return true;
  const auto parts = statement->children();
  return std::any_of(parts.begin(), parts.end(), has_handlers);
}

bool is_exceptional(const clang::CFGBlock& block, unsigned edge) {
  return edge == 1 && block.succ_size() == 2 && block.getTerminatorStmt() == nullptr;
}

bool on_every_turn(const clang::CFG& graph, const clang::Stmt* loop, const clang::Stmt* statement) {
  const clang::CFGBlock* const wanted = block_of(graph, statement);
  const clang::CFGBlock* back = nullptr;
  const clang::CFGBlock* head = nullptr;
  for (const clang::CFGBlock* block : graph) {
    if (block->getLoopTarget() == loop) back = block;
    if (block->getTerminatorStmt() == loop && head == nullptr) head = block;
  }
  if (wanted == nullptr || back == nullptr || head == nullptr || head->succ_empty()) return false;
  const clang::CFGBlock* const body = head->succ_begin()->getReachableBlock();
  if (body == nullptr) return false;
  if (llvm::isa<clang::DoStmt>(loop)) {
    // The way back leads to the body.
    if (back->succ_empty()) return false;
    const clang::CFGBlock* const first = back->succ_begin()->getReachableBlock();
    return first != nullptr && !reaches(first, back, wanted);
  }
  return !reaches(body, back, wanted);
}

bool on_every_path(const clang::CFG& graph, const clang::Stmt* statement) {
  const clang::CFGBlock* const wanted = block_of(graph, statement);
  return wanted != nullptr && !reaches(&graph.getEntry(), &graph.getExit(), wanted);
}

}  // namespace fa_check
