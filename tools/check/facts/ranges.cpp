// SPDX-License-Identifier: MIT OR Apache-2.0
#include "facts/ranges.hpp"

#include "facts/comparison.hpp"
#include "model/model.hpp"

#include <algorithm>

namespace fa_check {
namespace {

bool is_among(llvm::StringRef name, std::initializer_list<llvm::StringRef> names) {
  return llvm::is_contained(names, name);
}

bool is_view(clang::QualType type) {
  const clang::CXXRecordDecl* const record = record_of(type);
  if (record == nullptr) return false;
  const std::string name = plain_name(*record);
  return name == "std::span" || llvm::StringRef(name).starts_with("std::ranges::");
}

// Whether it is made of another one, or an iterator to const of one that is not.
bool is_copy(const clang::CXXConstructExpr& made) {
  if (made.getNumArgs() == 0 ||
      (made.getNumArgs() > 1 && !llvm::isa<clang::CXXDefaultArgExpr>(made.getArg(1))))
    return false;
  if (made.getConstructor()->isCopyOrMoveConstructor()) return true;
  const std::string to = plain_name(*made.getConstructor()->getParent());
  const clang::CXXRecordDecl* const from = record_of(made.getArg(0)->getType());
  return from != nullptr && plain_name(*from) == to && llvm::StringRef(to).contains("iterator");
}

llvm::StringRef name_of_object(const clang::Expr* object) {
  const auto* const e = llvm::dyn_cast<clang::DeclRefExpr>(unwrapped(object));
  const bool is_named = e != nullptr && e->getDecl()->getDeclName().isIdentifier();
  return is_named && is_in_std(*e->getDecl()) ? e->getDecl()->getName() : llvm::StringRef();
}

}  // namespace

bool is_path(const clang::Expr* expression) {
  expression = expression->IgnoreParenImpCasts();
  if (const auto* e = llvm::dyn_cast<clang::MemberExpr>(expression))
    return llvm::isa<clang::FieldDecl>(e->getMemberDecl()) && is_path(e->getBase());
  return llvm::isa<clang::DeclRefExpr, clang::CXXThisExpr>(expression);
}

bool is_same_path(const clang::Expr* a, const clang::Expr* b) {
  a = a->IgnoreParenImpCasts();
  b = b->IgnoreParenImpCasts();
  if (const auto* e = llvm::dyn_cast<clang::MemberExpr>(a)) {
    const auto* const other = llvm::dyn_cast<clang::MemberExpr>(b);
    return other != nullptr && e->getMemberDecl() == other->getMemberDecl() &&
           is_same_path(e->getBase(), other->getBase());
  }
  if (const auto* e = llvm::dyn_cast<clang::DeclRefExpr>(a)) {
    const auto* const other = llvm::dyn_cast<clang::DeclRefExpr>(b);
    return other != nullptr && e->getDecl() == other->getDecl();
  }
  return llvm::isa<clang::CXXThisExpr>(a) && llvm::isa<clang::CXXThisExpr>(b);
}

const clang::Expr* unwrapped(const clang::Expr* expression) {
  for (;;) {
    const clang::Expr* const before = expression;
    expression = bare(expression);
    if (const auto* cast = llvm::dyn_cast<clang::CastExpr>(expression))
      expression = cast->getSubExpr();
    else if (const auto* made = llvm::dyn_cast<clang::MaterializeTemporaryExpr>(expression))
      expression = made->getSubExpr();
    else if (const auto* bound = llvm::dyn_cast<clang::CXXBindTemporaryExpr>(expression))
      expression = bound->getSubExpr();
    else if (const auto* copy = llvm::dyn_cast<clang::CXXConstructExpr>(expression))
      if (is_copy(*copy)) expression = copy->getArg(0);
    if (expression == before) return expression;
  }
}

std::optional<std::uint64_t> extent_of(const clang::ASTContext& context, clang::QualType type) {
  if (const auto* array = context.getAsConstantArrayType(type)) return array->getZExtSize();
  const clang::CXXRecordDecl* const record = record_of(type);
  const auto* const instance =
      llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(record);
  if (instance == nullptr || plain_name(*instance) != "std::array") return std::nullopt;
  return instance->getTemplateArgs()[1].getAsIntegral().getZExtValue();
}

Called called_by(const clang::Expr* expression) {
  Called found;
  const auto* const call = llvm::dyn_cast<clang::CallExpr>(expression);
  const clang::FunctionDecl* const function = call == nullptr ? nullptr : call->getDirectCallee();
  if (function == nullptr) return found;
  found.arguments.assign(call->arg_begin(), call->arg_end());
  if (const auto* member = llvm::dyn_cast<clang::CXXMemberCallExpr>(call)) {
    if (member->getImplicitObjectArgument() == nullptr) return {};
    found.arguments.insert(found.arguments.begin(), member->getImplicitObjectArgument());
  } else if (const auto* op = llvm::dyn_cast<clang::CXXOperatorCallExpr>(call)) {
    if (op->getOperator() == clang::OO_Call) {
      found.name = name_of_object(op->getArg(0));
      found.arguments.erase(found.arguments.begin());
    } else if (op->getOperator() == clang::OO_Pipe && op->getNumArgs() == 2) {
      found.name = name_of_object(op->getArg(1));
      found.arguments.pop_back();
    }
    return found;
  } else if (!is_in_std(*function)) {
    return {};
  }
  if (function->getDeclName().isIdentifier()) found.name = function->getName();
  return found;
}

std::vector<const clang::CXXMemberCallExpr*> calls_that_add(const clang::Stmt& body,
                                                            const clang::Expr* container) {
  struct Visitor : clang::RecursiveASTVisitor<Visitor> {
    bool VisitCXXMemberCallExpr(clang::CXXMemberCallExpr* call) {
      const clang::CXXMethodDecl* const method = call->getMethodDecl();
      const clang::Expr* const object = call->getImplicitObjectArgument();
      if (method == nullptr || object == nullptr || !method->getDeclName().isIdentifier())
        return true;
      const llvm::StringRef name = method->getName();
      const bool adds = name.starts_with("push") || name.starts_with("emplace") ||
                        name.starts_with("insert") ||
                        is_among(name, {"resize", "append", "assign", "swap", "merge", "splice"});
      if (adds && is_path(object) && is_same_path(object, container)) found.push_back(call);
      return true;
    }
    const clang::Expr* container = nullptr;
    std::vector<const clang::CXXMemberCallExpr*> found;
  } visitor;
  visitor.container = container;
  visitor.TraverseStmt(const_cast<clang::Stmt*>(&body));
  return std::move(visitor.found);
}

const clang::Expr* Ranges::whole(const clang::Expr* range) {
  range = unwrapped(range);
  if (is_view(range->getType())) {
    if (const auto* init = fixed(range)) {
      if (const auto* found = whole(init)) return found;
    } else if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(range)) {
      const unsigned given = made->getNumArgs();
      if (given == 1) return whole(made->getArg(0));
      return given == 2 ? between(made->getArg(0), made->getArg(1)) : nullptr;
    }
  }
  if (is_path(range)) return range;
  const Called called = called_by(range);
  return is_among(called.name, {"all", "reverse", "as_const"}) && called.arguments.size() == 1
             ? whole(called.arguments.front())
             : nullptr;
}

