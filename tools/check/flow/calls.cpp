// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: calls. One whose effect the model knows has that effect; one whose body is in sight is
// run; any other keeps nothing, ends nothing and returns what lifetimebound says.
#include "flow/solver.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace fa_check {
namespace {

// Of functions that virtual calls lead to within each other: four levels of a dozen are 20,000.
constexpr std::size_t kMaxSpread = 64;

}  // namespace

bool Solver::can_run(const Call& caller, const clang::FunctionDecl* function) {
  const clang::FunctionDecl* definition = nullptr;
  if (function == nullptr || !function->hasBody(definition)) return false;
  if (definition->isDependentContext()) return false;
  if (is_in_std(*function)) return false;
  const clang::SourceManager& sources = context_.getSourceManager();
  if (is_in_framealloc(*function)) {
    // What the model says of the library counts; configurations are values like those of the user.
    const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
    if (method == nullptr || !is_configuration(*method->getParent())) return false;
  } else if (sources.isInSystemHeader(sources.getExpansionLoc(definition->getLocation()))) {
    return false;
  }
  unsigned depth = 0;
  unsigned running = 0;
  for (const Call* at = &caller; at != nullptr; at = at->caller) {
    if (at->function == definition) ++running;
    if (++depth > settings_.max_depth) return false;
  }
  // Of a recursion, one turn more is run if frames end in it: what it leaves is stale in the turns around it.
  return running == 0 || (running == 1 && recursion_.ends_frame(*function));
}

void Solver::run_call(const Call& caller, State state, const clang::FunctionDecl* function,
                      const clang::Expr* at, PlaceId self,
                      const std::vector<const clang::Expr*>& arguments, States& out,
                      bool on_thread) {
  const clang::FunctionDecl* definition = nullptr;
  if (!function->hasBody(definition)) {
    out.push_back(std::move(state));
    return;
  }
  inlined_[function->getCanonicalDecl()].insert(caller.function->getCanonicalDecl());
  Call call;
  call.function = definition;
  call.chain = places_.chain(
      caller.chain, at != nullptr ? static_cast<const clang::Stmt*>(at) : definition->getBody());
  call.self = self;
  call.caller = &caller;
  call.on_thread = caller.on_thread || on_thread;
  call.coroutine = llvm::isa<clang::CoroutineBodyStmt>(definition->getBody());
  const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(definition);
  if (method != nullptr && method->getParent()->isLambda()) call.closure = method->getParent();
  unsigned index = 0;
  for (const clang::ParmVarDecl* parameter : definition->parameters()) {
    if (index >= arguments.size()) break;
    const clang::CXXRecordDecl* const record = record_of(parameter->getType());
    // std::jthread passes a token of its own first.
    if (on_thread && index == 0 && arguments.size() < definition->getNumParams() &&
        record != nullptr && plain_name(*record) == "std::stop_token" &&
        parameter == definition->getParamDecl(0))
      continue;
    const PlaceId place = places_.place(PlaceKind::Local, parameter, 0, call.chain);
    // A recursion has other numbers in its other turns.
    if (parameter->getType()->isIntegralOrEnumerationType() &&
        recursion_.changes(*function, parameter->getFunctionScopeIndex()))
      store(state, place, Value::unknown(), site(caller, arguments[index++]));
    else
      bind(caller, state, place, parameter->getType(), arguments[index++]);
  }
  const auto outer = std::move(state.values);
  state.values.clear();
  call.outer = &outer;
  States entry;
  entry.push_back(std::move(state));
  States exits = run(call, std::move(entry));
  end_parameters(call, exits);
  const clang::Stmt* const body = definition->getBody();
  for (State& exit : exits) {
    if (exit.thrown) {
      exit.values = outer;
      exit.thrown = !on_thread;
      forget_variables(exit, call.chain);
      out.push_back(std::move(exit));
      continue;
    }
    leave(call, exit);
    Value result = Value::unknown();
    const auto given = exit.values.find(body);
    if (given != exit.values.end()) result = given->second;
    exit.values = outer;
    if (at != nullptr && !llvm::isa<clang::CXXConstructorDecl>(definition) &&
        !llvm::isa<clang::CXXDestructorDecl>(definition))
      set_result(caller, exit, at, std::move(result), definition->getReturnType());
    forget_variables(exit, call.chain);
    bool changed = false;
    add_state(out, std::move(exit), changed);
  }
}

