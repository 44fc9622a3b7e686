// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: calls. One whose effect the model knows has that effect; one whose body is in sight is
// run; any other keeps nothing, ends nothing and returns what lifetimebound says.
#include "flow/solver.hpp"

#include <utility>

namespace fa_check {

bool Solver::can_run(const Call& caller, const clang::FunctionDecl* function) const {
  const clang::FunctionDecl* definition = nullptr;
  if (function == nullptr || !function->hasBody(definition)) return false;
  if (definition->isDependentContext()) return false;
  if (is_in_std(*function) || is_in_framealloc(*function)) return false;
  const clang::SourceManager& sources = context_.getSourceManager();
  if (sources.isInSystemHeader(sources.getExpansionLoc(definition->getLocation()))) return false;
  unsigned depth = 0;
  for (const Call* at = &caller; at != nullptr; at = at->caller) {
    if (at->function == definition) return false;  // recursion
    if (++depth > settings_.max_depth) return false;
  }
  return true;
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
  inlined_.insert(function->getCanonicalDecl());
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
    const clang::Expr* const argument = arguments[index++];
    store_into(caller, state, places_.place(PlaceKind::Local, parameter, 0, call.chain),
               parameter->getType(), argument, site(caller, argument));
  }
  auto outer = std::move(state.values);
  state.values.clear();
  States entry;
  entry.push_back(std::move(state));
  States exits = run(call, std::move(entry));
  const clang::Stmt* const body = definition->getBody();
  for (State& exit : exits) {
    leave(call, exit);
    Value result = Value::unknown();
    const auto given = exit.values.find(body);
    if (given != exit.values.end()) result = given->second;
    exit.values = outer;
    if (at != nullptr && !llvm::isa<clang::CXXConstructorDecl>(definition) &&
        !llvm::isa<clang::CXXDestructorDecl>(definition))
      set_result(caller, exit, at, std::move(result), definition->getReturnType());
    std::erase_if(exit.cells, [&](const auto& cell) {
      const PlaceData& root = places_[places_.root(cell.first)];
      return (root.kind == PlaceKind::Local || root.kind == PlaceKind::Temporary) &&
             root.chain == call.chain;
    });
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

void Solver::run_closures(const Call& caller, State state, const Value& closures,
                          const clang::Expr* at, const std::vector<const clang::Expr*>& arguments,
                          States& out, bool on_thread) {
  bool ran = false;
  for (const Target& target : closures.to) {
    for (const PlaceId place : {target.place, places_.element(target.place)}) {
      const auto found = closures_.find(place);
      if (found == closures_.end()) continue;
      const std::set<const clang::CXXRecordDecl*> records = found->second;
      for (const clang::CXXRecordDecl* record : records) {
        const clang::CXXMethodDecl* body = record->getLambdaCallOperator();
        if (body == nullptr) continue;
        if (const clang::FunctionTemplateDecl* pattern = body->getDescribedFunctionTemplate()) {
          body = nullptr;
          for (const clang::FunctionDecl* each : pattern->specializations())
            if (each->hasBody()) body = llvm::cast<clang::CXXMethodDecl>(each);
        }
        if (body == nullptr || !can_run(caller, body)) continue;
        run_call(caller, state, body, at, place, arguments, out, on_thread);
        ran = true;
      }
      break;
    }
  }
  if (!ran) out.push_back(std::move(state));
}

void Solver::use_arguments(const Call& caller, State& state, const clang::FunctionDecl* function,
                           const std::vector<const clang::Expr*>& arguments) {
  unsigned index = 0;
  for (const clang::Expr* argument : arguments) {
    const clang::ParmVarDecl* const parameter =
        function != nullptr && index < function->getNumParams() ? function->getParamDecl(index)
                                                                : nullptr;
    ++index;
    const Value given = value(caller, state, argument);
    const clang::QualType type = argument->getType();
    const Kind kind = model_.kind_of(type);
    const clang::QualType wanted = parameter != nullptr ? parameter->getType() : type;
    // An object that is to be filled anew may be stale.
    const bool is_filled =
        wanted->isLValueReferenceType() && !wanted.getNonReferenceType().isConstQualified();
    if (argument->isGLValue() || kind == Kind::Pointer) {
      if (use(caller, state, given, argument)) continue;
    }
    if (kind == Kind::Plain || kind == Kind::Pointer || kind == Kind::Allocator) {
      if (argument->isGLValue() && kind == Kind::Pointer && !is_filled)
        (void)use(caller, state, load(state, given, type), argument);
      continue;
    }
    if (!is_filled) use_what_it_holds(caller, state, given, argument);
  }
}

void Solver::opaque(const Call& caller, State& state, const clang::FunctionDecl* function,
                    const clang::Expr* at, const Value& object,
                    const std::vector<const clang::Expr*>& arguments) {
  Value result = Value::unknown();
  unsigned index = 0;
  for (const clang::Expr* argument : arguments) {
    const clang::ParmVarDecl* const parameter =
        function != nullptr && index < function->getNumParams() ? function->getParamDecl(index)
                                                                : nullptr;
    ++index;
    if (parameter == nullptr) continue;
    const Value given = value(caller, state, argument);
    if (parameter->hasAttr<clang::LifetimeBoundAttr>()) {
      const Kind kind = model_.kind_of(argument->getType());
      if (argument->isGLValue() || kind == Kind::Pointer)
        result.join(given);
      else
        result.join(load(state, given, argument->getType()));
    }
    if (model_.has_word(parameter, "retains")) {
      std::set<PlaceId> loans;
      reach(state, given, loans);
      if (model_.kind_of(argument->getType()) == Kind::Pointer || !argument->isGLValue())
        for (const PlaceId loan : loans)
          tell(caller, EventKind::Escape, places_.seen_from(site(caller, at), loans_[loan].made),
               loan, 0, 0);
    }
    if (model_.has_word(parameter, "deferred")) {
      std::set<PlaceId> loans;
      reach(state, given, loans);
      for (const PlaceId loan : loans)
        tell(caller, EventKind::Later, site(caller, argument), loan, 0, 0);
    }
  }
  if (function != nullptr && at->getType()->isPointerType() == false && at->isGLValue() == false) {
    set_result(caller, state, at, Value::unknown(), at->getType());
  }
  // The same function gives the same allocator.
  const Kind returned = model_.kind_of(at->getType());
  const bool names_allocator =
      function != nullptr && result.to.empty() &&
      (at->isGLValue() || at->getType()->isPointerType()) &&
      (returned == Kind::Allocator || returned == Kind::Owner ||
       model_.kind_of(at->getType()->getPointeeType()) == Kind::Allocator ||
       model_.kind_of(at->getType()->getPointeeType()) == Kind::Owner);
  if (names_allocator) {
    PlaceId parent = 0;
    if (object.to.size() == 1) parent = object.to.front().place;
    result.add({places_.place(PlaceKind::Part, function->getCanonicalDecl(), parent), 0});
  }
  if (at->isGLValue() || model_.kind_of(at->getType()) == Kind::Pointer) state.values[at] = result;
  // A flag that others can reach may have changed.
  std::erase_if(state.facts, [&](const auto& fact) { return is_outside(fact.first.first); });
}

void Solver::call_function(const Call& caller, State state, const clang::FunctionDecl* function,
                           const clang::Expr* at, const Value& object,
                           const std::vector<const clang::Expr*>& arguments, States& out) {
  const Effect effect = function == nullptr ? Effect::None : model_.effect_of(*function);
  if (effect != Effect::None && apply(caller, state, effect, function, at, object, arguments, out))
    return;
  if (function != nullptr && (is_in_std(*function) || is_in_framealloc(*function))) {
    library(caller, state, function, at, object, arguments, out);
    return;
  }
  // A closure that is called hands on what it holds.
  const auto* const method = llvm::dyn_cast_or_null<clang::CXXMethodDecl>(function);
  if (method != nullptr && method->getParent()->isLambda())
    use_what_it_holds(caller, state, object, at);
  use_arguments(caller, state, function, arguments);
  if (function == nullptr || !can_run(caller, function)) {
    if (function != nullptr && starts_thread(caller, state, function, at, 0, arguments, out))
      return;
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
    if (method != nullptr && method->getParent()->isLambda()) {
      reach(state, object, loans);
    }
    for (const PlaceId loan : loans)
      tell(caller, EventKind::CoroutineArgument, site(caller, at), loan, 0, 0);
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
    // A virtual call: the join over what is in sight is the body named here.
    for (const Target& target : objects.to)
      run_call(caller, state, function, at, target.place, arguments, out);
    return;
  }
  run_call(caller, std::move(state), function, at, self, arguments, out);
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
      // Through a pointer, or a closure that nobody names.
      use_arguments(caller, state, nullptr, given);
      opaque(caller, state, nullptr, e, object, given);
      out.push_back(std::move(state));
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
    if (constructor->isCopyOrMoveConstructor() && !arguments.empty() &&
        (kind != Kind::User || !constructor->isUserProvided()) && kind != Kind::PmrContainer) {
      const Value from = value(caller, state, arguments.front());
      bool weak = false;
      for (const Target& object : from.to) {
        if (object.place == place) continue;
        copy(state, place, object.place, type, site(caller, expression), weak);
        weak = true;
      }
      if (kind == Kind::Thread) {
        for (Running& running : state.running)
          for (const Target& object : from.to)
            if (running.handle == object.place) running.handle = place;
      }
      state.values[expression] = Value::of(place);
      out.push_back(std::move(state));
      continue;
    }
    std::erase_if(state.cells,
                  [&](const auto& cell) { return places_.is_below(cell.first, place); });
    state.values[expression] = Value::of(place);
    if (kind == Kind::Thread &&
        starts_thread(caller, state, constructor, expression, place, arguments, out))
      continue;
    if (is_in_std(*constructor) || is_in_framealloc(*constructor)) {
      construct_library(caller, state, place, type, expression, arguments);
      out.push_back(std::move(state));
      continue;
    }
    use_arguments(caller, state, constructor, arguments);
    if (constructor->isUserProvided() && can_run(caller, constructor)) {
      run_call(caller, std::move(state), constructor, expression, place, arguments, out);
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
