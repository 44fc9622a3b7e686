// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: functions of std and of the library that only move values about. They follow from the
// kind of the type, not from a list of functions.
#include "flow/solver.hpp"

#include <utility>

namespace fa_check {
namespace {

llvm::StringRef name_of(const clang::FunctionDecl* function) {
  return function->getDeclName().isIdentifier() ? function->getName() : llvm::StringRef();
}

bool is_one_of(llvm::StringRef name, std::initializer_list<llvm::StringRef> names) {
  return llvm::is_contained(names, name);
}

bool passes_on(llvm::StringRef name) {
  return is_one_of(name, {"move", "forward", "as_const", "addressof", "launder", "to_address",
                          "move_if_noexcept", "__addressof", "assume_aligned", "forward_like"});
}

bool looks_only(llvm::StringRef name) {
  return is_one_of(name, {"data", "size", "empty", "get", "subspan", "first", "last", "length",
                          "has_value", "use_count", "valid", "capacity", "is_attached", "id",
                          "subslice", "span", "as_span", "release", "reset", "swap", "clear"});
}

bool adds(llvm::StringRef name) {
  return is_one_of(name, {"push_back", "emplace_back", "insert", "emplace", "append", "resize",
                          "assign", "push_front", "emplace_front", "push", "insert_or_assign",
                          "try_emplace", "get_or_insert", "extend_from_iter", "append_range",
                          "extend", "reserve", "push_back_unchecked", "try_push", "store",
                          "exchange", "replace", "emplace_hint", "insert_range", "fill"});
}

}  // namespace

// Effect: the container holds what the argument holds, if its elements can.
void Solver::keep(const Call& caller, State& state, PlaceId container, clang::QualType type,
                  const clang::Expr* argument, SiteId where, bool may_be_range) {
  if (llvm::isa<clang::CXXDefaultArgExpr>(argument)) return;
  if (!model_.can_hold(type)) return;
  const clang::QualType given_type = argument->getType();
  const Kind kind = model_.kind_of(given_type);
  const Value given = value(caller, state, argument);
  const PlaceId element = places_.element(container);
  const auto* const instance =
      llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(record_of(type));
  clang::QualType wanted;
  if (instance != nullptr && instance->getTemplateArgs().size() > 0 &&
      instance->getTemplateArgs()[0].getKind() == clang::TemplateArgument::Type)
    wanted = instance->getTemplateArgs()[0].getAsType();
  // A container on a resource of its own copies what comes from another one.
  if (model_.kind_of(type) == Kind::PmrContainer && !wanted.isNull() &&
      model_.kind_of(wanted) == Kind::PmrContainer && kind == Kind::PmrContainer)
    return;
  if (kind == Kind::Plain || kind == Kind::Mark || kind == Kind::Owner) return;
  const bool is_element = wanted.isNull() || context_.hasSameUnqualifiedType(
                                                 wanted.getCanonicalType(),
                                                 given_type.getCanonicalType());
  if (kind == Kind::Pointer || kind == Kind::View) {
    Value held = argument->isGLValue() || kind == Kind::View ? load(state, given, given_type) : given;
    if (given_type->isArrayType()) return;
    if (may_be_range && !is_element && !wanted.isNull()) {
      const clang::QualType pointee = given_type->isPointerType() ? given_type->getPointeeType() : wanted;
      if (!model_.can_hold(wanted)) return;
      held = load(state, held, pointee);
    } else if (!wanted.isNull() && model_.kind_of(wanted) == Kind::Container &&
               !model_.can_hold(wanted)) {
      return;
    }
    store(state, element, held, where, true);
    return;
  }
  if (kind == Kind::Container && may_be_range && !is_element) {
    for (const Target& target : given.to)
      copy(state, element, places_.element(target.place), wanted, where, true);
    return;
  }
  for (const Target& target : given.to) copy(state, element, target.place, given_type, where, true);
}

void Solver::construct_library(const Call& caller, State& state, PlaceId place,
                               clang::QualType type, const clang::Expr* at,
                               const std::vector<const clang::Expr*>& arguments) {
  const SiteId where = site(caller, at);
  const Kind kind = model_.kind_of(type);
  const clang::CXXRecordDecl* const record = record_of(type);
  const std::string name = record == nullptr ? "" : plain_name(*record);
  if (kind == Kind::Allocator) {
    if (arguments.empty()) return;
    const clang::CXXRecordDecl* const config = record_of(arguments.front()->getType());
    if (config == nullptr) return;
    for (const clang::FieldDecl* field : config->fields()) {
      if (field->getName() != "frames_in_flight") continue;
      for (const Target& target : value(caller, state, arguments.front()).to) {
        const Value frames = read(state, places_.field(target.place, field), field->getType());
        if (frames.number && *frames.number >= 1 && *frames.number <= 4)
          in_flight_[place] = static_cast<unsigned>(*frames.number);
      }
    }
    return;
  }
  if (kind == Kind::Mark || kind == Kind::Plain) return;
  if (kind == Kind::ArenaContainer || kind == Kind::ScopeGuard || name == "framealloc::FrameAllocator") {
    for (const clang::Expr* argument : arguments) {
      const clang::QualType given_type = argument->getType();
      const Kind given = model_.kind_of(given_type->isPointerType() ? given_type->getPointeeType() : given_type);
      if (given != Kind::Owner && given != Kind::Allocator) continue;
      const std::vector<PlaceId> of = owners(state, value(caller, state, argument));
      if (of.empty()) return;
      if (kind == Kind::ScopeGuard) {
        const PlaceId mark = places_.place(PlaceKind::Mark, at, 0, caller.chain);
        for (const PlaceId owner : of) set_mark(state, mark, owner);
        store(state, place, Value::of(mark), where);
      } else if (kind == Kind::ArenaContainer) {
        Loan loan;
        loan.made = where;
        loan.type = type;
        loan.on_thread = caller.on_thread;
        loan.maker = llvm::cast<clang::CXXConstructExpr>(at)->getConstructor();
        Value made = issue(caller, state, of, at, loan);
        made.number = 0;
        if (arguments.size() > 1 && !llvm::isa<clang::CXXDefaultArgExpr>(arguments[1])) {
          const Value room = value(caller, state, arguments[1]);
          made.number = room.number ? *room.number : 1;
        }
        store(state, place, made, where);
      } else {
        store(state, place, Value::of(places_.place(PlaceKind::Resource, nullptr, of.front())), where);
      }
      return;
    }
    if (kind == Kind::ScopeGuard) return;
  }
  if (kind == Kind::User) {  // std::pair
    auto argument = arguments.begin();
    for (const clang::FieldDecl* field : record->fields()) {
      if (argument == arguments.end()) return;
      const clang::Expr* const given = *argument++;
      if (model_.can_hold(field->getType())) {
        const Value objects = value(caller, state, given);
        const Kind part = model_.kind_of(field->getType());
        const PlaceId here = places_.field(place, field);
        if (part == Kind::Pointer)
          store(state, here, given->isGLValue() ? load(state, objects, given->getType()) : objects, where);
        else
          for (const Target& target : objects.to)
            copy(state, here, target.place, given->getType(), where, true);
      }
    }
    return;
  }
  if (kind == Kind::Container) {
    const bool range = arguments.size() >= 2;
    for (const clang::Expr* argument : arguments)
      keep(caller, state, place, type, argument, where, range && name != "std::tuple");
    return;
  }
  // Views, boxes, containers on a resource: the cell is what they share.
  Value held;
  bool takes_memory = false;
  for (const clang::Expr* argument : arguments) {
    if (llvm::isa<clang::CXXDefaultArgExpr>(argument)) continue;
    const clang::QualType given_type = argument->getType();
    const Kind given = model_.kind_of(given_type);
    const Value objects = value(caller, state, argument);
    if (given_type->isArrayType()) {
      for (const Target& target : objects.to) held.add({places_.element(target.place), 0});
    } else if (given == Kind::Pointer) {
      const Value pointed = argument->isGLValue() ? load(state, objects, given_type) : objects;
      for (const Target& target : pointed.to) {
        const bool is_resource = places_[target.place].kind == PlaceKind::Resource;
        if (kind == Kind::PmrContainer && !is_resource) continue;
        held.add(target);
        takes_memory = takes_memory || is_resource;
      }
      held.null = held.null || pointed.is_only_null();
    } else if (given == Kind::Container) {
      if (kind != Kind::PmrContainer)
        for (const Target& target : objects.to) held.add({places_.element(target.place), 0});
    } else if (given != Kind::Plain) {
      const Value inner = load(state, objects, given_type);
      for (const Target& target : inner.to) {
        const bool is_resource = places_[target.place].kind == PlaceKind::Resource;
        if (kind == Kind::PmrContainer && !is_resource) {
          // A move takes the buffer over; a copy is made on the default resource.
          const auto* const made = llvm::dyn_cast<clang::CXXConstructExpr>(at);
          if (made == nullptr || !made->getConstructor()->isMoveConstructor()) continue;
        }
        if (kind == Kind::PmrContainer && is_resource && given == Kind::PmrContainer) {
          const auto* const made = llvm::dyn_cast<clang::CXXConstructExpr>(at);
          if (made == nullptr || !made->getConstructor()->isMoveConstructor()) continue;
        }
        held.add(target);
        takes_memory = takes_memory || (is_resource && given != Kind::PmrContainer);
      }
    }
  }
  if (arguments.empty()) held.null = true;
  if (kind == Kind::Library) {
    for (const clang::Expr* argument : arguments)
      if (model_.can_hold(argument->getType()) && model_.kind_of(argument->getType()) == Kind::User)
        for (const Target& target : value(caller, state, argument).to)
          copy(state, place, target.place, argument->getType(), where, true);
    if (!model_.can_hold(type)) return;
  }
  store(state, place, held, where);
  if (kind == Kind::PmrContainer && takes_memory) grow(caller, state, Value::of(place), at);
}

void Solver::member_of_library(const Call& caller, State& state, const clang::CXXMethodDecl* method,
                               const clang::Expr* at, const Value& object,
                               const std::vector<const clang::Expr*>& arguments) {
  const clang::QualType type = context_.getRecordType(method->getParent());
  const Kind kind = model_.kind_of(type);
  const SiteId where = site(caller, at);
  const llvm::StringRef name = name_of(method);
  const clang::OverloadedOperatorKind op = method->getOverloadedOperator();
  const bool is_assignment = op == clang::OO_Equal;
  const bool asks_for_null = llvm::isa<clang::CXXConversionDecl>(method) &&
                             at->getType()->isBooleanType();
  if (name == "with_frames_in_flight" || (name.starts_with("with_") && kind == Kind::Library)) {
    // The setters of AllocConfig.
    for (const Target& target : object.to) {
      for (const clang::FieldDecl* field : method->getParent()->fields()) {
        if (!arguments.empty() && ("with_" + field->getName()).str() == name)
          store(state, places_.field(target.place, field), value(caller, state, arguments.front()), where);
      }
    }
    if (at->isGLValue()) {
      state.values[at] = object;
    } else {
      const PlaceId place = temporary(caller, at);
      for (const Target& target : object.to) copy(state, place, target.place, type, where);
      state.values[at] = Value::of(place);
    }
    return;
  }
  if (is_assignment && arguments.size() == 1) {
    const clang::Expr* const from = arguments.front();
    const Value given = value(caller, state, from);
    bool many = object.to.size() > 1;
    for (const Target& target : object.to) {
      (void)use(caller, state, Value::of(target.place), at);
      const bool same = record_of(from->getType()) == method->getParent();
      if (kind == Kind::Thread) {
        for (Running& running : state.running)
          for (const Target& source : given.to)
            if (running.handle == source.place) running.handle = target.place;
        continue;
      }
      if (kind == Kind::PmrContainer) {
        // Its resource stays; where both have the same one, a move takes the buffer over.
        grow(caller, state, Value::of(target.place), at);
        const auto cell = state.cells.find(target.place);
        const bool of_frame = cell != state.cells.end() && !cell->second.to.empty();
        if (same && method->isMoveAssignmentOperator() && of_frame)
          for (const Target& source : given.to)
            store(state, target.place, read(state, source.place, type), where, many);
        continue;
      }
      if (same) {
        for (const Target& source : given.to)
          copy(state, target.place, source.place, type, where, many);
        if (given.to.empty() && !many) state.cells.erase(target.place);
        continue;
      }
      std::erase_if(state.cells, [&](const auto& cell) {
        return !many && cell.first != target.place && places_.is_below(cell.first, target.place);
      });
      if (kind == Kind::Container) {
        keep(caller, state, target.place, type, from, where, false);
      } else if (from->getType()->isNullPtrType() || given.is_only_null()) {
        store(state, target.place, Value::nothing(), where, many);
      } else {
        Value held;
        const Kind given_kind = model_.kind_of(from->getType());
        if (given_kind == Kind::Pointer)
          held = from->isGLValue() ? load(state, given, from->getType()) : given;
        else if (given_kind == Kind::Container)
          for (const Target& source : given.to) held.add({places_.element(source.place), 0});
        else
          held = load(state, given, from->getType());
        if (kind != Kind::ArenaContainer) store(state, target.place, held, where, many);
      }
    }
    state.values[at] = object;
    return;
  }
  if (kind == Kind::Container || kind == Kind::Library || kind == Kind::Thread) {
    // The object itself may lie in memory of a frame.
    (void)use(caller, state, object, at);
    if (kind == Kind::Thread) {
      if (is_one_of(name, {"join", "get", "wait"})) join_threads(state, object);
      state.values[at] = Value::unknown();
      if (!at->isGLValue() && model_.kind_of(at->getType()) != Kind::Plain && !at->getType()->isVoidType())
        set_result(caller, state, at, Value::unknown(), at->getType());
      return;
    }
    Value elements;
    for (const Target& target : object.to) elements.add({places_.element(target.place), 0});
    if (is_one_of(name, {"clear", "reset"}) && arguments.empty() && object.to.size() == 1) {
      std::erase_if(state.cells, [&](const auto& cell) {
        return cell.first != object.to.front().place &&
               places_.is_below(cell.first, object.to.front().place);
      });
    }
    const bool changes = !method->isConst() && !is_one_of(name, {"at", "find", "begin", "end", "erase", "count", "get"}) &&
                         op != clang::OO_Subscript && op != clang::OO_Call && op != clang::OO_Arrow && op != clang::OO_Star;
    if (changes) {
      const bool range = arguments.size() >= 2 && is_one_of(name, {"assign", "insert", "append"});
      for (const Target& target : object.to) {
        if (is_one_of(name, {"store", "emplace"}) && object.to.size() == 1 && arguments.size() >= 1 &&
            model_.can_hold(type)) {
          const std::string owner = plain_name(*method->getParent());
          if (owner == "std::optional" || owner == "std::atomic")
            std::erase_if(state.cells, [&](const auto& cell) {
              return cell.first != target.place && places_.is_below(cell.first, target.place);
            });
        }
        for (const clang::Expr* argument : arguments)
          keep(caller, state, target.place, type, argument, where, range);
      }
    }
    if (at->getType()->isVoidType()) return;
    const Kind result = model_.kind_of(at->getType());
    if (at->isGLValue()) {
      state.values[at] = elements;
    } else if (result == Kind::Pointer) {
      const bool is_value = kind == Kind::Container &&
                            is_one_of(name, {"load", "value", "value_or", "exchange", "get"});
      state.values[at] = is_value ? load(state, elements, at->getType()) : elements;
    } else if (result == Kind::View) {
      const PlaceId place = temporary(caller, at);
      const bool is_value = is_one_of(name, {"load", "value", "value_or", "exchange"});
      store(state, place, is_value ? load(state, elements, at->getType()) : elements, where);
      state.values[at] = Value::of(place);
    } else if (kind == Kind::Library && model_.can_hold(at->getType())) {
      set_result(caller, state, at, Value::unknown(), at->getType());
    } else if (result != Kind::Plain) {
      set_result(caller, state, at, elements, at->getType());
    }
    return;
  }
  // What shares memory.
  (void)use(caller, state, object, at);
  const Value held = load(state, object, type);
  const bool learns = kind == Kind::Box || kind == Kind::Retained;
  const bool reads = !asks_for_null && !(learns && looks_only(name)) &&
                     !(kind == Kind::View && looks_only(name)) && name != "clear" && name != "swap";
  if (adds(name) || op == clang::OO_PlusEqual) {
    if (kind == Kind::ArenaContainer || kind == Kind::PmrContainer) {
      (void)use(caller, state, held, at);
      if (!is_one_of(name, {"try_push", "push_back_unchecked"})) grow(caller, state, object, at);
      if (name == "reserve" || name == "resize")
        for (const Target& target : object.to)
          if (state.cells.count(target.place) != 0) state.cells[target.place].number = 1;
      for (const Target& target : load(state, object, type).to) {
        if (places_[target.place].kind != PlaceKind::Memory) continue;
        for (const clang::Expr* argument : arguments) {
          if (llvm::isa<clang::CXXDefaultArgExpr>(argument) || !model_.can_hold(argument->getType())) continue;
          const Value given = value(caller, state, argument);
          const Kind of = model_.kind_of(argument->getType());
          if (of == Kind::Plain || of == Kind::Mark || of == Kind::Owner || of == Kind::Allocator) continue;
          if (kind == Kind::PmrContainer && of == Kind::PmrContainer) continue;
          if (of == Kind::Pointer || of == Kind::View)
            store(state, target.place, argument->isGLValue() || of == Kind::View
                                           ? load(state, given, argument->getType()) : given, where, true);
        }
      }
    }
  } else if (reads) {
    (void)use(caller, state, held, at);
  }
  if (is_one_of(name, {"reset"})) {
    Value now = Value::nothing();
    if (!arguments.empty() && !llvm::isa<clang::CXXDefaultArgExpr>(arguments.front()))
      now = value(caller, state, arguments.front());
    if (kind != Kind::ArenaContainer && kind != Kind::PmrContainer)
      for (const Target& target : object.to) store(state, target.place, now, where, object.to.size() > 1);
  }
  Value result;
  result.other = held.other;
  for (const Target& target : held.to)
    if (places_[target.place].kind != PlaceKind::Resource) result.add({target.place, 0});
  if (name == "release")
    for (const Target& target : object.to) store(state, target.place, Value::nothing(), where, object.to.size() > 1);
  if (at->getType()->isVoidType()) return;
  const Kind kind_of_result = model_.kind_of(at->getType());
  if (at->isGLValue()) {
    // *this, or a part of what is held.
    const bool same = record_of(at->getType()) == method->getParent();
    state.values[at] = same ? object : result;
  } else if (kind_of_result == Kind::Pointer) {
    state.values[at] = result;
  } else if (kind_of_result == Kind::View || kind_of_result == Kind::ArenaContainer || kind_of_result == Kind::Box) {
    const PlaceId place = temporary(caller, at);
    store(state, place, result, where);
    state.values[at] = Value::of(place);
  } else if (kind_of_result != Kind::Plain) {
    set_result(caller, state, at, Value::unknown(), at->getType());
  }
}

void Solver::library(const Call& caller, State& state, const clang::FunctionDecl* function,
                     const clang::Expr* at, const Value& object,
                     const std::vector<const clang::Expr*>& arguments, States& out) {
  const llvm::StringRef name = name_of(function);
  const SiteId where = site(caller, at);
  const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
  if (method != nullptr && method->isInstance()) {
    if (function->getOverloadedOperator() == clang::OO_Call && method->getParent()) {
      use_what_it_holds(caller, state, object, at);
      Value closures;
      for (const Target& target : object.to) closures.add(target);
      use_arguments(caller, state, function, arguments);
      run_closures(caller, std::move(state), closures, at, arguments, out);
      return;
    }
    if (starts_thread(caller, state, function, at, 0, arguments, out)) return;
    const Kind kind = model_.kind_of(context_.getRecordType(method->getParent()));
    if (function->getOverloadedOperator() != clang::OO_Equal && kind != Kind::Library)
      use_arguments(caller, state, function, arguments);
    if (name == "swap" && arguments.size() == 1) {
      const Value other = value(caller, state, arguments.front());
      if (object.to.size() == 1 && other.to.size() == 1) {
        const clang::QualType type = context_.getRecordType(method->getParent());
        const PlaceId spare = places_.place(PlaceKind::Temporary, function, 0, caller.chain);
        copy(state, spare, object.to.front().place, type, where);
        copy(state, object.to.front().place, other.to.front().place, type, where);
        copy(state, other.to.front().place, spare, type, where);
      }
      out.push_back(std::move(state));
      return;
    }
    member_of_library(caller, state, method, at, object, arguments);
    out.push_back(std::move(state));
    return;
  }
  if (starts_thread(caller, state, function, at, 0, arguments, out)) return;
  if (passes_on(name) && arguments.size() == 1) {
    state.values[at] = value(caller, state, arguments.front());
    out.push_back(std::move(state));
    return;
  }
  if (name == "exchange" && arguments.size() == 2) {
    const Value object_given = value(caller, state, arguments[0]);
    const clang::QualType type = arguments[0]->getType();
    (void)use(caller, state, object_given, arguments[0]);
    set_result(caller, state, at,
               model_.kind_of(type) == Kind::Pointer ? load(state, object_given, type) : object_given,
               at->getType());
    for (const Target& target : object_given.to) {
      const Value given = value(caller, state, arguments[1]);
      const bool many = object_given.to.size() > 1;
      if (model_.kind_of(type) == Kind::Pointer) {
        store(state, target.place,
              arguments[1]->isGLValue() ? load(state, given, arguments[1]->getType()) : given, where,
              many);
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
  use_arguments(caller, state, function, arguments);
  if (is_one_of(name, {"make_unique", "make_shared", "allocate_shared"})) {
    const PlaceId made = places_.place(PlaceKind::Local, at, 0, caller.chain);
    std::erase_if(state.cells, [&](const auto& cell) { return places_.is_below(cell.first, made); });
    for (const clang::Expr* argument : arguments) {
      if (!model_.can_hold(argument->getType())) continue;
      const Kind kind = model_.kind_of(argument->getType());
      if (kind == Kind::Allocator || kind == Kind::Owner) continue;
      const Value given = value(caller, state, argument);
      store(state, made, argument->isGLValue() || kind != Kind::Pointer
                             ? load(state, given, argument->getType()) : given, where, true);
    }
    const PlaceId place = temporary(caller, at);
    store(state, place, Value::of(made), where);
    state.values[at] = Value::of(place);
    out.push_back(std::move(state));
    return;
  }
  // Algorithms call what they are given before they return.
  Value closures;
  for (const clang::Expr* argument : arguments) {
    const clang::CXXRecordDecl* const record = record_of(argument->getType());
    if (record != nullptr && record->isLambda())
      for (const Target& target : value(caller, state, argument).to) closures.add(target);
  }
  if (!closures.to.empty()) {
    States after;
    run_closures(caller, std::move(state), closures, at, {}, after);
    for (State& each : after) {
      set_result(caller, each, at, Value::unknown(), at->getType());
      out.push_back(std::move(each));
    }
    return;
  }
  // What leads into an argument may come back.
  Value found;
  if (at->isGLValue() || result == Kind::Pointer || result == Kind::View) {
    for (const clang::Expr* argument : arguments) {
      const Kind kind = model_.kind_of(argument->getType());
      const Value given = value(caller, state, argument);
      if (kind == Kind::Pointer)
        found.join(argument->isGLValue() && !at->isGLValue() ? load(state, given, argument->getType()) : given);
      else if (kind == Kind::Container || kind == Kind::User)
        for (const Target& target : given.to) found.add({kind == Kind::User ? target.place : places_.element(target.place), 0});
      else if (kind != Kind::Plain && kind != Kind::Allocator && kind != Kind::Owner)
        found.join(load(state, given, argument->getType()));
      if (!is_one_of(name, {"min", "max", "clamp"})) break;
    }
  }
  if (at->isGLValue() || result == Kind::Pointer || result == Kind::Plain) {
    state.values[at] = result == Kind::Plain && !at->isGLValue() ? Value::unknown() : found;
  } else if (result == Kind::View) {
    const PlaceId place = temporary(caller, at);
    store(state, place, found, where);
    state.values[at] = Value::of(place);
  } else {
    const PlaceId place = temporary(caller, at);
    std::erase_if(state.cells, [&](const auto& cell) { return places_.is_below(cell.first, place); });
    // make_pair, make_tuple, make_optional, tie.
    if (result == Kind::Container || result == Kind::User) {
      if (name.starts_with("make_") || name == "tie" || name == "forward_as_tuple") {
        const clang::CXXRecordDecl* const record = record_of(at->getType());
        auto field = record->field_begin();
        for (const clang::Expr* argument : arguments) {
          if (result == Kind::Container) {
            keep(caller, state, place, at->getType(), argument, where, false);
          } else if (field != record->field_end()) {
            const Value given = value(caller, state, argument);
            const PlaceId here = places_.field(place, *field);
            if (model_.kind_of(field->getType()) == Kind::Pointer)
              store(state, here, argument->isGLValue() ? load(state, given, argument->getType()) : given, where);
            else
              for (const Target& target : given.to)
                copy(state, here, target.place, argument->getType(), where, true);
            ++field;
          }
        }
      }
    }
    state.values[at] = Value::of(place);
  }
  out.push_back(std::move(state));
}

}  // namespace fa_check
