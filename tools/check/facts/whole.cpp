// SPDX-License-Identifier: MIT OR Apache-2.0
#include "facts/whole.hpp"

#include "facts/changes.hpp"
#include "facts/comparison.hpp"
#include "facts/counting.hpp"
#include "facts/ranges.hpp"
#include "model/model.hpp"

#include <algorithm>

namespace fa_check {
namespace {

// The numbers that a counter has in the turns: from `low` up to, and without, `high` + `offset`.
struct Numbers {
  std::int64_t low = 0;
  const clang::Expr* high = nullptr;
  std::int64_t offset = 0;
};

void add_path(std::vector<const clang::Expr*>& found, const clang::Expr* container) {
  if (std::none_of(found.begin(), found.end(),
                   [&](const clang::Expr* each) { return is_same_path(each, container); }))
    found.push_back(container);
}

// What a counter of numbers is the index of.
struct Subscripts : clang::RecursiveASTVisitor<Subscripts> {
  Subscripts(Ranges& of, const clang::VarDecl* variable, const Numbers& in_turns)
      : ranges(of), counter(variable), numbers(in_turns) {}

  bool VisitArraySubscriptExpr(clang::ArraySubscriptExpr* e) {
    note(ranges.begun(e->getBase()), e->getIdx());
    return true;
  }
  bool VisitCallExpr(clang::CallExpr* e) {
    const auto* const op = llvm::dyn_cast<clang::CXXOperatorCallExpr>(e);
    if (op != nullptr && op->getOperator() == clang::OO_Subscript && op->getNumArgs() == 2)
      note(ranges.whole(op->getArg(0)), op->getArg(1));
    const Called called = called_by(e);
    if (called.name == "at" && called.arguments.size() == 2)
      note(ranges.whole(called.arguments[0]), called.arguments[1]);
    return true;
  }
  void note(const clang::Expr* container, const clang::Expr* index) {
    if (container == nullptr) return;
    const Shifted shifted = ranges.shifted_by(index);
    const auto* const name = llvm::dyn_cast<clang::DeclRefExpr>(unwrapped(shifted.base));
    if (name != nullptr && name->getDecl() == counter && numbers.low + shifted.by == 0 &&
        ranges.is_size(numbers.high, container, numbers.offset + shifted.by))
      add_path(found, container);
  }