// Effect: the value of the call `at` is `result`; a record becomes an object of the caller.
void Solver::set_result(const Call& caller, State& state, const clang::Expr* at, Value result,
                        clang::QualType type) {
  const Kind kind = model_.kind_of(type);
  if (kind == Kind::Plain || kind == Kind::Pointer || at->isGLValue()) {
    state.values[at] = std::move(result);
    return;
  }
  const PlaceId place = temporary(caller, at);
  bool weak = false;
  for (const Target& object : result.to) {
    copy(state, place, object.place, type, site(caller, at), weak);
    weak = true;
  }
  if (!weak)
    std::erase_if(state.cells,
                  [&](const auto& cell) { return places_.is_below(cell.first, place); });
  state.values[at] = Value::of(place);
}

void Solver::call_function(const Call& caller, State state, const clang::FunctionDecl* function,
                           const clang::Expr* at, const Value& object,
                           const std::vector<const clang::Expr*>& arguments, States& out) {
  const Effect effect = function == nullptr ? Effect::None : model_.effect_of(*function);
  if (function != nullptr) watch_call(caller, state, function, at, object, arguments);
  if (effect != Effect::None && apply(caller, state, effect, function, at, object, arguments, out))
    return;
  if (function != nullptr && clear_memory(caller, state, function, at, arguments)) {
    out.push_back(std::move(state));
    return;
  }
  keep_arguments(caller, state, function, at, arguments);
  if (function != nullptr && starts_thread(caller, state, function, at, 0, object, arguments, out))
    return;
  if (function != nullptr && (is_in_std(*function) || is_in_framealloc(*function)) &&
      !can_run(caller, function)) {
    const std::size_t first = out.size();
    library(caller, state, function, at, object, arguments, out);
    for (const clang::Expr* argument : arguments)
      for (std::size_t i = first; i < out.size() && argument->isXValue(); ++i)
        leave_empty(out[i], value(caller, out[i], argument), argument->getType());
    return;
  }
  // A closure that is called hands on what it holds.
  const auto* const method = llvm::dyn_cast_or_null<clang::CXXMethodDecl>(function);
  if (method != nullptr && method->getParent()->isLambda())
    use_what_it_holds(caller, state, object, at);
  use_arguments(caller, state, function, arguments);
  if (function == nullptr || !can_run(caller, function)) {
    const bool is_virtual = method != nullptr && method->isVirtual() && !object.to.empty() &&
                            !bodies_.overriders(*method).empty();
    const std::size_t before = out.size();
    if (is_virtual)
      run_overriders(caller, state, method, at, object.to.front().place, arguments, out);
    if (out.size() != before) return;
    opaque(caller, state, function, at, object, arguments);
    out.push_back(std::move(state));
    return;
  }
  const clang::FunctionDecl* definition = nullptr;
  (void)function->hasBody(definition);
  if (llvm::isa<clang::CoroutineBodyStmt>(definition->getBody())) {
    std::set<PlaceId> loans;
    for (const clang::Expr* argument : arguments)
      if (model_.can_hold(argument->getType()) || argument->isGLValue())
        reach(state, value(caller, state, argument), loans);
    for (const PlaceId loan : loans)
      tell(caller, EventKind::CoroutineArgument, site(caller, at), loan, 0, 0);
    // What a lambda holds is of the closure, not of the coroutine's parameters.
    if (method != nullptr && method->getParent()->isLambda()) {
      std::set<PlaceId> held;
      reach(state, object, held);
      const clang::LambdaExpr* const lambda = bodies_.lambda_of(method->getParent());
      for (const PlaceId loan : held)
        tell(caller, EventKind::Later,
             site(caller, lambda != nullptr ? static_cast<const clang::Expr*>(lambda) : at), loan,
             0, 0);
    }
    opaque(caller, state, function, at, object, arguments);
    out.push_back(std::move(state));
    return;
  }
  PlaceId self = 0;
  if (method != nullptr && method->isInstance()) {
    const Value objects = object;
    if (objects.to.empty()) {
      opaque(caller, state, function, at, object, arguments);
      out.push_back(std::move(state));
      return;
    }
    const auto* const member = llvm::dyn_cast<clang::CXXMemberCallExpr>(at);
    const auto* const callee =
        member == nullptr ? nullptr : llvm::dyn_cast<clang::MemberExpr>(member->getCallee());
    const bool qualified = callee != nullptr && callee->hasQualifier();
    for (const Target& target : objects.to) {
      // An object with a name is of its own class; any other may be of one that derives from it.
      const PlaceKind kind = places_[target.place].kind;
      if (method->isVirtual() && !qualified && kind != PlaceKind::Local &&
          kind != PlaceKind::Temporary)
        run_overriders(caller, state, method, at, target.place, arguments, out);
      run_call(caller, state, function, at, target.place, arguments, out);
    }
    return;
  }
  run_call(caller, std::move(state), function, at, self, arguments, out);
}

