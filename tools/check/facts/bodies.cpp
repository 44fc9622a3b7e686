// SPDX-License-Identifier: MIT OR Apache-2.0
#include "facts/bodies.hpp"

#include "model/threads.hpp"

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
    bodies_.lambdas_.emplace(lambda->getLambdaClass(), lambda);
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
    const Loop* const outer_loop = std::exchange(loop_, nullptr);       \
    begin(function);                                                    \
    const bool goes_on = RecursiveASTVisitor::Traverse##Kind(function); \
    current_ = outer;                                                   \
    loop_ = outer_loop;                                                 \
    return goes_on;                                                     \
  }
  FA_TRAVERSE(FunctionDecl)
  FA_TRAVERSE(CXXMethodDecl)
  FA_TRAVERSE(CXXConstructorDecl)
  FA_TRAVERSE(CXXDestructorDecl)
  FA_TRAVERSE(CXXConversionDecl)
#undef FA_TRAVERSE

  // What a loop does once, before its turns, is not in it.
  bool TraverseForStmt(clang::ForStmt* loop) {
    TraverseStmt(loop->getInit());
    return turn(loop, {loop->getConditionVariableDeclStmt(), loop->getCond(), loop->getInc(),
                       loop->getBody()});
  }
  bool TraverseWhileStmt(clang::WhileStmt* loop) {
    return turn(loop, {loop->getConditionVariableDeclStmt(), loop->getCond(), loop->getBody()});
  }
  bool TraverseDoStmt(clang::DoStmt* loop) {
    return turn(loop, {loop->getBody(), loop->getCond()});
  }
  bool TraverseCXXForRangeStmt(clang::CXXForRangeStmt* loop) {
    TraverseStmt(loop->getInit());
    TraverseStmt(loop->getRangeStmt());
    TraverseStmt(loop->getBeginStmt());
    TraverseStmt(loop->getEndStmt());
    return turn(loop, {loop->getCond(), loop->getInc(), loop->getLoopVarStmt(), loop->getBody()});
  }

  bool VisitCallExpr(clang::CallExpr* call) {
    const clang::FunctionDecl* const callee = call->getDirectCallee();
    note(callee);
    bodies_.loops_.note(call, loop_, current_);
    bodies_.tags_.note(*call);
    bodies_.started_.note(bodies_.model_, *call);
    if (callee == nullptr || call->isTypeDependent()) return true;
    std::vector<const clang::Expr*> given(call->arg_begin(), call->arg_end());
    if (llvm::isa<clang::CXXOperatorCallExpr>(call) && llvm::isa<clang::CXXMethodDecl>(callee) &&
        !given.empty())
      given.erase(given.begin());
    if (const auto* member = llvm::dyn_cast<clang::CXXMemberCallExpr>(call)) note_object(*member);
    note_work(*callee, given);
    if (is_in_framealloc(*callee)) note_budgets(*callee, given);
    return true;
  }
  // A function whose address is taken is called by somebody.
  bool VisitDeclRefExpr(clang::DeclRefExpr* name) {
    if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(name->getDecl())) {
      if (current_ != nullptr)
        bodies_.facts_[current_].callees.push_back(function->getCanonicalDecl());
    } else if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(name->getDecl())) {
      if (current_ != nullptr && !variable->hasLocalStorage())
        bodies_.facts_[current_].names.insert(variable->getCanonicalDecl());
    }
    return true;
  }
  bool VisitMemberExpr(clang::MemberExpr* member) {
    if (current_ != nullptr)
      bodies_.facts_[current_].names.insert(member->getMemberDecl()->getCanonicalDecl());
    return true;
  }
  bool VisitBinaryOperator(clang::BinaryOperator* assignment) {
    if (assignment->getOpcode() != clang::BO_Assign) return true;
    const auto* const member =
        llvm::dyn_cast<clang::MemberExpr>(assignment->getLHS()->IgnoreParenImpCasts());
    if (member != nullptr) note_switch(member->getMemberDecl(), assignment->getRHS());
    return true;
  }
  bool VisitInitListExpr(clang::InitListExpr* list) {
    const clang::CXXRecordDecl* const record = record_of(list->getType());
    if (record == nullptr || !is_in_framealloc(*record) || !list->isSemanticForm()) return true;
    unsigned index = record->getNumBases();
    for (const clang::FieldDecl* field : record->fields()) {
      if (index >= list->getNumInits()) break;
      note_switch(field, list->getInit(index++));
    }
    return true;
  }
  bool VisitCXXMethodDecl(clang::CXXMethodDecl* method) {
    if (!method->isVirtual() || !method->isThisDeclarationADefinition() ||
        method->isDependentContext())
      return true;
    std::vector<const clang::CXXMethodDecl*> above(method->begin_overridden_methods(),
                                                   method->end_overridden_methods());
    while (!above.empty()) {
      const clang::CXXMethodDecl* const base = above.back();
      above.pop_back();
      bodies_.overriders_[base->getCanonicalDecl()].push_back(method);
      above.insert(above.end(), base->begin_overridden_methods(), base->end_overridden_methods());
    }
    return true;
  }
  bool VisitCXXConstructExpr(clang::CXXConstructExpr* expression) {
    note(expression->getConstructor());
    if (!expression->isTypeDependent())
      note_work(*expression->getConstructor(),
                {expression->getArgs(), expression->getArgs() + expression->getNumArgs()});
    bodies_.loops_.note(expression, loop_, current_);
    bodies_.started_.note(*expression);
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
    bodies_.declared_.insert(variable->getCanonicalDecl());
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
    const Loop* const outer_loop = std::exchange(loop_, nullptr);
    begin(body);
    TraverseStmt(body->getBody());
    current_ = outer;
    loop_ = outer_loop;
  }
  bool turn(const clang::Stmt* loop, std::initializer_list<clang::Stmt*> parts) {
    const Loop* const outer = loop_;
    loop_ = bodies_.loops_.add(loop, outer, current_);
    for (clang::Stmt* part : parts) TraverseStmt(part);
    loop_ = outer;
    return true;
  }
  void begin(clang::FunctionDecl* function) {
    current_ = nullptr;
    if (!function->isThisDeclarationADefinition() || function->isDependentContext() ||
        function->getBody() == nullptr)
      return;
    current_ = function->getCanonicalDecl();
    if (bodies_.facts_.try_emplace(current_).second) bodies_.functions_.push_back(function);
  }
  // An object that is made to be asked something ends with the expression.
  void note_object(const clang::CXXMemberCallExpr& call) {
    const clang::Expr* object = call.getImplicitObjectArgument();
    if (object == nullptr) return;
    object = object->IgnoreUnlessSpelledInSource();
    if (const auto* cast = llvm::dyn_cast<clang::CXXFunctionalCastExpr>(object))
      object = cast->getSubExpr()->IgnoreImplicit();
    if (!llvm::isa<clang::CXXConstructExpr>(object)) return;
    locals_.insert(object);
    if (const clang::CXXRecordDecl* record = record_of(object->getType()))
      bodies_.local_.insert(record);
  }
  void note_work(const clang::FunctionDecl& function,
                 const std::vector<const clang::Expr*>& arguments) {
    const std::optional<Work> work = work_of(bodies_.model_, function, arguments);
    if (!work || work->kind == WorkKind::Joined) return;
    for (const clang::FunctionDecl* each : functions_named_in(arguments[work->index]))
      bodies_.work_.push_back(each->getCanonicalDecl());
  }
  void note_budgets(const clang::FunctionDecl& function,
                    const std::vector<const clang::Expr*>& arguments) {
    if (bodies_.model_.effect_of(function) == Effect::SetBudget) bodies_.uses_budgets_ = true;
    if (plain_name(function) == "framealloc::AllocConfig::with_budgets" && !arguments.empty())
      note_true(arguments.front());
  }
  void note_switch(const clang::ValueDecl* field, const clang::Expr* given) {
    if (plain_name(*field) == "framealloc::AllocConfig::enable_budgets") note_true(given);
  }
  void note_true(const clang::Expr* given) {
    if (const auto* other = llvm::dyn_cast<clang::CXXDefaultArgExpr>(given))
      given = other->getExpr();
    if (const auto* other = llvm::dyn_cast<clang::CXXDefaultInitExpr>(given))
      given = other->getExpr();
    bool value = false;
    if (!given->isValueDependent() && given->EvaluateAsBooleanCondition(value, bodies_.context_) &&
        value)
      bodies_.uses_budgets_ = true;
  }
  // What a smart pointer or an optional has ends by the call.
  void note_owned(const clang::CXXMethodDecl* method) {
    const std::string owner = method == nullptr ? "" : plain_name(*method->getParent());
    if (owner != "std::unique_ptr" && owner != "std::optional") return;
    const std::string name = method->getNameAsString();
    if (name[0] != '~' && name != "operator=" && name != "reset") return;
    const clang::CXXRecordDecl* const owned =
        record_of(first_type_of(type_of(bodies_.context_, method->getParent())));
    if (owned != nullptr && owned->hasDefinition()) note(owned->getDestructor());
  }
  void note(const clang::FunctionDecl* callee) {
    if (callee == nullptr || current_ == nullptr) return;
    Bodies::Facts& facts = bodies_.facts_[current_];
    Effect effect = bodies_.model_.effect_of(*callee);
    if (const auto* destructor = llvm::dyn_cast<clang::CXXDestructorDecl>(callee)) {
      const Kind kind = bodies_.model_.kind_of(type_of(bodies_.context_, destructor->getParent()));
      if (kind == Kind::FrameGuard) effect = Effect::EndFrame;
      if (kind == Kind::ScopeGuard) effect = Effect::Rewind;
    }
    note_owned(llvm::dyn_cast<clang::CXXMethodDecl>(callee));
    if (effect == Effect::NextFrame) {
      facts.effects.insert({Effect::BeginFrame, Effect::EndFrame});
      bodies_.unit_.insert({Effect::BeginFrame, Effect::EndFrame});
    } else if (effect != Effect::None) {
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
  const Loop* loop_ = nullptr;  // the innermost around what is visited
  std::set<const clang::Expr*> locals_;
};

Bodies::Bodies(clang::ASTContext& context, Model& model) : context_(context), model_(model) {
  BodyVisitor visitor(*this);
  visitor.TraverseDecl(context.getTranslationUnitDecl());
  spread();
  spread_threads();
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
  // Whoever calls a virtual function may call what overrides it.
  for (const auto& [base, overriding] : overriders_)
    for (const clang::CXXMethodDecl* each : overriding)
      callers[each->getCanonicalDecl()].push_back(base);
  while (!work.empty()) {
    const clang::FunctionDecl* const function = work.back();
    work.pop_back();
    for (const clang::FunctionDecl* caller : callers[function])
      if (relevant_.insert(caller).second) work.push_back(caller);
  }
}

// What threads run, and what they see of what others see too.
void Bodies::spread_threads() {
  std::vector<const clang::FunctionDecl*> work = work_;
  while (!work.empty()) {
    const clang::FunctionDecl* const function = work.back();
    work.pop_back();
    if (!on_thread_.insert(function).second) continue;
    const auto facts = facts_.find(function);
    if (facts != facts_.end()) {
      seen_by_threads_.insert(facts->second.names.begin(), facts->second.names.end());
      work.insert(work.end(), facts->second.callees.begin(), facts->second.callees.end());
    }
    const auto overriding = overriders_.find(function);
    if (overriding == overriders_.end()) continue;
    for (const clang::CXXMethodDecl* each : overriding->second)
      work.push_back(each->getCanonicalDecl());
  }
}

bool Bodies::joins(const clang::CXXRecordDecl& record, const clang::ValueDecl& member,
                   const clang::FunctionDecl* except) const {
  for (const clang::FunctionDecl* function : functions_) {
    const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
    if (method == nullptr || llvm::isa<clang::CXXDestructorDecl>(method) ||
        method->getParent()->getCanonicalDecl() != record.getCanonicalDecl())
      continue;
    if (except != nullptr && except->getCanonicalDecl() == method->getCanonicalDecl()) continue;
    const auto facts = facts_.find(method->getCanonicalDecl());
    if (facts == facts_.end() || facts->second.names.count(member.getCanonicalDecl()) == 0)
      continue;
    for (const clang::FunctionDecl* callee : facts->second.callees)
      if (waits_for_thread(*callee)) return true;
  }
  return false;
}

const clang::LambdaExpr* Bodies::lambda_of(const clang::CXXRecordDecl* record) const {
  const auto found = lambdas_.find(record);
  return found == lambdas_.end() ? nullptr : found->second;
}

const std::vector<const clang::CXXMethodDecl*>& Bodies::overriders(
    const clang::CXXMethodDecl& method) const {
  static const std::vector<const clang::CXXMethodDecl*> none;
  const auto found = overriders_.find(method.getCanonicalDecl());
  return found == overriders_.end() ? none : found->second;
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
    options.AddEHEdges = has_handlers(definition->getBody());
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
