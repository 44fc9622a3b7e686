// SPDX-License-Identifier: MIT OR Apache-2.0
#include "flow/arguments.hpp"

#include "facts/ranges.hpp"
#include "flow/names.hpp"
#include "model/model.hpp"

#include <algorithm>

namespace fa_check {

bool is_closure(const clang::Expr* argument) {
  const clang::CXXRecordDecl* const record = record_of(argument->getType());
  return record != nullptr && record->isLambda();
}

std::string literal_of(const clang::Expr* expression) {
  expression = expression->IgnoreUnlessSpelledInSource();
  while (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(expression)) {
    if (made->getNumArgs() == 0) break;
    expression = made->getArg(0)->IgnoreUnlessSpelledInSource();
  }
  const auto* const text = llvm::dyn_cast<clang::StringLiteral>(expression);
  return text == nullptr || text->getCharByteWidth() != 1 ? "" : text->getString().str();
}

std::string policy_of(const clang::Expr* expression) {
  expression = expression->IgnoreUnlessSpelledInSource();
  if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(expression)) {
    const auto* const constant = llvm::dyn_cast<clang::VarDecl>(name->getDecl());
    if (constant != nullptr && constant->getInit() != nullptr &&
        constant->getType().isConstQualified() && !is_in_framealloc(*constant))
      return policy_of(constant->getInit());
    return name->getDecl()->getNameAsString();
  }
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(expression))
    if (const clang::FunctionDecl* function = call->getDirectCallee())
      return function->getNameAsString();
  if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(expression))
    if (made->getNumArgs() > 0) return policy_of(made->getArg(0));
  return "";
}

std::optional<unsigned> frames_in_flight_of(const clang::ASTContext& context,
                                            const clang::Expr* init) {
  struct Visitor : clang::RecursiveASTVisitor<Visitor> {
    void note(const clang::Expr* given) {
      if (const auto* other = llvm::dyn_cast<clang::CXXDefaultInitExpr>(given))
        given = other->getExpr();
      clang::Expr::EvalResult result;
      if (given->isValueDependent() || !given->EvaluateAsInt(result, *context)) return;
      // What is set later counts, and the default is the least.
      const auto number = static_cast<unsigned>(result.Val.getInt().getLimitedValue(4));
      frames = std::max(frames.value_or(0), number);
    }
    // A function that makes the configuration.
    bool VisitCallExpr(clang::CallExpr* call) {
      const clang::FunctionDecl* const function = call->getDirectCallee();
      const clang::CXXRecordDecl* const record = record_of(call->getType().getNonReferenceType());
      if (function == nullptr || record == nullptr || !is_configuration(*record)) return true;
      if (function->getDeclName().isIdentifier() &&
          function->getName() == "with_frames_in_flight" && call->getNumArgs() == 1) {
        note(call->getArg(0));
        return true;
      }
      const clang::FunctionDecl* definition = nullptr;
      if (depth > 2 || is_in_framealloc(*function) || !function->hasBody(definition)) return true;
      ++depth;
      TraverseStmt(definition->getBody());
      --depth;
      return true;
    }
    bool VisitBinaryOperator(clang::BinaryOperator* assignment) {
      if (assignment->getOpcode() != clang::BO_Assign) return true;
      const auto* const member =
          llvm::dyn_cast<clang::MemberExpr>(assignment->getLHS()->IgnoreParens());
      const auto* const field =
          member == nullptr ? nullptr : llvm::dyn_cast<clang::FieldDecl>(member->getMemberDecl());
      if (field == nullptr || field->getName() != "frames_in_flight") return true;
      const auto* const record = llvm::dyn_cast<clang::CXXRecordDecl>(field->getParent());
      if (record != nullptr && is_configuration(*record)) note(assignment->getRHS());
      return true;
    }
    bool VisitInitListExpr(clang::InitListExpr* list) {
      const clang::CXXRecordDecl* const record = record_of(list->getType());
      if (!list->isSemanticForm() || record == nullptr || !is_configuration(*record)) return true;
      unsigned index = record->getNumBases();
      for (const clang::FieldDecl* field : record->fields()) {
        if (index >= list->getNumInits()) break;
        const clang::Expr* const given = list->getInit(index++);
        if (field->getName() == "frames_in_flight") note(given);
      }
      return true;
    }
    const clang::ASTContext* context = nullptr;
    std::optional<unsigned> frames;
    unsigned depth = 0;
  } visitor;
  visitor.context = &context;
  visitor.TraverseStmt(const_cast<clang::Expr*>(init));
  return visitor.frames && *visitor.frames >= 1 ? visitor.frames : std::nullopt;
}

