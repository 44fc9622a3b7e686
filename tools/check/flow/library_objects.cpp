// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: objects of the classes of std and of the library: what they hold once they are made.
#include "flow/names.hpp"
#include "flow/solver.hpp"

#include <algorithm>
#include <utility>

namespace fa_check {
namespace {

// Whether values of the type are what the map has for its keys.
bool is_mapped(const clang::ASTContext& context, clang::QualType map, clang::QualType given) {
  const auto* const instance =
      llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(record_of(map));
  if (instance == nullptr || instance->getTemplateArgs().size() < 2) return false;
  const clang::TemplateArgument& second = instance->getTemplateArgs()[1];
  return second.getKind() == clang::TemplateArgument::Type &&
         context.hasSameUnqualifiedType(second.getAsType().getCanonicalType(),
                                        given.getCanonicalType());
}

bool is_pmr_allocator(clang::QualType type) {
  const clang::CXXRecordDecl* const record = record_of(type);
  return record != nullptr && plain_name(*record) == "std::pmr::polymorphic_allocator";
}

}  // namespace

// Effect: the container holds what the argument holds, if its elements can.
void Solver::keep(const Call& caller, State& state, PlaceId container, clang::QualType type,
                  const clang::Expr* argument, SiteId where, bool may_be_range) {
  if (llvm::isa<clang::CXXDefaultArgExpr>(argument)) return;
  const clang::QualType given_type = argument->getType();
  if (model_.kind_of(given_type) == Kind::Thread)
    for (const Target& target : value(caller, state, argument).to)
      copy(state, places_.element(container), target.place, given_type, where, true);
  const clang::CXXRecordDecl* const record = record_of(given_type);
  if (record != nullptr && plain_name(*record) == "framealloc::FrameCheckpoint") {
    // A stack of checkpoints, to undo what was made since the last one.
    store(state, places_.element(container), load(state, value(caller, state, argument), {}), where,
          true);
    return;
  }
  if (!model_.can_hold(type)) return;
  const Kind kind = model_.kind_of(given_type);
  const Value given = value(caller, state, argument);
  const PlaceId element = places_.element(container);
  const clang::QualType wanted = first_type_of(type);
  // A container on a resource of its own copies what comes from another one.
  if (model_.kind_of(type) == Kind::PmrContainer && !wanted.isNull() &&
      model_.kind_of(wanted) == Kind::PmrContainer && kind == Kind::PmrContainer)
    return;
  // A reference_wrapper that is made of an object has its address.
  const clang::CXXRecordDecl* const wrapper = wanted.isNull() ? nullptr : record_of(wanted);
  if (wrapper != nullptr && argument->isGLValue() &&
      plain_name(*wrapper) == "std::reference_wrapper" &&
      context_.hasSameUnqualifiedType(first_type_of(wanted).getCanonicalType(),
                                      given_type.getCanonicalType())) {
    store(state, element, given, where, true);
    return;
  }
  if (kind == Kind::Plain || kind == Kind::Mark || kind == Kind::Owner) return;
  const bool is_element =
      wanted.isNull() ||
      context_.hasSameUnqualifiedType(wanted.getCanonicalType(), given_type.getCanonicalType());
  if (kind == Kind::Pointer || kind == Kind::View) {
    Value held =
        argument->isGLValue() || kind == Kind::View ? load(state, given, given_type) : given;
    if (given_type->isFunctionType()) held = given;
    if (given_type->isArrayType()) return;
    if (may_be_range && !is_element && !wanted.isNull()) {
      const clang::QualType pointee =
          given_type->isPointerType() ? given_type->getPointeeType() : wanted;
      if (!model_.can_hold(wanted)) return;
      held = load(state, held, pointee);
    } else if (!wanted.isNull() && model_.kind_of(wanted) == Kind::Container &&
               !model_.can_hold(wanted) && !is_mapped(context_, type, given_type)) {
      return;
    }
    store(state, element, held, where, true);
    watch_store(caller, state, element, held, where);
    return;
  }
  if (kind == Kind::Container && may_be_range && !is_element) {
    for (const Target& target : given.to)
      copy(state, element, places_.element(target.place), wanted, where, true);
    return;
  }
  for (const Target& target : given.to) {
    copy(state, element, target.place, given_type, where, true);
    std::vector<Value> parts;
    for (const auto& [place, held] : state.cells)
      if (!tagged_.empty() && places_.is_below(place, target.place)) parts.push_back(held);
    for (const Value& held : parts) watch_store(caller, state, element, held, where);
  }
}

// Effect: a container of values that hold no memory reads what it is made of or assigned from.
void Solver::use_copied(const Call& caller, State& state, clang::QualType type,
                        const clang::Expr* argument) {
  const Kind kind = model_.kind_of(type);
  const clang::QualType given_type = argument->getType();
  const Kind given = model_.kind_of(given_type);
  if (kind != Kind::PmrContainer && (kind != Kind::Container || model_.can_hold(type))) return;
  if (given != Kind::Pointer && given != Kind::View && given != Kind::ArenaContainer &&
      given != Kind::PmrContainer)
    return;
  if (llvm::isa<clang::CXXDefaultArgExpr>(argument) || given_type->isArrayType()) return;
  const Value objects = value(caller, state, argument);
  (void)use(
      caller, state,
      argument->isGLValue() || given != Kind::Pointer ? load(state, objects, given_type) : objects,
      argument);
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
  const auto* const construction = llvm::dyn_cast<clang::CXXConstructExpr>(at);
  if (construction != nullptr && !construction->getConstructor()->isCopyOrMoveConstructor())
    for (const clang::Expr* argument : arguments) use_copied(caller, state, type, argument);
  if (kind == Kind::ArenaContainer || kind == Kind::ScopeGuard ||
      name == "framealloc::FrameAllocator") {
    for (const clang::Expr* argument : arguments) {
      const clang::QualType given_type = argument->getType();
      const Kind given =
          model_.kind_of(given_type->isPointerType() ? given_type->getPointeeType() : given_type);
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
        store(state, place, Value::of(places_.place(PlaceKind::Resource, nullptr, of.front())),
              where);
      }
      return;
    }
    if (kind == Kind::ScopeGuard) return;
  }
  if (kind == Kind::User) {         // std::pair
    if (record == nullptr) return;  // an array of them, whose elements are made of nothing
    auto argument = arguments.begin();
    for (const clang::FieldDecl* field : record->fields()) {
      if (argument == arguments.end()) return;
      const clang::Expr* const given = *argument++;
      if (model_.can_hold(field->getType())) {
        const Value objects = value(caller, state, given);
        const Kind part = model_.kind_of(field->getType());
        const PlaceId here = places_.field(place, field);
        if (part == Kind::Pointer)
          store(state, here, given->isGLValue() ? load(state, objects, given->getType()) : objects,
                where);
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
      const Value pointed = resources(
          state, given_type, argument->isGLValue() ? load(state, objects, given_type) : objects);
      for (const Target& target : pointed.to) {
        const bool is_resource = places_[target.place].kind == PlaceKind::Resource;
        const bool is_buffer = is_resource_class(given_type) && is_memory(target.place);
        if (kind == Kind::PmrContainer && !is_resource && !is_buffer) continue;
        held.add(target);
        takes_memory = takes_memory || is_resource;
        // It grows within the buffer, not within the scopes that are open then.
        if (kind == Kind::PmrContainer && is_buffer) held.number = 1;
      }
      held.null = held.null || pointed.is_only_null();
    } else if (given == Kind::Container) {
      if (kind != Kind::PmrContainer)
        for (const Target& target : objects.to) held.add({places_.element(target.place), 0});
    } else if (given == Kind::Allocator) {
      for (const PlaceId owner : owners(state, objects)) held.add({owner, 0});
    } else if (given != Kind::Plain) {
      const Value inner = load(state, objects, given_type);
      if (construction != nullptr && construction->getConstructor()->isMoveConstructor())
        held.number = inner.number;  // its room comes along
      for (const Target& target : inner.to) {
        const bool is_resource = places_[target.place].kind == PlaceKind::Resource;
        if (kind == Kind::PmrContainer && is_memory(target.place) && is_pmr_allocator(given_type)) {
          held.add(target);
          held.number = 1;
          continue;
        }
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
  if (is_resource_class(type)) {
    for (const clang::Expr* argument : arguments)
      if (argument->getType()->isVoidPointerType())
        (void)use(caller, state, value(caller, state, argument), argument);
    // A resource on another one takes its memory there, one on a buffer out of that.
    std::erase_if(held.to, [&](const Target& target) {
      return places_[target.place].kind != PlaceKind::Resource && !is_memory(target.place);
    });
    store(state, place, held, where);
    return;
  }
  if (kind == Kind::Library) {
    for (const clang::Expr* argument : arguments)
      if (model_.can_hold(argument->getType()) && model_.kind_of(argument->getType()) == Kind::User)
        for (const Target& target : value(caller, state, argument).to)
          copy(state, place, target.place, argument->getType(), where, true);
    if (!model_.can_hold(type)) return;
  }
  store(state, place, held, where);
  if (arguments.size() > 1) keep_deleter(caller, state, place, type, arguments[1], where);
  if (kind == Kind::PmrContainer && takes_memory) grow(caller, state, Value::of(place), at);
}

}  // namespace fa_check