  Ranges& ranges;
  const clang::VarDecl* counter;
  Numbers numbers;
  std::vector<const clang::Expr*> found;
};

// A loop with one counter that each turn moves by one.
struct Counting {
  const clang::VarDecl* counter = nullptr;
  const clang::Expr* first = nullptr;
  const clang::Expr* last = nullptr;  // null: zero
  clang::BinaryOperatorKind op = clang::BO_NE;
  std::int64_t step = 0;
  bool is_in_condition = false;
  bool is_prefix = false;
};

const clang::Stmt* last_of(const clang::Stmt* body) {
  const auto* const block = llvm::dyn_cast_or_null<clang::CompoundStmt>(body);
  const clang::Stmt* last = block == nullptr      ? body
                            : block->body_empty() ? nullptr
                                                  : block->body_back();
  if (const auto* cleanup = llvm::dyn_cast_or_null<clang::FullExpr>(last))
    last = cleanup->getSubExpr();
  return last;
}

// What a for or while statement asks of its counter.
struct LoopHead {
  const clang::VarDecl* counter = nullptr;
  const clang::Expr* side = nullptr;   // where the condition names it
  const clang::Expr* first = nullptr;  // what it begins with
  const clang::Expr* last = nullptr;   // what it is compared with; null: zero
  clang::BinaryOperatorKind op = clang::BO_NE;
  const clang::Stmt* end_of_body = nullptr;  // its last statement
  std::vector<Change> changes;               // of the counter, in a turn
};

std::optional<LoopHead> loop_head_of(const clang::Stmt& function, const clang::Stmt& loop) {
  const clang::Stmt* init = nullptr;
  const clang::Expr* condition = nullptr;
  LoopHead found;
  if (const auto* e = llvm::dyn_cast<clang::ForStmt>(&loop)) {
    init = e->getInit();
    condition = e->getCond();
    found.end_of_body = last_of(e->getBody());
  } else if (const auto* other = llvm::dyn_cast<clang::WhileStmt>(&loop)) {
    condition = other->getCond();
    found.end_of_body = last_of(other->getBody());
  }
  if (condition == nullptr) return std::nullopt;
  const Changes changes = changes_in(loop);
  found.side = condition;
  if (const auto compared = comparison_of(condition)) {
    const bool is_left = !changes_of(changes, counted_by(unwrapped(compared->left))).empty();
    found.side = is_left ? compared->left : compared->right;
    found.last = is_left ? compared->right : compared->left;
    found.op = is_left ? compared->op : clang::BinaryOperator::reverseComparisonOp(compared->op);
  }
  found.side = unwrapped(found.side);
  found.counter = llvm::dyn_cast_or_null<clang::VarDecl>(counted_by(found.side));
  if (found.counter == nullptr) return std::nullopt;
  found.changes = changes_of(changes, found.counter);
  const auto* const declared = llvm::dyn_cast_or_null<clang::DeclStmt>(init);
  const auto* const set = llvm::dyn_cast_or_null<clang::BinaryOperator>(init);
  const bool is_declared = declared != nullptr &&
                           std::find(declared->decl_begin(), declared->decl_end(), found.counter) !=
                               declared->decl_end();
  if (set != nullptr && set->getOpcode() == clang::BO_Assign &&
      named_by(set->getLHS()) == found.counter)
    found.first = set->getRHS();
  else if (is_declared ||
           (found.counter->isLocalVarDecl() &&
            changes_of(changes_in(function), found.counter).size() == found.changes.size()))
    found.first = found.counter->getInit();
  if (found.first == nullptr || found.changes.empty()) return std::nullopt;
  return found;
}

bool is_within(const clang::Stmt* statement, const clang::Stmt* wanted) {
  return statement == wanted ||
         (statement != nullptr &&
          std::any_of(statement->child_begin(), statement->child_end(),
                      [&](const clang::Stmt* child) { return is_within(child, wanted); }));
}

// Whether each turn goes on to the next element, or takes its own one out of the container: `it = all.erase(it)`.
bool erases_or_steps(const clang::ASTContext& context, const clang::Stmt& loop,
                     const LoopHead& head) {
  return std::all_of(head.changes.begin(), head.changes.end(), [&](const Change& change) {
    if (!is_increment(loop, change.at) && !is_within(head.end_of_body, change.at)) return false;
    if (change.how == Change::How::Step) return step_of(context, change.at) == 1;
    return change.how == Change::How::Assign && called_by(unwrapped(change.from)).name == "erase";
  });
}

std::optional<Counting> counting_of(const clang::ASTContext& context, const clang::Stmt& loop,
                                    const LoopHead& head) {
  if (head.changes.size() != 1 || head.changes.front().how != Change::How::Step)
    return std::nullopt;
  Counting found{head.counter, head.first, head.last, head.op};
  const clang::Stmt* const step = head.changes.front().at;
  found.step = step_of(context, step);
  found.is_in_condition = head.side == step;
  if (const auto* e = llvm::dyn_cast<clang::UnaryOperator>(step)) found.is_prefix = e->isPrefix();
  if (!found.is_in_condition && !is_increment(loop, step) && head.end_of_body != step)
    return std::nullopt;
  return found;
}

// The numbers that the body sees of the counter.
std::optional<Numbers> numbers_of(const clang::ASTContext& context, const Counting& counting) {
  const clang::BinaryOperatorKind op = counting.op;
  const auto last = counting.last == nullptr ? std::optional<std::int64_t>(0)
                                             : constant_of(context, counting.last);
  if (counting.step == 1 && !counting.is_in_condition && counting.last != nullptr) {
    const auto first = constant_of(context, counting.first);
    const bool is_open = op == clang::BO_LT || op == clang::BO_NE;
    if (!first || (!is_open && op != clang::BO_LE)) return std::nullopt;
    return Numbers{*first, counting.last, is_open ? 0 : 1};
  }
  if (counting.step != -1 || !last) return std::nullopt;
  const bool is_above = op == clang::BO_GT || op == clang::BO_NE;
  if (!is_above && op != clang::BO_GE) return std::nullopt;
  const std::int64_t lowest = *last + (is_above ? 1 : 0);
  if (!counting.is_in_condition) return Numbers{lowest, counting.first, 1};
  // i-- > 0 sees what is below the number that is compared; --i >= 0 the number itself.
  return Numbers{counting.is_prefix ? lowest : lowest - 1, counting.first, 0};
}

// The arrays that a loop empties from their end, as long as the member beside them counts more than none:
// `while (count_ > 0) slots_[--count_] = nullptr;`.
struct Drained : clang::RecursiveASTVisitor<Drained> {
  Drained(Ranges& of, const clang::Expr* number) : ranges(of), count(number) {}

