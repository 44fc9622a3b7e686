// SPDX-License-Identifier: MIT OR Apache-2.0
#include "facts/related.hpp"

#include "facts/changes.hpp"
#include "model/model.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace fa_check {
namespace {

// The local variables and the numbers that an expression is made of.
struct Names : clang::RecursiveASTVisitor<Names> {
  bool VisitDeclRefExpr(clang::DeclRefExpr* name) {
    const clang::ValueDecl* declaration = name->getDecl();
    if (const auto* binding = llvm::dyn_cast<clang::BindingDecl>(declaration))
      declaration = binding->getDecomposedDecl();
    const auto* const variable = llvm::dyn_cast_or_null<clang::VarDecl>(declaration);
    if (variable == nullptr) return true;
    if (variable->getCanonicalDecl() == container) of_container = true;
    if (!variable->hasLocalStorage() && variable->getCanonicalDecl() != container) is_open = true;
    variables.insert(variable->getCanonicalDecl());
    return true;
  }
  bool VisitMemberExpr(clang::MemberExpr* member) {
    if (member->getMemberDecl() == container) of_container = true;
    if (const auto* field = llvm::dyn_cast<clang::FieldDecl>(member->getMemberDecl()))
      fields.insert(field);
    // What another function has put there is not in sight.
    if (llvm::isa<clang::FieldDecl>(member->getMemberDecl()) &&
        llvm::isa<clang::CXXThisExpr>(member->getBase()->IgnoreParenImpCasts()) &&
        member->getMemberDecl() != container)
      is_open = true;
    return true;
  }
  bool VisitIntegerLiteral(clang::IntegerLiteral* literal) {
    numbers.insert(literal->getValue().getLimitedValue());
    return true;
  }
  const clang::ValueDecl* container = nullptr;
  std::set<const clang::VarDecl*> variables;
  std::set<const clang::FieldDecl*> fields;
  std::set<std::uint64_t> numbers;
  bool is_open = false;       // also of what other functions change
  bool of_container = false;  // of what the container has
  bool is_each = false;       // it is each element in turn
};

// What variables are made of and assigned from, and the conditions of the function.
struct Origins : clang::RecursiveASTVisitor<Origins> {
  bool shouldVisitImplicitCode() const { return true; }
  bool VisitVarDecl(clang::VarDecl* variable) {
    if (variable->getInit() != nullptr)
      from[variable->getCanonicalDecl()].push_back(variable->getInit());
    return true;
  }
  bool VisitBinaryOperator(clang::BinaryOperator* assignment) {
    const auto* const variable =
        assignment->isAssignmentOp()
            ? llvm::dyn_cast_or_null<clang::VarDecl>(named_by(assignment->getLHS()))
            : nullptr;
    if (variable != nullptr) from[variable].push_back(assignment->getRHS());
    return true;
  }
  bool VisitCXXOperatorCallExpr(clang::CXXOperatorCallExpr* call) {
    if (call->getOperator() != clang::OO_Equal || call->getNumArgs() != 2) return true;
    const auto* const variable = llvm::dyn_cast_or_null<clang::VarDecl>(named_by(call->getArg(0)));
    if (variable != nullptr) from[variable].push_back(call->getArg(1));
    return true;
  }
  bool VisitIfStmt(clang::IfStmt* branch) {
    conditions.push_back(branch->getCond());
    return true;
  }
  bool VisitCXXForRangeStmt(clang::CXXForRangeStmt* loop) {
    ranges[loop->getLoopVariable()->getCanonicalDecl()] = named_by(loop->getRangeInit());
    return true;
  }
  std::map<const clang::VarDecl*, std::vector<const clang::Expr*>> from;
  std::map<const clang::VarDecl*, const clang::ValueDecl*> ranges;  // of loops, by their variable
  std::vector<const clang::Expr*> conditions;
};

Names names_of(const Origins& origins, const clang::ValueDecl* container,
               std::vector<const clang::Expr*> work) {
  Names names;
  names.container = container;
  std::set<const clang::VarDecl*> done;
  while (!work.empty()) {
    names.TraverseStmt(const_cast<clang::Expr*>(work.back()));
    work.pop_back();
    for (const clang::VarDecl* each : names.variables) {
      if (each == container || !done.insert(each).second) continue;
      const auto range = origins.ranges.find(each);
      if (range != origins.ranges.end() && range->second == container) names.is_each = true;
      const auto known = origins.from.find(each);
      if (known != origins.from.end())
        work.insert(work.end(), known->second.begin(), known->second.end());
    }
  }
  std::erase_if(names.variables, [&](const clang::VarDecl* each) {
    return each == container || each->isImplicit();
  });
  return names;
}

template <class T>
bool have_common(const std::set<T>& a, const std::set<T>& b) {
  return std::any_of(a.begin(), a.end(), [&](const T& each) { return b.count(each) != 0; });
}

// Whether what the two are made of has something in common, or is not known of one.
bool are_related(const Names& a, const Names& b) {
  if ((a.variables.empty() && a.numbers.empty()) || (b.variables.empty() && b.numbers.empty()))
    return true;
  return have_common(a.variables, b.variables) || have_common(a.numbers, b.numbers);
}

// Variables and members that are containers of many elements.
struct Containers {
  void add(const clang::ValueDecl* declaration) {
    const clang::CXXRecordDecl* const record = record_of(declaration->getType());
    if (record == nullptr || !is_in_std(*record)) return;
    const std::string name = plain_name(*record);
    if (llvm::StringRef(name).ends_with("map") || name == "std::vector" || name == "std::deque" ||
        name == "std::array")
      found.push_back(declaration);
  }
  std::vector<const clang::ValueDecl*> found;
};

}  // namespace

