// SPDX-License-Identifier: MIT OR Apache-2.0
// The functions of a unit: bodies, their control flow graphs, who calls whom, and which of them
// have anything to do with the model.
#pragma once

#include "facts/loops.hpp"
#include "facts/started.hpp"
#include "facts/tags.hpp"
#include "model/model.hpp"

#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace fa_check {

class Bodies {
 public:
  Bodies(clang::ASTContext& context, Model& model);

  // Definitions in files of the user, without templates that are not instantiated, in the order of
  // the source; lambdas among them.
  [[nodiscard]] const std::vector<const clang::FunctionDecl*>& functions() const {
    return functions_;
  }
  // Whether the function, or one that it calls, has an effect of the model.
  [[nodiscard]] bool is_relevant(const clang::FunctionDecl& function) const {
    return relevant_.count(function.getCanonicalDecl()) != 0;
  }
  [[nodiscard]] bool has_callers(const clang::FunctionDecl& function) const {
    return called_.count(function.getCanonicalDecl()) != 0;
  }
  // The effects of the model in the function itself.
  [[nodiscard]] bool has(const clang::FunctionDecl& function, Effect effect) const;
  [[nodiscard]] const std::vector<const clang::FunctionDecl*>& callees(
      const clang::FunctionDecl& function) const;
  [[nodiscard]] bool unit_has(Effect effect) const { return unit_.count(effect) != 0; }
  // Null when Clang cannot make one.
  [[nodiscard]] const clang::CFG* graph(const clang::FunctionDecl& function);
  // The variable that the expression initializes, or null.
  [[nodiscard]] const clang::VarDecl* variable_of(const clang::Expr* expression) const;
  // Classes of which an object is made other than as a local variable.
  [[nodiscard]] bool is_only_local(const clang::CXXRecordDecl& record) const {
    return local_.count(&record) != 0 && elsewhere_.count(&record) == 0;
  }
  // Classes of which a member or a variable of static storage is an object.
  [[nodiscard]] bool is_elsewhere(const clang::CXXRecordDecl& record) const {
    return elsewhere_.count(&record) != 0;
  }
  [[nodiscard]] bool is_of_user(const clang::Decl& declaration) const;
  // The expression that makes objects of the class of a lambda, or null.
  [[nodiscard]] const clang::LambdaExpr* lambda_of(const clang::CXXRecordDecl* record) const;
  // What a call of the virtual function may run besides it: overriders with a body in the unit.
  [[nodiscard]] const std::vector<const clang::CXXMethodDecl*>& overriders(
      const clang::CXXMethodDecl& method) const;
  // Whether a thread that the unit starts runs the function, or one that it calls does.
  [[nodiscard]] bool runs_on_thread(const clang::FunctionDecl& function) const {
    return on_thread_.count(function.getCanonicalDecl()) != 0;
  }
  // Whether such a function names the member or the variable of static storage.
  [[nodiscard]] bool is_seen_by_threads(const clang::ValueDecl& declaration) const {
    return seen_by_threads_.count(declaration.getCanonicalDecl()) != 0;
  }
  // Whether a function of the class, no destructor and not `except`, waits for threads that the
  // member holds.
  [[nodiscard]] bool joins(const clang::CXXRecordDecl& record, const clang::ValueDecl& member,
                           const clang::FunctionDecl* except) const;
  // Whether the unit switches budgets on, or sets the budget of a thread.
  [[nodiscard]] bool uses_budgets() const { return uses_budgets_; }
  [[nodiscard]] Loops& loops() { return loops_; }
  [[nodiscard]] const Tags& tags() const { return tags_; }
  [[nodiscard]] const Started& started() const { return started_; }
  // Whether the key of a place is a variable that the unit declares; temporaries have expressions.
  [[nodiscard]] bool is_variable(const void* key) const { return declared_.count(key) != 0; }

 private:
  friend class BodyVisitor;
  struct Facts {
    std::set<Effect> effects;
    std::vector<const clang::FunctionDecl*> callees;
    std::set<const clang::Decl*> names;  // members, variables of static storage
  };
  void spread();
  void spread_threads();

  clang::ASTContext& context_;
  Model& model_;
  std::vector<const clang::FunctionDecl*> functions_;
  std::map<const clang::FunctionDecl*, Facts> facts_;
  std::set<const clang::FunctionDecl*> relevant_;
  std::set<const clang::FunctionDecl*> called_;
  std::set<Effect> unit_;
  std::set<const clang::CXXRecordDecl*> local_;
  std::set<const clang::CXXRecordDecl*> elsewhere_;
  std::unordered_map<const clang::Expr*, const clang::VarDecl*> variables_;
  std::map<const clang::FunctionDecl*, std::unique_ptr<clang::CFG>> graphs_;
  std::map<const clang::CXXRecordDecl*, const clang::LambdaExpr*> lambdas_;
  std::map<const clang::FunctionDecl*, std::vector<const clang::CXXMethodDecl*>> overriders_;
  std::vector<const clang::FunctionDecl*> work_;  // what threads begin with
  std::set<const clang::FunctionDecl*> on_thread_;
  std::set<const clang::Decl*> seen_by_threads_;
  bool uses_budgets_ = false;
  Loops loops_;
  Tags tags_;
  Started started_;
  std::unordered_set<const void*> declared_;
};

}  // namespace fa_check