// Effect: as if each function in sight that overrides the method ran; not within calls of others if
// that would be too many.
void Solver::run_overriders(const Call& caller, const State& state,
                            const clang::CXXMethodDecl* method, const clang::Expr* at, PlaceId self,
                            const std::vector<const clang::Expr*>& arguments, States& out) {
  std::vector<const clang::CXXMethodDecl*> shown;
  for (const clang::CXXMethodDecl* each : bodies_.overriders(*method))
    if (can_run(caller, each)) shown.push_back(each);
  const std::size_t before = spread_;
  if (before > 1 && before * shown.size() > kMaxSpread) {
    left_calls_ = true;
    return;
  }
  spread_ = before * std::max<std::size_t>(shown.size(), 1);
  for (const clang::CXXMethodDecl* each : shown)
    run_call(caller, state, each, at, self, arguments, out);
  spread_ = before;
}

// Effect: as a call of each function that the pointer `e` calls may have; of none that is known,
// nobody sees what it does.
void Solver::call_pointer(const Call& caller, State state, const clang::CallExpr* e,
                          const Value& object, const std::vector<const clang::Expr*>& arguments,
                          States& out) {
  const clang::Expr* callee = e->getCallee()->IgnoreParens();
  if (const auto* member = llvm::dyn_cast<clang::BinaryOperator>(callee))
    if (member->isPtrMemOp()) callee = member->getRHS();
  const Value called = value(caller, state, callee);
  bool ran = false;
  for (const Target& target : called.to) {
    const PlaceData& place = places_[target.place];
    if (place.kind != PlaceKind::Function) continue;
    const auto* const function = static_cast<const clang::FunctionDecl*>(place.key);
    call_function(caller, state, function, e, object, arguments, out);
    ran = true;
  }
  if (ran) return;
  const std::size_t before = out.size();
  call_table(caller, state, e, object, arguments, out);
  if (out.size() != before) return;
  use_arguments(caller, state, nullptr, arguments);
  opaque(caller, state, nullptr, e, object, arguments);
  out.push_back(std::move(state));
}

