// SPDX-License-Identifier: MIT OR Apache-2.0
#include "facts/changes.hpp"

#include "model/model.hpp"

#include <utility>

namespace fa_check {

const clang::ValueDecl* named_by(const clang::Expr* expression) {
  if (expression == nullptr) return nullptr;
  expression = expression->IgnoreParenImpCasts();
  if (const auto* cleanup = llvm::dyn_cast<clang::FullExpr>(expression))
    return named_by(cleanup->getSubExpr());
  if (const auto* made = llvm::dyn_cast<clang::MaterializeTemporaryExpr>(expression))
    return named_by(made->getSubExpr());
  // A copy of an iterator.
  if (const auto* copy = llvm::dyn_cast<clang::CXXConstructExpr>(expression))
    return copy->getNumArgs() == 1 && copy->getConstructor()->isCopyOrMoveConstructor()
               ? named_by(copy->getArg(0))
               : nullptr;
  if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(expression)) {
    const auto* const variable = llvm::dyn_cast<clang::VarDecl>(name->getDecl());
    return variable == nullptr ? nullptr : variable->getCanonicalDecl();
  }
  if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(expression))
    return llvm::dyn_cast<clang::FieldDecl>(member->getMemberDecl());
  return nullptr;
}

bool mentions(const clang::Stmt* expression, const clang::ValueDecl* declaration) {
  if (expression == nullptr || declaration == nullptr) return false;
  if (const auto* each = llvm::dyn_cast<clang::DeclRefExpr>(expression))
    if (each->getDecl()->getCanonicalDecl() == declaration->getCanonicalDecl()) return true;
  if (const auto* each = llvm::dyn_cast<clang::MemberExpr>(expression))
    if (each->getMemberDecl() == declaration) return true;
  for (const clang::Stmt* child : expression->children())
    if (mentions(child, declaration)) return true;
  return false;
}

namespace {

using How = Change::How;

class Walk : public clang::RecursiveASTVisitor<Walk> {
 public:
  explicit Walk(Changes& changes) : changes_(changes) {}
  bool shouldVisitImplicitCode() const { return true; }

  bool VisitUnaryOperator(clang::UnaryOperator* e) {
    if (e->isIncrementDecrementOp()) add(e->getSubExpr(), How::Step, e);
    if (e->getOpcode() == clang::UO_AddrOf) add(e->getSubExpr(), How::Other, e);
    return true;
  }
  bool VisitBinaryOperator(clang::BinaryOperator* e) {
    if (!e->isAssignmentOp()) return true;
    if (e->isCompoundAssignmentOp()) {
      add(e->getLHS(), How::Step, e);
      return true;
    }
    const clang::ValueDecl* const target = named_by(e->getLHS());
    // i = i + 1 is a step of a number.
    const bool steps = target != nullptr && target->getType()->isArithmeticType() &&
                       llvm::isa<clang::BinaryOperator>(e->getRHS()->IgnoreParenImpCasts()) &&
                       mentions(e->getRHS(), target);
    add(e->getLHS(), steps ? How::Step : How::Assign, e, e->getRHS());
    return true;
  }
  bool VisitCallExpr(clang::CallExpr* call) {
    const clang::FunctionDecl* const function = call->getDirectCallee();
    const auto* const op = llvm::dyn_cast<clang::CXXOperatorCallExpr>(call);
    if (op != nullptr && op->getNumArgs() > 0) {
      const clang::OverloadedOperatorKind kind = op->getOperator();
      if (kind == clang::OO_PlusPlus || kind == clang::OO_MinusMinus ||
          kind == clang::OO_PlusEqual || kind == clang::OO_MinusEqual) {
        add(op->getArg(0), How::Step, op);
        return true;
      }
      if (kind == clang::OO_Equal && op->getNumArgs() == 2) {
        add(op->getArg(0), How::Assign, op, op->getArg(1));
        return true;
      }
    }
    if (const auto* member = llvm::dyn_cast<clang::CXXMemberCallExpr>(call)) {
      const clang::CXXMethodDecl* const method = member->getMethodDecl();
      if (method != nullptr && !method->isConst() && !only_looks(*method))
        add(member->getImplicitObjectArgument(),
            member->getImplicitObjectArgument()->getType()->isPointerType() ? How::Through
                                                                            : How::Other,
            call);
    }
    if (function == nullptr || only_forwards(*function)) return true;
    const bool skips_object = op != nullptr && llvm::isa<clang::CXXMethodDecl>(function);
    for (unsigned i = 0; i < function->getNumParams(); ++i) {
      const unsigned index = i + (skips_object ? 1 : 0);
      if (index >= call->getNumArgs()) break;
      const clang::QualType type = function->getParamDecl(i)->getType();
      if (type->isLValueReferenceType() && !type.getNonReferenceType().isConstQualified())
        add(call->getArg(index), How::Other, call);
    }
    return true;
  }
  bool VisitVarDecl(clang::VarDecl* variable) {
    changes_.made[variable->getCanonicalDecl()] = variable->getInit();
    return true;
  }
  bool TraverseLambdaExpr(clang::LambdaExpr* lambda) {
    // What its body does is done whenever it is called: taken to be in this turn.
    const auto outer = std::exchange(breaks_, breaks_ + 1);
    const bool in_lambda = std::exchange(in_lambda_, true);
    TraverseStmt(lambda->getBody());
    in_lambda_ = in_lambda;
    breaks_ = outer;
    for (clang::Expr* init : lambda->capture_inits()) TraverseStmt(init);
    return true;
  }
  bool TraverseIfStmt(clang::IfStmt* statement) {
    TraverseStmt(statement->getInit());
    TraverseStmt(statement->getConditionVariableDeclStmt());
    TraverseStmt(statement->getCond());
    conditions_.push_back(statement->getCond());
    TraverseStmt(statement->getThen());
    TraverseStmt(statement->getElse());
    conditions_.pop_back();
    return true;
  }
#define FA_TRAVERSE(Kind)                                            \
  bool Traverse##Kind(clang::Kind* inner) {                          \
    const auto outer = std::exchange(breaks_, breaks_ + 1);          \
    const bool goes_on = RecursiveASTVisitor::Traverse##Kind(inner); \
    breaks_ = outer;                                                 \
    return goes_on;                                                  \
  }
  FA_TRAVERSE(ForStmt)
  FA_TRAVERSE(WhileStmt)
  FA_TRAVERSE(DoStmt)
  FA_TRAVERSE(CXXForRangeStmt)
  FA_TRAVERSE(SwitchStmt)
#undef FA_TRAVERSE
  bool VisitBreakStmt(clang::BreakStmt* statement) { return leave(statement, breaks_ == 0); }
  bool VisitReturnStmt(clang::ReturnStmt* statement) { return leave(statement, !in_lambda_); }
  bool VisitCoreturnStmt(clang::CoreturnStmt* statement) { return leave(statement, !in_lambda_); }
  bool VisitGotoStmt(clang::GotoStmt* statement) { return leave(statement, !in_lambda_); }