const clang::Expr* Ranges::between(const clang::Expr* first, const clang::Expr* last) {
  const clang::Expr* const container = begun(first);
  if (container == nullptr) return nullptr;
  const clang::Expr* const ended = end(last);
  if (ended != nullptr && is_same_path(container, ended)) return container;
  return is_size(last, container) ? container : nullptr;
}

bool Ranges::is_size(const clang::Expr* number, const clang::Expr* container, std::int64_t added) {
  if (const auto constant = constant_of(context_, number)) {
    const auto extent = extent_of(context_, container->getType());
    return extent && *constant + added == static_cast<std::int64_t>(*extent);
  }
  const Shifted shifted = shifted_by(number);
  const clang::Expr* const asked = unwrapped(shifted.base);
  if (const auto* init = fixed(asked)) return is_size(init, container, shifted.by + added);
  if (shifted.by + added == 0 && is_count_beside(asked, container)) return true;
  const Called called = called_by(asked);
  if (!is_among(called.name, {"size", "ssize"}) || called.arguments.size() != 1) return false;
  const clang::Expr* const of = whole(called.arguments.front());
  return of != nullptr && shifted.by + added == 0 && is_same_path(of, container);
}

bool Ranges::is_count_beside(const clang::Expr* number, const clang::Expr* container) const {
  const auto* const count = llvm::dyn_cast<clang::MemberExpr>(number);
  const auto* const array = llvm::dyn_cast<clang::MemberExpr>(container->IgnoreParenImpCasts());
  return count != nullptr && array != nullptr &&
         llvm::isa<clang::FieldDecl>(count->getMemberDecl()) &&
         extent_of(context_, container->getType()) && is_path(count->getBase()) &&
         is_same_path(count->getBase(), array->getBase());
}

void Ranges::set_counter(const clang::VarDecl* counter, const clang::Expr* first) {
  counter_ = counter;
  first_ = first;
}

