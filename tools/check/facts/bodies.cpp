// SPDX-License-Identifier: MIT OR Apache-2.0
#include "facts/bodies.hpp"

#include <utility>

namespace fa_check {

// Walks the user's code; bodies of system headers are skipped, so a unit costs what its own code
// costs.
class BodyVisitor : public clang::RecursiveASTVisitor<BodyVisitor> {
 public:
  explicit BodyVisitor(Bodies& bodies) : bodies_(bodies) {}
  bool shouldVisitTemplateInstantiations() const { return true; }
  bool shouldVisitImplicitCode() const { return true; }
  bool shouldVisitLambdaBody() const { return false; }

  bool TraverseDecl(clang::Decl* declaration) {
    if (declaration == nullptr) return true;
    if (!llvm::isa<clang::TranslationUnitDecl>(declaration) && !bodies_.is_of_user(*declaration)) {
      return true;
    }
    return RecursiveASTVisitor::TraverseDecl(declaration);
  }

  bool TraverseLambdaExpr(clang::LambdaExpr* lambda) {
    clang::CXXMethodDecl* const body = lambda->getCallOperator();
    const clang::FunctionTemplateDecl* const pattern = body->getDescribedFunctionTemplate();
    if (pattern != nullptr) {
      for (clang::FunctionDecl* each : pattern->specializations()) enter(each);
    } else {
      enter(body);
    }
    for (clang::Expr* init : lambda->capture_inits()) TraverseStmt(init);
    return true;
  }

#define FA_TRAVERSE(Kind)                                               \
  bool Traverse##Kind(clang::Kind* function) {                          \
    const clang::FunctionDecl* const outer = current_;                  \
    begin(function);                                                    \
    const bool goes_on = RecursiveASTVisitor::Traverse##Kind(function); \
    current_ = outer;                                                   \
    return goes_on;                                                     \
  }
  FA_TRAVERSE(FunctionDecl)
  FA_TRAVERSE(CXXMethodDecl)
  FA_TRAVERSE(CXXConstructorDecl)
  FA_TRAVERSE(CXXDestructorDecl)
  FA_TRAVERSE(CXXConversionDecl)
#undef FA_TRAVERSE

  bool VisitCallExpr(clang::CallExpr* call) {
    note(call->getDirectCallee());
    return true;
  }
  bool VisitCXXConstructExpr(clang::CXXConstructExpr* expression) {
    note(expression->getConstructor());
    if (!locals_.count(expression) && !expression->getConstructor()->isCopyOrMoveConstructor())
      bodies_.elsewhere_.insert(expression->getConstructor()->getParent());
    return true;
  }
  bool VisitFieldDecl(clang::FieldDecl* field) {
    if (const clang::CXXRecordDecl* record = record_of(field->getType()))
      bodies_.elsewhere_.insert(record);
    return true;
  }
  bool VisitVarDecl(clang::VarDecl* variable) {
    const clang::CXXRecordDecl* const record =
        variable->getType()->isReferenceType() ? nullptr : record_of(variable->getType());
    if (record != nullptr && !llvm::isa<clang::ParmVarDecl>(variable))
      (variable->hasLocalStorage() ? bodies_.local_ : bodies_.elsewhere_).insert(record);
    const clang::Expr* const init = variable->getInit();
    if (init == nullptr || variable->getType()->isDependentType()) return true;
    const clang::Expr* const inner = init->IgnoreImplicit();
    bodies_.variables_.emplace(inner, variable);
    if (variable->hasLocalStorage()) locals_.insert(inner);
    if (record != nullptr) {
      // What the destructor calls is called where the variable is.
      if (const clang::CXXDestructorDecl* destructor = record->getDestructor()) note(destructor);
    }
    return true;
  }

