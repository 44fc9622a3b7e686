// SPDX-License-Identifier: MIT OR Apache-2.0
// How often a loop turns.
#include "facts/changes.hpp"
#include "facts/comparison.hpp"
#include "facts/counting.hpp"
#include "facts/loops.hpp"
#include "model/model.hpp"

#include <algorithm>

namespace fa_check {
namespace {

using How = Change::How;

bool is_flag(const clang::ValueDecl& declaration) {
  return declaration.getType().getNonReferenceType()->isBooleanType();
}

bool only_steps(const Changes& changes, const clang::ValueDecl* declaration) {
  const auto found = changes.of.find(declaration);
  return found != changes.of.end() &&
         std::all_of(found->second.begin(), found->second.end(),
                     [](const Change& change) { return change.how == How::Step; });
}

// A number, pointer or iterator that the loop moves on and that it did not make in this turn.
bool is_counter(const Changes& changes, const clang::ValueDecl* declaration) {
  if (declaration == nullptr || is_flag(*declaration) || changes.made.count(declaration) != 0)
    return false;
  const auto found = changes.of.find(declaration);
  if (found == changes.of.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(),
                     [](const Change& change) { return change.how == How::Step; });
}

bool is_made_by_call(const clang::Expr* made) {
  return made != nullptr && llvm::isa<clang::CallExpr, clang::CXXNewExpr>(bare(made));
}

// A pointer that the loop takes from itself: node = node->next.
bool is_cursor(const Changes& changes, const clang::ValueDecl* declaration) {
  if (declaration == nullptr || is_flag(*declaration) || changes.made.count(declaration) != 0)
    return false;
  const auto found = changes.of.find(declaration);
  if (found == changes.of.end()) return false;
  bool moves = false;
  for (const Change& change : found->second) {
    if (change.how != How::Assign) continue;
    // Node* next = node->next; ...; node = next;
    const auto made = changes.made.find(named_by(change.from));
    const bool from_itself = mentions(change.from, declaration) ||
                             (made != changes.made.end() && mentions(made->second, declaration));
    // A turn that makes an object and goes on with it walks along nothing.
    if (!from_itself && made != changes.made.end() && is_made_by_call(made->second)) return false;
    moves = moves || from_itself;
  }
  return moves;
}

bool moves_on(const Changes& changes, const clang::ValueDecl* declaration) {
  return is_counter(changes, declaration) || is_cursor(changes, declaration);
}

// Whether `container` is emptied in the loop, and nothing is put into it.
bool is_drained(const clang::Stmt& loop, const clang::ValueDecl* container) {
  if (container == nullptr) return false;
  struct Visitor : clang::RecursiveASTVisitor<Visitor> {
    bool VisitCXXMemberCallExpr(clang::CXXMemberCallExpr* call) {
      if (named_by(call->getImplicitObjectArgument()) != container) return true;
      const clang::CXXMethodDecl* const method = call->getMethodDecl();
      if (method == nullptr || !method->getDeclName().isIdentifier()) return true;
      const llvm::StringRef name = method->getName();
      takes = takes || name.starts_with("pop") || name == "erase" || name == "clear" ||
              name == "remove_prefix" || name == "remove_suffix" || name == "extract";
      puts = puts || name.starts_with("push") || name.starts_with("emplace") ||
             name.starts_with("insert") || name == "append";
      return true;
    }
    const clang::ValueDecl* container = nullptr;
    bool takes = false;
    bool puts = false;
  } visitor;
  visitor.container = container;
  visitor.TraverseStmt(const_cast<clang::Stmt*>(&loop));
  return visitor.takes && !visitor.puts;
}

// Whether the condition has something in it that ends the loop one day.
bool limits(const clang::Stmt& loop, const Changes& changes, const clang::Expr* condition) {
  if (condition == nullptr) return false;
  condition = bare(condition);
  if (const auto* e = llvm::dyn_cast<clang::BinaryOperator>(condition)) {
    if (e->isLogicalOp())
      return limits(loop, changes, e->getLHS()) || limits(loop, changes, e->getRHS());
  }
  if (const auto* e = llvm::dyn_cast<clang::UnaryOperator>(condition)) {
    if (e->getOpcode() == clang::UO_LNot) return limits(loop, changes, e->getSubExpr());
    // *text++, or what a cursor points at.
    if (e->getOpcode() == clang::UO_Deref) return moves_on(changes, counted_by(e->getSubExpr()));
  }
  if (const auto compared = comparison_of(condition))
    return limits(loop, changes, compared->left) || limits(loop, changes, compared->right);
  if (moves_on(changes, counted_by(condition))) return true;
  if (const auto* e = llvm::dyn_cast<clang::BinaryOperator>(condition))
    // (n & 1), i + 1, (node = node->next)
    return e->isAssignmentOp()
               ? moves_on(changes, named_by(e->getLHS()))
               : limits(loop, changes, e->getLHS()) || limits(loop, changes, e->getRHS());
  if (const auto* e = llvm::dyn_cast<clang::ArraySubscriptExpr>(condition))
    return moves_on(changes, counted_by(e->getIdx()));
  if (const auto* e = llvm::dyn_cast<clang::CXXOperatorCallExpr>(condition)) {
    if (e->getOperator() == clang::OO_Subscript && e->getNumArgs() == 2)
      return moves_on(changes, counted_by(e->getArg(1)));
    if (e->getOperator() == clang::OO_Star) return moves_on(changes, counted_by(e->getArg(0)));
    return false;
  }
  if (const auto* e = llvm::dyn_cast<clang::MemberExpr>(condition))
    return moves_on(changes, named_by(e->getBase()));
  if (const auto* e = llvm::dyn_cast<clang::CXXMemberCallExpr>(condition)) {
    const clang::CXXMethodDecl* const method = e->getMethodDecl();
    if (llvm::isa_and_nonnull<clang::CXXConversionDecl>(method))
      return moves_on(changes, named_by(e->getImplicitObjectArgument()));
    if (method == nullptr || !method->getDeclName().isIdentifier()) return false;
    if (tells_of_room(*method)) return true;
    return (method->getName() == "empty" || method->getName() == "size") &&
           is_drained(loop, named_by(e->getImplicitObjectArgument()));
  }
  return false;
}

// Whether an exit is taken only when memory was denied.
bool is_denial(const Exit& exit) {
  if (exit.conditions.empty()) return false;
  const clang::Expr* condition = bare(exit.conditions.back());
  if (const auto* e = llvm::dyn_cast<clang::UnaryOperator>(condition)) {
    if (e->getOpcode() != clang::UO_LNot) return false;
    const clang::QualType type = bare(e->getSubExpr())->getType();
    // A box, a slice or a handle that is asked whether it has anything.
    const auto* const asked = llvm::dyn_cast<clang::CXXMemberCallExpr>(bare(e->getSubExpr()));
    return type->isPointerType() ||
           (asked != nullptr &&
            llvm::isa_and_nonnull<clang::CXXConversionDecl>(asked->getMethodDecl()));
  }
  const auto compared = comparison_of(condition);
  if (!compared || compared->op != clang::BO_EQ) return false;
  const auto is_null = [](const clang::Expr* each) {
    return llvm::isa<clang::CXXNullPtrLiteralExpr>(each->IgnoreUnlessSpelledInSource()) ||
           llvm::isa<clang::GNUNullExpr>(each->IgnoreUnlessSpelledInSource());
  };
  return is_null(compared->left) || is_null(compared->right);
}

// Whether the value is the same on every turn.
bool is_fixed(const Changes& changes, const clang::Stmt* expression) {
  if (expression == nullptr) return false;
  if (const auto* e = llvm::dyn_cast<clang::DeclRefExpr>(expression)) {
    const auto* const variable = llvm::dyn_cast<clang::VarDecl>(e->getDecl());
    if (variable != nullptr && changes.touches(variable->getCanonicalDecl())) return false;
  }
  if (const auto* e = llvm::dyn_cast<clang::MemberExpr>(expression)) {
    const auto* const field = llvm::dyn_cast<clang::FieldDecl>(e->getMemberDecl());
    if (field != nullptr && changes.touches(field)) return false;
  }
  if (const auto* e = llvm::dyn_cast<clang::CallExpr>(expression)) {
    const clang::FunctionDecl* const function = e->getDirectCallee();
    const auto* const method = llvm::dyn_cast_or_null<clang::CXXMethodDecl>(function);
    if (function == nullptr) return false;
    const bool looks =
        function->isConstexpr() || (method != nullptr && method->isConst()) ||
        (method != nullptr && method->getDeclName().isIdentifier() &&
         llvm::is_contained({"end", "begin", "rend", "rbegin", "size", "data"}, method->getName()));
    if (!looks && !llvm::isa<clang::CXXOperatorCallExpr>(e)) {
      // std::size, std::ssize, std::end, std::min.
      const clang::DeclContext* const context = function->getDeclContext();
      if (!context->isStdNamespace()) return false;
    }
  }
  if (llvm::isa<clang::LambdaExpr>(expression)) return false;
  for (const clang::Stmt* child : expression->children())
    if (child != nullptr && !is_fixed(changes, child)) return false;
  return true;
}

// What is compared: the counter, and what is added to it first.
struct Counted {
  const clang::Expr* counter = nullptr;
  const clang::Expr* added = nullptr;  // null: nothing
  bool is_subtracted = false;
};

Counted counted_in(const Changes& changes, const clang::Expr* side) {
  const auto* const sum = llvm::dyn_cast<clang::BinaryOperator>(bare(side));
  if (sum == nullptr || !sum->isAdditiveOp()) return {side};
  if (is_fixed(changes, sum->getRHS()))
    return {sum->getLHS(), sum->getRHS(), sum->getOpcode() == clang::BO_Sub};
  if (sum->getOpcode() == clang::BO_Add && is_fixed(changes, sum->getLHS()))
    return {sum->getRHS(), sum->getLHS()};
  return {side};
}

// Fills `found` when the condition counts to something fixed.
bool counts(const clang::ASTContext& context, const clang::Stmt& loop, const Changes& changes,
            const clang::Expr* condition, LoopTurns& found) {
  condition = bare(condition);
  if (const auto* e = llvm::dyn_cast<clang::BinaryOperator>(condition))
    if (e->getOpcode() == clang::BO_LAnd)
      return counts(context, loop, changes, e->getLHS(), found) &&
             counts(context, loop, changes, e->getRHS(), found);
  const clang::ValueDecl* counter = nullptr;
  const clang::Expr* bound = nullptr;
  clang::BinaryOperatorKind op = clang::BO_NE;
  Counted counted;
  if (const auto compared = comparison_of(condition)) {
    op = compared->op;
    counted = counted_in(changes, compared->left);
    const bool swapped = !is_counter(changes, counted_by(counted.counter));
    if (swapped) counted = counted_in(changes, compared->right);
    counter = counted_by(counted.counter);
    bound = swapped ? compared->left : compared->right;
    if (swapped) op = clang::BinaryOperator::reverseComparisonOp(op);
    if (op == clang::BO_EQ || !is_fixed(changes, bound)) return false;
  } else {
    counter = counted_by(condition);  // while (n--)
  }
  if (!is_counter(changes, counter) || !only_steps(changes, counter)) return false;
  const std::vector<Change>& steps = changes.of.at(counter);
  if (steps.size() != 1 || !steps_once(loop, steps.front().at)) return false;
  const std::int64_t step = step_of(context, steps.front().at);
  if (step == 0) return false;
  const auto* const variable = llvm::dyn_cast<clang::VarDecl>(counter);
  const clang::Expr* const init = variable == nullptr ? nullptr : variable->getInit();
  const auto first = constant_of(context, init);
  auto last = bound == nullptr ? std::optional<std::int64_t>(0) : constant_of(context, bound);
  if (counted.added != nullptr && last) {
    const auto added = constant_of(context, counted.added);
    last = added ? std::optional(*last - (counted.is_subtracted ? -*added : *added)) : std::nullopt;
  }
  if (first && last && (step > 0 ? *last >= *first : *first >= *last)) {
    const std::int64_t distance = step > 0 ? *last - *first : *first - *last;
    const std::int64_t by = step > 0 ? step : -step;
    const bool closed = op == clang::BO_LE || op == clang::BO_GE;
    found.number = static_cast<std::uint64_t>((distance + (closed ? 1 : 0) + by - 1) / by);
  }
  if (first && *first == 0 && step == 1 && (op == clang::BO_LT || op == clang::BO_NE) &&
      llvm::isa<clang::ForStmt>(loop) && counted.added == nullptr) {
    found.counter = variable;
    found.bound = bound;
  }
  found.turns = Turns::Known;
  return true;
}

LoopTurns turns_of_range(const clang::ASTContext& context, const clang::CXXForRangeStmt& loop) {
  LoopTurns found;
  found.turns = Turns::Limited;
  found.range = loop.getRangeInit();
  if (found.range == nullptr) return found;
  const clang::QualType type = found.range->getType().getNonReferenceType();
  if (const auto* array = context.getAsConstantArrayType(type)) {
    found.turns = Turns::Known;
    found.number = array->getZExtSize();
    return found;
  }
  const clang::CXXRecordDecl* const record = type->getAsCXXRecordDecl();
  if (record == nullptr || !record->hasDefinition()) return found;
  const auto* const instance = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(record);
  if (instance != nullptr && instance->isInStdNamespace()) {
    const clang::TemplateArgumentList& arguments = instance->getTemplateArgs();
    if (instance->getName() == "array" && arguments.size() == 2) {
      found.number = arguments[1].getAsIntegral().getZExtValue();
    } else if (instance->getName() == "initializer_list") {
      const clang::Expr* list = found.range->IgnoreImplicit();
      if (const auto* made = llvm::dyn_cast<clang::CXXStdInitializerListExpr>(list))
        list = made->getSubExpr()->IgnoreImplicit();
      if (const auto* inits = llvm::dyn_cast<clang::InitListExpr>(list))
        found.number = inits->getNumInits();
    }
  }
  // What can tell its size.
  const clang::IdentifierInfo& size = const_cast<clang::ASTContext&>(context).Idents.get("size");
  const auto tells = [&](const clang::CXXRecordDecl* each) {
    return !each->lookup(clang::DeclarationName(&size)).empty();
  };
  bool sized = tells(record);
  record->forallBases([&](const clang::CXXRecordDecl* base) {
    sized = sized || tells(base);
    return true;
  });
  const clang::DeclStmt* const begin = loop.getBeginStmt();
  if (begin != nullptr && begin->isSingleDecl()) {
    const auto* const first = llvm::dyn_cast<clang::VarDecl>(begin->getSingleDecl());
    sized = sized || (first != nullptr && first->getType()->isPointerType());
  }
  if (sized) found.turns = Turns::Known;
  return found;
}

}  // namespace

LoopTurns turns_of(const clang::ASTContext& context, const clang::Stmt& loop) {
  const Changes changes = changes_in(loop);
  const bool leaves = !std::all_of(changes.exits.begin(), changes.exits.end(), is_denial);
  LoopTurns found;
  if (const auto* range = llvm::dyn_cast<clang::CXXForRangeStmt>(&loop)) {
    found = turns_of_range(context, *range);
    if (leaves && found.turns == Turns::Known) found.turns = Turns::Limited;
    return found;
  }
  const clang::Expr* condition = nullptr;
  if (const auto* e = llvm::dyn_cast<clang::ForStmt>(&loop)) condition = e->getCond();
  if (const auto* e = llvm::dyn_cast<clang::WhileStmt>(&loop)) condition = e->getCond();
  if (const auto* e = llvm::dyn_cast<clang::DoStmt>(&loop)) condition = e->getCond();
  if (condition != nullptr && counts(context, loop, changes, condition, found)) {
    if (leaves) found.turns = Turns::Limited;
    return found;
  }
  found = LoopTurns();
  bool ends = limits(loop, changes, condition);
  // do { } while (false) turns once.
  bool outcome = true;
  if (condition != nullptr && !condition->isValueDependent() &&
      condition->EvaluateAsBooleanCondition(outcome, context) && !outcome)
    ends = true;
  for (const Exit& exit : changes.exits) {
    if (exit.conditions.empty() && llvm::isa<clang::ReturnStmt, clang::BreakStmt>(exit.at)) {
      // Left at the end of the first turn, or in a switch: nothing that counts.
      continue;
    }
    for (const clang::Expr* each : exit.conditions) ends = ends || limits(loop, changes, each);
  }
  if (ends) found.turns = Turns::Limited;
  return found;
}

}  // namespace fa_check