std::optional<std::int64_t> constant_of_variable(const clang::ASTContext& context,
                                                 const clang::Expr* name) {
  name = name->IgnoreParens();
  const clang::ValueDecl* declaration = nullptr;
  if (const auto* e = llvm::dyn_cast<clang::DeclRefExpr>(name)) declaration = e->getDecl();
  if (const auto* e = llvm::dyn_cast<clang::MemberExpr>(name)) declaration = e->getMemberDecl();
  const auto* const variable = llvm::dyn_cast_or_null<clang::VarDecl>(declaration);
  if (variable == nullptr || variable->getType()->isReferenceType() || name->isValueDependent() ||
      !variable->mightBeUsableInConstantExpressions(context))
    return std::nullopt;
  clang::Expr::EvalResult result;
  if (!name->EvaluateAsInt(result, context) || !result.Val.getInt().isRepresentableByInt64())
    return std::nullopt;
  return result.Val.getInt().getExtValue();
}

namespace {

struct Indexed {
  const clang::ValueDecl* array = nullptr;
  std::int64_t index = 0;
};

// The named array that the expression looks into, and the constant that says where; no array when it does not.
Indexed indexed_in(const clang::ASTContext& context, const clang::Stmt* statement) {
  const auto* expression = llvm::dyn_cast_or_null<clang::Expr>(statement);
  for (unsigned steps = 0; expression != nullptr && steps < 24; ++steps) {
    expression = expression->IgnoreUnlessSpelledInSource();
    const clang::Expr* array = nullptr;
    const clang::Expr* index = nullptr;
    if (const auto* e = llvm::dyn_cast<clang::ArraySubscriptExpr>(expression)) {
      array = e->getBase()->IgnoreParenImpCasts();
      index = e->getIdx();
      if (!array->getType()->isArrayType()) index = nullptr;
    } else if (const auto* call = llvm::dyn_cast<clang::CXXOperatorCallExpr>(expression)) {
      if (call->getNumArgs() == 0) return {};
      array = call->getArg(0)->IgnoreParenImpCasts();
      const clang::CXXRecordDecl* const record = record_of(array->getType());
      if (call->getOperator() == clang::OO_Subscript && call->getNumArgs() == 2 &&
          record != nullptr && plain_name(*record) == "std::array")
        index = call->getArg(1);
    } else if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(expression)) {
      array = member->getBase();
    } else if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(expression)) {
      array = unary->getSubExpr();
    } else if (const auto* asked = llvm::dyn_cast<clang::CXXMemberCallExpr>(expression)) {
      array = asked->getImplicitObjectArgument();
    } else {
      return {};
    }
    clang::Expr::EvalResult result;
    if (index != nullptr && !index->isValueDependent() && index->EvaluateAsInt(result, context)) {
      const clang::ValueDecl* name = nullptr;
      if (const auto* e = llvm::dyn_cast<clang::DeclRefExpr>(array)) name = e->getDecl();
      const auto* const field = llvm::dyn_cast<clang::MemberExpr>(array);
      if (field != nullptr && llvm::isa<clang::CXXThisExpr>(field->getBase()->IgnoreImpCasts()))
        name = field->getMemberDecl();
      if (name != nullptr) return {name, result.Val.getInt().getExtValue()};
    }
    expression = array;
  }
  return {};
}

}  // namespace

bool are_other_elements(const clang::ASTContext& context, const clang::Stmt* a,
                        const clang::Stmt* b) {
  const Indexed left = indexed_in(context, a);
  if (left.array == nullptr) return false;
  const Indexed right = indexed_in(context, b);
  return left.array == right.array && left.index != right.index;
}

