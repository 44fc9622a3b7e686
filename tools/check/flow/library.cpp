// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: functions of std and of the library that only move values about. They follow from the
// kind of the type, not from a list of functions.
#include "flow/arguments.hpp"
#include "flow/names.hpp"
#include "flow/solver.hpp"

#include <utility>
#include <vector>

namespace fa_check {
namespace {

bool passes_on(llvm::StringRef name) {
  return is_one_of(name, {"move", "forward", "as_const", "addressof", "launder", "to_address",
                          "move_if_noexcept", "__addressof", "assume_aligned", "forward_like"});
}

// Whether the function looks at a container or an object of several parts, and not at what they hold.
bool looks_at_object(llvm::StringRef name) {
  return is_one_of(name, {"get", "get_if", "holds_alternative", "size", "ssize", "empty", "begin",
                          "end", "cbegin", "cend", "rbegin", "rend", "data"});
}

// Whether a smart pointer or a container gives up what it has by the call.
bool gives_up_by(llvm::StringRef name, const clang::FunctionDecl& function) {
  return is_one_of(name, {"reset", "clear", "assign"}) ||
         function.getOverloadedOperator() == clang::OO_Equal;
}

// The class of the object that the member is called on: that of the method, or one that derives from it, as shared_ptr
// does from what has its members in libstdc++.
clang::QualType class_called_on(const clang::ASTContext& context,
                                const clang::CXXMethodDecl& method, const clang::Expr* at) {
  const auto* const member = llvm::dyn_cast<clang::CXXMemberCallExpr>(at);
  const clang::Expr* const object =
      member == nullptr ? nullptr : member->getImplicitObjectArgument();
  if (object != nullptr && is_shared(object->IgnoreParenImpCasts()->getType()))
    return object->IgnoreParenImpCasts()->getType();
  return type_of(context, method.getParent());
}

// Whether the container gives up one of what it has.
bool gives_up_one_by(llvm::StringRef name) {
  return is_one_of(name, {"pop", "pop_back", "pop_front", "erase"});
}

}  // namespace

void Solver::library(const Call& caller, State& state, const clang::FunctionDecl* function,
                     const clang::Expr* at, const Value& object,
                     const std::vector<const clang::Expr*>& arguments, States& out) {
  const llvm::StringRef name = name_of(function);
  const SiteId where = site(caller, at);
  const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
  // The algorithms of std::ranges are objects that are called.
  const bool is_algorithm =
      method != nullptr && method->getOverloadedOperator() == clang::OO_Call &&
      model_.kind_of(type_of(context_, method->getParent())) == Kind::Library &&
      !model_.can_hold(type_of(context_, method->getParent()));
  const llvm::StringRef algorithm = is_algorithm ? algorithm_of(*method->getParent()) : name;
  if (method != nullptr && method->isInstance() && !is_algorithm) {
    if (function->getOverloadedOperator() == clang::OO_Call) {
      use_what_it_holds(caller, state, object, at);
      Value closures;
      for (const Target& target : object.to) closures.add(target);
      use_arguments(caller, state, function, arguments);
      run_closures(caller, std::move(state), closures, at, arguments, out);
      return;
    }
    const clang::QualType pointer = class_called_on(context_, *method, at);
    const bool is_one = gives_up_one_by(name);
    if ((gives_up_by(name, *function) || is_one) && (has_deleter(pointer) || is_guard(pointer))) {
      for (const Target& target : object.to) {
        States after;
        after.push_back(std::move(state));
        if (is_one)
          end_guards(caller, target.place, pointer, at, after, false);
        else
          give_up(caller, target.place, pointer, at, after);
        for (State& each : after) {
          member_of_library(caller, each, method, at, object, arguments);
          out.push_back(std::move(each));
        }
        return;
      }
    }
    if (is_one_of(name, {"allocate", "allocate_bytes", "allocate_object", "new_object"}) &&
        take_from_resource(caller, state, function, at, object)) {
      out.push_back(std::move(state));
      return;
    }
    synchronize(state, sync_of(*method), object);
    const Kind kind = model_.kind_of(type_of(context_, method->getParent()));
    if (function->getOverloadedOperator() != clang::OO_Equal && kind != Kind::Library)
      use_arguments(caller, state, function, arguments);
    if (name == "swap" && arguments.size() == 1) {
      const Value other = value(caller, state, arguments.front());
      if (object.to.size() == 1 && other.to.size() == 1) {
        const clang::QualType type = type_of(context_, method->getParent());
        const PlaceId spare = places_.place(PlaceKind::Temporary, function, 0, caller.chain);
        copy(state, spare, object.to.front().place, type, where);
        copy(state, object.to.front().place, other.to.front().place, type, where);
        copy(state, other.to.front().place, spare, type, where);
      }
      out.push_back(std::move(state));
      return;
    }
    if (is_in_framealloc(*method) && at->isGLValue() && kind == Kind::Library &&
        model_.kind_of(at->getType()) == Kind::Allocator) {
      // The allocator that an object of the library's modules was made of.
      Value result;
      for (const PlaceId owner : owners(state, object)) result.add({owner, 0});
      state.values[at] = result;
      out.push_back(std::move(state));
      return;
    }
    if (emplace(caller, state, *method, at, object, arguments, out)) return;
    member_of_library(caller, state, method, at, object, arguments);
    out.push_back(std::move(state));
    return;
  }
  if (passes_on(name) && arguments.size() == 1) {
    state.values[at] = value(caller, state, arguments.front());
    out.push_back(std::move(state));
    return;
  }
  if (is_one_of(name, {"ref", "cref"}) && arguments.size() == 1 &&
      model_.kind_of(at->getType()) == Kind::View) {
    const PlaceId place = temporary(caller, at);
    const Value given = value(caller, state, arguments.front());
    store(
        state, place,
        model_.kind_of(arguments.front()->getType()) == Kind::View ? load(state, given, {}) : given,
        where);
    state.values[at] = Value::of(place);
    out.push_back(std::move(state));
    return;
  }
  if (name == "exchange" && arguments.size() == 2) {
    const Value object_given = value(caller, state, arguments[0]);
    const clang::QualType type = arguments[0]->getType();
    (void)use(caller, state, object_given, arguments[0]);
    set_result(
        caller, state, at,
        model_.kind_of(type) == Kind::Pointer ? load(state, object_given, type) : object_given,
        at->getType());
    for (const Target& target : object_given.to) {
      const Value given = value(caller, state, arguments[1]);
      const bool many = object_given.to.size() > 1;
      if (model_.kind_of(type) == Kind::Pointer) {
        store(state, target.place,
              arguments[1]->isGLValue() ? load(state, given, arguments[1]->getType()) : given,
              where, many);
      } else if (arguments[1]->getType()->isNullPtrType()) {
        store(state, target.place, Value::nothing(), where, many);
      } else {
        for (const Target& source : given.to)
          copy(state, target.place, source.place, type, where, many);
      }
    }
    out.push_back(std::move(state));
    return;
  }
  if (name == "swap" && arguments.size() == 2) {
    const Value a = value(caller, state, arguments[0]);
    const Value b = value(caller, state, arguments[1]);
    if (a.to.size() == 1 && b.to.size() == 1) {
      const clang::QualType type = arguments[0]->getType();
      const PlaceId spare = places_.place(PlaceKind::Temporary, at, 0, caller.chain);
      copy(state, spare, a.to.front().place, type, where);
      copy(state, a.to.front().place, b.to.front().place, type, where);
      copy(state, b.to.front().place, spare, type, where);
    }
    out.push_back(std::move(state));
    return;
  }
  const Kind result = model_.kind_of(at->getType());
  // A comparison with null is no use.
  const clang::OverloadedOperatorKind op = function->getOverloadedOperator();
  if (op == clang::OO_EqualEqual || op == clang::OO_ExclaimEqual) {
    const bool with_null = std::any_of(arguments.begin(), arguments.end(), [](const auto* each) {
      return each->IgnoreUnlessSpelledInSource()->getType()->isNullPtrType();
    });
    bool iterators = true;
    for (const clang::Expr* argument : arguments)
      iterators = iterators && model_.kind_of(argument->getType()) == Kind::View;
    if (!with_null && !iterators) use_arguments(caller, state, function, arguments);
    state.values[at] = Value::unknown();
    out.push_back(std::move(state));
    return;
  }
  for (unsigned i = 0; i < arguments.size() && i < function->getNumParams(); ++i) {
    const clang::QualType wanted = function->getParamDecl(i)->getType();
    if (wanted.getNonReferenceType()->isIntegralOrEnumerationType())
      forget_numbers(state, wanted, value(caller, state, arguments[i]));
  }
  const Kind first = arguments.empty() ? Kind::Plain : model_.kind_of(arguments.front()->getType());
  if (looks_at_object(name) && arguments.size() == 1 && arguments.front()->isGLValue() &&
      (first == Kind::Container || first == Kind::User))
    (void)use(caller, state, value(caller, state, arguments.front()), arguments.front());
  else
    use_arguments(caller, state, function, arguments);
  if (name.starts_with("erase") && first == Kind::Container)
    forget_freed(caller, state, value(caller, state, arguments.front()), nullptr, nullptr);
  if (name == "allocate" && !arguments.empty() &&
      take_from_resource(caller, state, function, at, value(caller, state, arguments.front()))) {
    out.push_back(std::move(state));
    return;
  }
  if (is_one_of(name, {"make_unique", "make_shared", "allocate_shared"})) {
    PlaceId made = places_.place(PlaceKind::Local, at, 0, caller.chain);
    std::erase_if(state.cells,
                  [&](const auto& cell) { return places_.is_below(cell.first, made); });
    if (name == "allocate_shared" && !arguments.empty() &&
        take_from_resource(caller, state, function, at, value(caller, state, arguments.front())))
      made = state.values[at].to.front().place;
    std::vector<const clang::Expr*> given = arguments;
    if (name == "allocate_shared" && !given.empty()) given.erase(given.begin());
    for (State& after :
         build(caller, std::move(state), made, first_type_of(at->getType()), at, given)) {
      const PlaceId place = temporary(caller, at);
      store(after, place, Value::of(made), where);
      after.values[at] = Value::of(place);
      out.push_back(std::move(after));
    }
    return;
  }
  // Algorithms call what they are given before they return; what they do to threads is to join.
  for (const clang::Expr* argument : arguments) {
    const Kind kind = model_.kind_of(argument->getType());
    if (state.running.empty() || arguments.size() < 2) break;
    if (kind != Kind::View && kind != Kind::Container) continue;
    Value elements;
    for (const Target& target : value(caller, state, argument).to)
      elements.add({kind == Kind::Container ? places_.element(target.place) : target.place, 0});
    join_threads(state, kind == Kind::Container ? elements : load(state, elements, {}));
  }
  const Value closures = called_with_elements(caller, state, algorithm, arguments);
  const bool visits = visits_each(algorithm);
  if (visits) begin_turn(caller, state, *at);
  States after;
  if (closures.to.empty()) {
    after.push_back(std::move(state));
  } else {
    const std::vector<const clang::Expr*> given =
        elements_for(caller, state, at, closures, arguments);
    run_closures(caller, std::move(state), closures, at, given, after);
  }
  for (State& each : after) {
    write_output(caller, each, algorithm, at, closures, arguments);
    if (visits) end_turn(caller, each, *at);
    if (visits) end_walk(caller, each, *at);
    Value found;
    if (at->isGLValue() || result == Kind::Pointer || result == Kind::View)
      found = come_back(caller, each, algorithm, at, arguments);
    if (at->isGLValue() || result == Kind::Pointer || result == Kind::Plain) {
      each.values[at] = result == Kind::Plain && !at->isGLValue() ? Value::unknown() : found;
    } else if (result == Kind::View) {
      const PlaceId place = temporary(caller, at);
      store(each, place, found, where);
      each.values[at] = Value::of(place);
    } else {
      const PlaceId place = temporary(caller, at);
      std::erase_if(each.cells,
                    [&](const auto& cell) { return places_.is_below(cell.first, place); });
      // std::bind() and its like.
      const bool has_parts = give_parts(caller, each, algorithm, place, at, arguments);
      if (!has_parts && result == Kind::Library && model_.can_hold(at->getType()))
        for (const clang::Expr* argument : arguments)
          keep(caller, each, place, at->getType(), argument, where, false);
      // make_pair, make_tuple, make_optional, tie.
      if (result == Kind::Container || result == Kind::User) {
        if (name.starts_with("make_") || name == "tie" || name == "forward_as_tuple") {
          const clang::CXXRecordDecl* const record = record_of(at->getType());
          auto field = record->field_begin();
          for (const clang::Expr* argument : arguments) {
            if (result == Kind::Container) {
              keep(caller, each, place, at->getType(), argument, where, false);
            } else if (field != record->field_end()) {
              const Value given = value(caller, each, argument);
              const PlaceId here = places_.field(place, *field);
              if (model_.kind_of(field->getType()) == Kind::Pointer)
                store(each, here,
                      argument->isGLValue() ? load(each, given, argument->getType()) : given,
                      where);
              else
                for (const Target& target : given.to)
                  copy(each, here, target.place, argument->getType(), where, true);
              ++field;
            }
          }
        }
      }
      each.values[at] = Value::of(place);
    }
    out.push_back(std::move(each));
  }
}

}  // namespace fa_check