void Solver::call(const Call& caller, const clang::Expr* expression, States& states) {
  const auto* const e = llvm::cast<clang::CallExpr>(expression);
  const clang::FunctionDecl* const function = e->getDirectCallee();
  std::vector<const clang::Expr*> arguments(e->arg_begin(), e->arg_end());
  States out;
  for (State& state : states) {
    Value object;
    std::vector<const clang::Expr*> given = arguments;
    if (const auto* member = llvm::dyn_cast<clang::CXXMemberCallExpr>(e)) {
      const clang::Expr* const of = member->getImplicitObjectArgument();
      if (of != nullptr) object = value(caller, state, of);
    } else if (llvm::isa<clang::CXXOperatorCallExpr>(e) && !given.empty() &&
               llvm::isa_and_nonnull<clang::CXXMethodDecl>(function)) {
      object = value(caller, state, given.front());
      given.erase(given.begin());
    }
    if (function == nullptr) {
      call_pointer(caller, std::move(state), e, object, given, out);
      continue;
    }
    States after;
    call_function(caller, std::move(state), function, e, object, given, after);
    for (State& each : after) {
      bool changed = false;
      add_state(out, std::move(each), changed);
    }
  }
  states = std::move(out);
}

void Solver::construct(const Call& caller, const clang::CXXConstructExpr* expression,
                       States& states) {
  const clang::CXXConstructorDecl* const constructor = expression->getConstructor();
  const clang::QualType type = expression->getType();
  const clang::VarDecl* const variable = bodies_.variable_of(expression);
  const bool is_variable =
      variable != nullptr && variable->hasLocalStorage() && !variable->getType()->isReferenceType();
  const PlaceId place = is_variable ? place_of(caller, variable) : temporary(caller, expression);
  std::vector<const clang::Expr*> arguments(expression->arg_begin(), expression->arg_end());
  States out;
  for (State& state : states) {
    const Kind kind = model_.kind_of(type);
    if (kind == Kind::User && !is_variable && record_of(type) != nullptr)
      note_made(state, *record_of(type), !arguments.empty());
    if (constructor->isCopyOrMoveConstructor() && !arguments.empty() &&
        (kind != Kind::User || !constructor->isUserProvided()) && kind != Kind::PmrContainer) {
      const Value from = value(caller, state, arguments.front());
      bool weak = false;
      for (const Target& object : from.to) {
        if (object.place == place) continue;
        copy(state, place, object.place, type, site(caller, expression), weak);
        weak = true;
      }
      if (constructor->isMoveConstructor()) leave_empty(state, from, type);
      state.values[expression] = Value::of(place);
      out.push_back(std::move(state));
      continue;
    }
    std::erase_if(state.cells,
                  [&](const auto& cell) { return places_.is_below(cell.first, place); });
    state.values[expression] = Value::of(place);
    // Handlers ask whether it was made.
    if (is_variable && kind == Kind::User && owes_destruction(type))
      state.cells[place] = Value::unknown();
    keep_arguments(caller, state, constructor, expression, arguments);
    if (kind == Kind::Thread &&
        starts_thread(caller, state, constructor, expression, place, {}, arguments, out))
      continue;
    watch_construction(caller, state, place, expression, arguments);
    if (is_in_std(*constructor) || is_in_framealloc(*constructor)) {
      construct_library(caller, state, place, type, expression, arguments);
      for (const clang::Expr* argument : arguments)
        if (argument->isXValue())
          leave_empty(state, value(caller, state, argument), argument->getType());
      out.push_back(std::move(state));
      continue;
    }
    use_arguments(caller, state, constructor, arguments);
    if (constructor->isUserProvided() && can_run(caller, constructor)) {
      const std::size_t before = out.size();
      run_call(caller, std::move(state), constructor, expression, place, arguments, out);
      // There is no object where it throws.
      for (std::size_t i = before; i < out.size(); ++i)
        if (out[i].thrown)
          std::erase_if(out[i].cells,
                        [&](const auto& cell) { return places_.is_below(cell.first, place); });
      continue;
    }
    if (constructor->isDefaulted() && can_run(caller, constructor) && !constructor->isTrivial()) {
      run_call(caller, std::move(state), constructor, expression, place, arguments, out);
      continue;
    }
    out.push_back(std::move(state));
  }
  states = std::move(out);
}

}  // namespace fa_check