bool may_name_one_element(const clang::Stmt& body, const clang::ValueDecl* container,
                          const clang::Expr& a, const clang::Expr& b) {
  Origins origins;
  origins.TraverseStmt(const_cast<clang::Stmt*>(&body));
  const Names of_a = names_of(origins, container, {&a});
  const Names of_b = names_of(origins, container, {&b});
  if (!of_a.of_container || of_a.is_open || of_b.is_open) return true;
  const Names asked = names_of(origins, container, origins.conditions);
  // Of all elements one is not the others, unless the loop asks for it.
  if (of_a.is_each) return have_common(of_a.variables, asked.variables);
  return are_related(of_a, of_b) || have_common(of_b.variables, asked.variables);
}

bool are_other_entries(const clang::Stmt& body, const clang::Expr& a, const clang::Expr& b) {
  Origins origins;
  origins.TraverseStmt(const_cast<clang::Stmt*>(&body));
  Containers of_both;
  const Names all = names_of(origins, nullptr, {&a, &b});
  for (const clang::VarDecl* each : all.variables) of_both.add(each);
  for (const clang::FieldDecl* each : all.fields) of_both.add(each);
  for (const clang::ValueDecl* container : of_both.found) {
    const Names of_a = names_of(origins, container, {&a});
    const Names of_b = names_of(origins, container, {&b});
    if (of_a.of_container && of_b.of_container)
      return !of_a.is_each && !of_b.is_each && !of_a.is_open && !of_b.is_open &&
             !are_related(of_a, of_b);
  }
  return false;
}

bool is_given_another_each_turn(const clang::Stmt& body, const clang::Stmt& loop,
                                const clang::CallExpr& call) {
  Origins origins;
  origins.TraverseStmt(const_cast<clang::Stmt*>(&body));
  std::vector<const clang::Expr*> given;
  for (const clang::Expr* argument : call.arguments()) given.push_back(argument);
  const Names names = names_of(origins, nullptr, given);
  const Changes changes = changes_in(loop);
  const auto* const walk = llvm::dyn_cast<clang::CXXForRangeStmt>(&loop);
  return std::any_of(names.variables.begin(), names.variables.end(), [&](const auto* each) {
    if (walk != nullptr && walk->getLoopVariable()->getCanonicalDecl() == each) return true;
    // Neither references nor allocators become others.
    const clang::CXXRecordDecl* const record = record_of(each->getType());
    if (each->getType()->isReferenceType() ||
        (record != nullptr && is_in_framealloc(*record) &&
         !each->getType().isTriviallyCopyableType(each->getASTContext())))
      return false;
    Containers containers;
    containers.add(each);
    return containers.found.empty() && changes.of.count(each) != 0;
  });
}

namespace {

bool has(const clang::Stmt* statement, const clang::Stmt& wanted) {
  if (statement == nullptr) return false;
  if (statement == &wanted) return true;
  return std::any_of(statement->child_begin(), statement->child_end(),
                     [&](const clang::Stmt* child) { return has(child, wanted); });
}

// Whether the statement may leave the turn, functions in it aside.
bool may_leave(const clang::Stmt* statement) {
  if (statement == nullptr || llvm::isa<clang::LambdaExpr>(statement)) return false;
  if (llvm::isa<clang::ContinueStmt, clang::BreakStmt, clang::ReturnStmt, clang::GotoStmt>(
          statement))
    return true;
  return std::any_of(statement->child_begin(), statement->child_end(), may_leave);
}

}  // namespace

bool is_on_every_turn(const clang::Stmt& loop, const clang::Stmt& statement) {
  const clang::Stmt* body = nullptr;
  if (const auto* e = llvm::dyn_cast<clang::ForStmt>(&loop)) body = e->getBody();
  if (const auto* e = llvm::dyn_cast<clang::CXXForRangeStmt>(&loop)) body = e->getBody();
  if (const auto* e = llvm::dyn_cast<clang::WhileStmt>(&loop)) body = e->getBody();
  if (const auto* e = llvm::dyn_cast<clang::DoStmt>(&loop)) body = e->getBody();
  if (body == nullptr) return false;
  const auto* const block = llvm::dyn_cast<clang::CompoundStmt>(body);
  if (block == nullptr) return llvm::isa<clang::Expr>(body);
  for (const clang::Stmt* each : block->body()) {
    if (has(each, statement)) return llvm::isa<clang::Expr, clang::DeclStmt>(each);
    if (may_leave(each)) return false;
  }
  return false;
}

}  // namespace fa_check