namespace {

bool are_same_words(const clang::ASTContext& context, const clang::Expr* a, const clang::Expr* b) {
  if (a->HasSideEffects(context, /*IncludePossibleEffects=*/false)) return false;
  llvm::FoldingSetNodeID of_a;
  llvm::FoldingSetNodeID of_b;
  a->IgnoreUnlessSpelledInSource()->Profile(of_a, context, /*Canonical=*/true);
  b->IgnoreUnlessSpelledInSource()->Profile(of_b, context, /*Canonical=*/true);
  return of_a == of_b;
}

// An element of a container, by its key or index.
struct Entry {
  const clang::Expr* container = nullptr;
  const clang::Expr* key = nullptr;
};

Entry entry_in(const clang::Stmt* statement) {
  const auto* expression = llvm::dyn_cast_or_null<clang::Expr>(statement);
  for (unsigned steps = 0; expression != nullptr && steps < 24; ++steps) {
    expression = expression->IgnoreUnlessSpelledInSource();
    if (const auto* e = llvm::dyn_cast<clang::MemberExpr>(expression)) {
      expression = e->getBase();
    } else if (const auto* op = llvm::dyn_cast<clang::CXXOperatorCallExpr>(expression)) {
      if (op->getNumArgs() == 0) return {};
      if (op->getOperator() == clang::OO_Subscript && op->getNumArgs() == 2)
        return {op->getArg(0), op->getArg(1)};
      expression = op->getArg(0);
    } else if (const auto* call = llvm::dyn_cast<clang::CXXMemberCallExpr>(expression)) {
      const clang::CXXMethodDecl* const method = call->getMethodDecl();
      if (method == nullptr || call->getNumArgs() == 0) return {};
      return is_one_of(name_of(method),
                       {"at", "find", "emplace", "try_emplace", "insert_or_assign"})
                 ? Entry{call->getImplicitObjectArgument(), call->getArg(0)}
                 : Entry{};
    } else {
      return {};
    }
  }
  return {};
}

}  // namespace

bool is_same_element(const clang::ASTContext& context, const clang::Stmt* a, const clang::Stmt* b) {
  const auto target_of = [](const clang::Stmt* statement) {
    const auto* const call = llvm::dyn_cast_or_null<clang::CXXOperatorCallExpr>(statement);
    return call != nullptr && call->getOperator() == clang::OO_Equal
               ? call->getArg(0)
               : llvm::dyn_cast_or_null<clang::Expr>(statement);
  };
  const clang::Expr* const left = target_of(a);
  const clang::Expr* const right = target_of(b);
  if (left == nullptr || right == nullptr || left == right) return false;
  const Entry known = entry_in(left);
  return are_same_words(context, left, right) ||
         (known.container != nullptr && is_entry(context, right, known.container, known.key));
}

bool is_entry(const clang::ASTContext& context, const clang::Stmt* element,
              const clang::Expr* container, const clang::Expr* key) {
  const Entry known = entry_in(element);
  return known.container != nullptr && is_path(known.container) &&
         is_same_path(known.container, container) && are_same_words(context, known.key, key);
}

bool says_no(const clang::FunctionDecl* body) {
  struct Visitor : clang::RecursiveASTVisitor<Visitor> {
    bool VisitReturnStmt(clang::ReturnStmt* statement) {
      const clang::Expr* value = statement->getRetValue();
      value = value == nullptr ? nullptr : value->IgnoreUnlessSpelledInSource();
      bool no = false;
      if (const auto* flag = llvm::dyn_cast_or_null<clang::CXXBoolLiteralExpr>(value))
        no = !flag->getValue();
      while (const auto* made = llvm::dyn_cast_or_null<clang::CXXConstructExpr>(value)) {
        if (made->getNumArgs() != 1) break;
        value = made->getArg(0)->IgnoreUnlessSpelledInSource();
      }
      if (llvm::isa_and_nonnull<clang::CXXNullPtrLiteralExpr>(value)) no = true;
      if (const auto* name = llvm::dyn_cast_or_null<clang::DeclRefExpr>(value))
        no = no || name->getDecl()->getNameAsString() == "nullopt";
      (no ? refuses : keeps) = true;
      return true;
    }
    bool TraverseLambdaExpr(clang::LambdaExpr*) { return true; }
    bool refuses = false;
    bool keeps = false;
  } visitor;
  visitor.TraverseStmt(body->getBody());
  return visitor.refuses && !visitor.keeps;
}

}  // namespace fa_check