  bool VisitArraySubscriptExpr(clang::ArraySubscriptExpr* e) {
    note(ranges.begun(e->getBase()), e->getIdx());
    return true;
  }
  bool VisitCXXOperatorCallExpr(clang::CXXOperatorCallExpr* e) {
    if (e->getOperator() == clang::OO_Subscript && e->getNumArgs() == 2)
      note(ranges.whole(e->getArg(0)), e->getArg(1));
    return true;
  }
  void note(const clang::Expr* container, const clang::Expr* index) {
    index = unwrapped(index);
    if (const auto* step = llvm::dyn_cast<clang::UnaryOperator>(index))
      if (step->getOpcode() == clang::UO_PreDec) index = unwrapped(step->getSubExpr());
    if (container != nullptr && is_path(index) && is_same_path(index, count) &&
        ranges.is_count_beside(count, container))
      add_path(found, container);
  }

  Ranges& ranges;
  const clang::Expr* count;
  std::vector<const clang::Expr*> found;
};

// The member that a loop counts down to none by one change alone; else null.
const clang::Expr* counted_down(const clang::ASTContext& context, const clang::Stmt& loop) {
  const auto* const turning = llvm::dyn_cast<clang::WhileStmt>(&loop);
  if (turning == nullptr) return nullptr;
  const clang::Expr* count = unwrapped(turning->getCond());
  if (const auto compared = comparison_of(count)) {
    if ((compared->op != clang::BO_GT && compared->op != clang::BO_NE) ||
        constant_of(context, compared->right) != 0)
      return nullptr;
    count = unwrapped(compared->left);
  }
  if (!llvm::isa<clang::MemberExpr>(count) || !is_path(count)) return nullptr;
  const std::vector<Change> steps = changes_of(changes_in(loop), named_by(count));
  return steps.size() == 1 && steps.front().how == Change::How::Step &&
                 step_of(context, steps.front().at) == -1
             ? count
             : nullptr;
}

}  // namespace

std::vector<const clang::Expr*> walked_whole(const clang::ASTContext& context,
                                             const clang::Stmt& body, const clang::Stmt& loop) {
  std::vector<const clang::Expr*> found;
  const auto* const range = llvm::dyn_cast<clang::CXXForRangeStmt>(&loop);
  if (range == nullptr && !llvm::isa<clang::ForStmt, clang::WhileStmt>(loop)) return found;
  Ranges ranges(context, body);
  if (range != nullptr) {
    const clang::Expr* const init = range->getRangeInit();
    const clang::Expr* const container = init == nullptr ? nullptr : ranges.whole(init);
    if (container != nullptr && container->isGLValue()) found.push_back(container);
  } else if (const clang::Expr* const count = counted_down(context, loop)) {
    Drained visitor(ranges, count);
    visitor.TraverseStmt(const_cast<clang::Stmt*>(&loop));
    found = std::move(visitor.found);
  } else if (const auto head = loop_head_of(body, loop)) {
    const bool goes_on = head->op == clang::BO_NE || head->op == clang::BO_LT;
    const auto counting = counting_of(context, loop, *head);
    if (head->counter->getType()->isIntegralOrEnumerationType()) {
      const auto numbers = counting ? numbers_of(context, *counting) : std::nullopt;
      if (!numbers) return found;
      Subscripts visitor(ranges, head->counter, *numbers);
      visitor.TraverseStmt(const_cast<clang::Stmt*>(&loop));
      found = std::move(visitor.found);
    } else if (goes_on && head->last != nullptr &&
               (counting ? counting->step == 1 && !counting->is_in_condition
                         : erases_or_steps(context, loop, *head))) {
      ranges.set_counter(head->counter, head->first);
      if (const clang::Expr* const container = ranges.between(head->first, head->last))
        found.push_back(container);
    }
  }
  std::erase_if(found, [&](const clang::Expr* each) { return ranges.is_grown(each, loop); });
  return found;
}

const clang::Expr* given_whole(const clang::ASTContext& context, const clang::Stmt& body,
                               const std::vector<const clang::Expr*>& arguments) {
  if (arguments.empty()) return nullptr;
  Ranges ranges(context, body);
  const clang::Expr* found =
      arguments.size() > 1 ? ranges.between(arguments[0], arguments[1]) : nullptr;
  if (found == nullptr && record_of(arguments.front()->getType()) != nullptr)
    found = ranges.whole(arguments.front());
  if (found == nullptr && arguments.front()->getType()->isArrayType())
    found = ranges.whole(arguments.front());
  return found == nullptr || !found->isGLValue() || ranges.is_grown(found, *arguments.back())
             ? nullptr
             : found;
}

}  // namespace fa_check