Shifted Ranges::shifted_by(const clang::Expr* expression) const {
  const auto* const sum = llvm::dyn_cast<clang::BinaryOperator>(unwrapped(expression));
  if (sum == nullptr || !sum->isAdditiveOp()) return {expression, 0};
  const auto by = constant_of(context_, sum->getRHS());
  if (!by) return {expression, 0};
  return {sum->getLHS(), sum->getOpcode() == clang::BO_Sub ? -*by : *by};
}

bool Ranges::is_grown(const clang::Expr* container, const clang::Stmt& loop) const {
  if (asked_.isInvalid()) return false;
  const clang::SourceManager& sources = context_.getSourceManager();
  const auto calls = calls_that_add(body_, container);
  return std::any_of(calls.begin(), calls.end(), [&](const clang::CXXMemberCallExpr* call) {
    return sources.isBeforeInTranslationUnit(asked_, call->getExprLoc()) &&
           sources.isBeforeInTranslationUnit(call->getExprLoc(), loop.getEndLoc());
  });
}

const clang::Expr* Ranges::begun(const clang::Expr* first) {
  first = unwrapped(first);
  if (const auto* init = fixed(first)) return begun(init);
  if (first->getType()->isArrayType() && is_path(first)) return first;
  if (const auto* e = llvm::dyn_cast<clang::UnaryOperator>(first))
    if (e->getOpcode() == clang::UO_AddrOf) return subscripted(e->getSubExpr(), true);
  const Called called = called_by(first);
  return is_among(called.name, {"begin", "cbegin", "rbegin", "crbegin", "data"}) &&
                 called.arguments.size() == 1
             ? whole(called.arguments.front())
             : nullptr;
}

const clang::Expr* Ranges::end(const clang::Expr* last) {
  last = unwrapped(last);
  if (const auto* init = fixed(last)) return end(init);
  if (const auto* e = llvm::dyn_cast<clang::UnaryOperator>(last))
    if (e->getOpcode() == clang::UO_AddrOf) return subscripted(e->getSubExpr(), false);
  const clang::Expr* sum[2] = {};
  if (const auto* e = llvm::dyn_cast<clang::BinaryOperator>(last)) {
    if (e->getOpcode() == clang::BO_Add) sum[0] = e->getLHS(), sum[1] = e->getRHS();
  } else if (const auto* op = llvm::dyn_cast<clang::CXXOperatorCallExpr>(last)) {
    if (op->getOperator() == clang::OO_Plus) sum[0] = op->getArg(0), sum[1] = op->getArg(1);
  }
  if (sum[0] != nullptr) {
    const clang::Expr* const container = begun(sum[0]);
    return container != nullptr && is_size(sum[1], container) ? container : nullptr;
  }
  const Called called = called_by(last);
  return is_among(called.name, {"end", "cend", "rend", "crend"}) && called.arguments.size() == 1
             ? whole(called.arguments.front())
             : nullptr;
}

const clang::Expr* Ranges::subscripted(const clang::Expr* element, bool is_first) {
  element = unwrapped(element);
  const clang::Expr* base = nullptr;
  const clang::Expr* index = nullptr;
  if (const auto* e = llvm::dyn_cast<clang::ArraySubscriptExpr>(element)) {
    base = e->getBase();
    index = e->getIdx();
  } else if (const auto* op = llvm::dyn_cast<clang::CXXOperatorCallExpr>(element)) {
    if (op->getOperator() != clang::OO_Subscript || op->getNumArgs() != 2) return nullptr;
    base = op->getArg(0);
    index = op->getArg(1);
  }
  const clang::Expr* const container = base == nullptr ? nullptr : whole(base);
  if (container == nullptr) return nullptr;
  if (is_first) return constant_of(context_, index) == 0 ? container : nullptr;
  return is_size(index, container) ? container : nullptr;
}

const clang::Expr* Ranges::fixed(const clang::Expr* expression) {
  const auto* const name = llvm::dyn_cast<clang::DeclRefExpr>(expression);
  const auto* const variable =
      name == nullptr ? nullptr : llvm::dyn_cast<clang::VarDecl>(name->getDecl());
  if (variable == nullptr || !variable->isLocalVarDecl() || variable->getType()->isReferenceType())
    return nullptr;
  if (variable == counter_) return first_;
  if (!changes_) changes_ = changes_in(body_);
  if (!changes_of(*changes_, variable->getCanonicalDecl()).empty() ||
      variable->getInit() == nullptr)
    return nullptr;
  const clang::SourceManager& sources = context_.getSourceManager();
  if (asked_.isInvalid() || sources.isBeforeInTranslationUnit(variable->getLocation(), asked_))
    asked_ = variable->getLocation();
  return variable->getInit();
}

}  // namespace fa_check