 private:
  // Members of containers that are not const and change nothing.
  static bool only_looks(const clang::CXXMethodDecl& method) {
    if (!method.getDeclName().isIdentifier()) {
      const clang::OverloadedOperatorKind op = method.getOverloadedOperator();
      return op == clang::OO_Subscript || op == clang::OO_Star || op == clang::OO_Arrow;
    }
    return llvm::is_contained({"begin", "end", "data", "size", "front", "back", "at", "find", "get",
                               "rbegin", "rend", "top"},
                              method.getName());
  }
  // Functions that hand their arguments on to a constructor.
  static bool only_forwards(const clang::FunctionDecl& function) {
    if (is_in_framealloc(function)) return true;
    if (!is_in_std(function) || !function.getDeclName().isIdentifier()) return false;
    const llvm::StringRef name = function.getName();
    return name.starts_with("emplace") || name.starts_with("make_") ||
           name.starts_with("construct") ||
           llvm::is_contained({"try_emplace", "insert_or_assign", "forward", "invoke", "min", "max",
                               "clamp", "as_const", "tie"},
                              name);
  }
  bool leave(const clang::Stmt* statement, bool leaves) {
    if (leaves) changes_.exits.push_back({statement, conditions_});
    return true;
  }
  void add(const clang::Expr* target, How how, const clang::Stmt* at,
           const clang::Expr* from = nullptr) {
    if (const clang::ValueDecl* declaration = named_by(target))
      changes_.of[declaration].push_back({how, at, from});
  }

  Changes& changes_;
  unsigned breaks_ = 0;
  bool in_lambda_ = false;
  std::vector<const clang::Expr*> conditions_;
};

}  // namespace

std::vector<Change> changes_of(const Changes& changes, const clang::ValueDecl* declaration) {
  const auto known = changes.of.find(declaration);
  if (known == changes.of.end()) return {};
  std::vector<Change> found = known->second;
  std::erase_if(found, [](const Change& change) { return change.how == How::Through; });
  return found;
}

Changes changes_in(const clang::Stmt& loop) {
  Changes changes;
  Walk walk(changes);
  const auto go = [&](const clang::Stmt* statement) {
    walk.TraverseStmt(const_cast<clang::Stmt*>(statement));
  };
  if (const auto* e = llvm::dyn_cast<clang::ForStmt>(&loop)) {
    go(e->getConditionVariableDeclStmt());
    go(e->getCond());
    go(e->getInc());
    go(e->getBody());
  } else if (const auto* while_loop = llvm::dyn_cast<clang::WhileStmt>(&loop)) {
    go(while_loop->getConditionVariableDeclStmt());
    go(while_loop->getCond());
    go(while_loop->getBody());
  } else if (const auto* do_loop = llvm::dyn_cast<clang::DoStmt>(&loop)) {
    go(do_loop->getBody());
    go(do_loop->getCond());
  } else if (const auto* range = llvm::dyn_cast<clang::CXXForRangeStmt>(&loop)) {
    go(range->getLoopVarStmt());
    go(range->getBody());
  } else {
    go(&loop);
  }
  return changes;
}

}  // namespace fa_check