 private:
  void enter(clang::FunctionDecl* body) {
    const clang::FunctionDecl* const outer = current_;
    // Whoever makes a lambda has what it does.
    if (outer != nullptr) bodies_.facts_[outer].callees.push_back(body->getCanonicalDecl());
    begin(body);
    TraverseStmt(body->getBody());
    current_ = outer;
  }
  void begin(clang::FunctionDecl* function) {
    current_ = nullptr;
    if (!function->isThisDeclarationADefinition() || function->isDependentContext() ||
        function->getBody() == nullptr)
      return;
    current_ = function->getCanonicalDecl();
    if (bodies_.facts_.try_emplace(current_).second) bodies_.functions_.push_back(function);
  }
  void note(const clang::FunctionDecl* callee) {
    if (callee == nullptr || current_ == nullptr) return;
    Bodies::Facts& facts = bodies_.facts_[current_];
    Effect effect = bodies_.model_.effect_of(*callee);
    if (const auto* destructor = llvm::dyn_cast<clang::CXXDestructorDecl>(callee)) {
      const Kind kind =
          bodies_.model_.kind_of(bodies_.context_.getRecordType(destructor->getParent()));
      if (kind == Kind::FrameGuard) effect = Effect::EndFrame;
      if (kind == Kind::ScopeGuard) effect = Effect::Rewind;
    }
    if (effect != Effect::None) {
      facts.effects.insert(effect);
      bodies_.unit_.insert(effect);
    } else if (is_in_framealloc(*callee)) {
      facts.effects.insert(Effect::Unmanaged);
    }
    facts.callees.push_back(callee->getCanonicalDecl());
    bodies_.called_.insert(callee->getCanonicalDecl());
  }

  Bodies& bodies_;
  const clang::FunctionDecl* current_ = nullptr;
  std::set<const clang::Expr*> locals_;
};

Bodies::Bodies(clang::ASTContext& context, Model& model) : context_(context), model_(model) {
  BodyVisitor visitor(*this);
  visitor.TraverseDecl(context.getTranslationUnitDecl());
  spread();
}

bool Bodies::is_of_user(const clang::Decl& declaration) const {
  const clang::SourceManager& sources = context_.getSourceManager();
  const clang::SourceLocation place = sources.getExpansionLoc(declaration.getLocation());
  if (place.isInvalid()) return false;
  if (sources.isInSystemHeader(place)) return false;
  if (sources.isInMainFile(place)) return true;
  // The library's own headers are the model's business, wherever they lie.
  if (const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(&declaration))
    return space->getName() != "framealloc" || !space->getParent()->isTranslationUnit();
  return !is_in_framealloc(declaration);
}

// A function is relevant when one that it calls is.
void Bodies::spread() {
  std::map<const clang::FunctionDecl*, std::vector<const clang::FunctionDecl*>> callers;
  std::vector<const clang::FunctionDecl*> work;
  for (const auto& [function, facts] : facts_) {
    for (const clang::FunctionDecl* callee : facts.callees) callers[callee].push_back(function);
    if (!facts.effects.empty() && relevant_.insert(function).second) work.push_back(function);
  }
  while (!work.empty()) {
    const clang::FunctionDecl* const function = work.back();
    work.pop_back();
    for (const clang::FunctionDecl* caller : callers[function])
      if (relevant_.insert(caller).second) work.push_back(caller);
  }
}

bool Bodies::has(const clang::FunctionDecl& function, Effect effect) const {
  const auto found = facts_.find(function.getCanonicalDecl());
  return found != facts_.end() && found->second.effects.count(effect) != 0;
}

const std::vector<const clang::FunctionDecl*>& Bodies::callees(
    const clang::FunctionDecl& function) const {
  static const std::vector<const clang::FunctionDecl*> none;
  const auto found = facts_.find(function.getCanonicalDecl());
  return found == facts_.end() ? none : found->second.callees;
}

const clang::CFG* Bodies::graph(const clang::FunctionDecl& function) {
  const clang::FunctionDecl* definition = nullptr;
  if (!function.hasBody(definition)) return nullptr;
  const auto [found, is_new] = graphs_.try_emplace(definition);
  if (is_new) {
    clang::CFG::BuildOptions options;
    options.setAllAlwaysAdd();
    options.AddImplicitDtors = true;
    options.AddTemporaryDtors = true;
    options.AddInitializers = true;
    options.AddCXXDefaultInitExprInCtors = true;
    options.AddCXXNewAllocator = false;
    options.AddEHEdges = false;
    options.PruneTriviallyFalseEdges = true;
    found->second = clang::CFG::buildCFG(definition, definition->getBody(), &context_, options);
  }
  return found->second.get();
}

const clang::VarDecl* Bodies::variable_of(const clang::Expr* expression) const {
  const auto found = variables_.find(expression);
  return found == variables_.end() ? nullptr : found->second;
}

}  // namespace fa_check
