// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: objects that functions of std and of the library make of arguments, by the constructor of
// their class; and which objects live on because a box of theirs does.
#include "flow/names.hpp"
#include "flow/solver.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace fa_check {
namespace {

// How well an argument fits a parameter: 2 is its own type, 1 may be converted, 0 cannot.
unsigned fits(const clang::ASTContext& context, clang::QualType parameter,
              const clang::Expr& argument) {
  const clang::QualType wanted = parameter.getNonReferenceType().getCanonicalType();
  const clang::QualType given = argument.getType().getNonReferenceType().getCanonicalType();
  if (context.hasSameUnqualifiedType(wanted, given)) return 2;
  if (wanted->isPointerType() !=
      (given->isPointerType() || given->isNullPtrType() || given->isArrayType()))
    return record_of(wanted) != nullptr || record_of(given) != nullptr ? 1 : 0;
  return 1;
}

// The constructor with a body of the user that makes an object of the arguments; null when it is not
// clear which one does.
const clang::CXXConstructorDecl* constructor_of(const clang::ASTContext& context,
                                                const clang::CXXRecordDecl& record,
                                                const std::vector<const clang::Expr*>& arguments) {
  const clang::CXXConstructorDecl* best = nullptr;
  unsigned most = 0;
  bool is_clear = false;
  const auto consider = [&](const clang::CXXConstructorDecl* each) {
    if (each->isDeleted() || each->isCopyOrMoveConstructor() ||
        arguments.size() < each->getMinRequiredArguments() ||
        arguments.size() > each->getNumParams())
      return;
    unsigned fit = 1;
    for (unsigned i = 0; i < arguments.size(); ++i) {
      const unsigned one = fits(context, each->getParamDecl(i)->getType(), *arguments[i]);
      if (one == 0) return;
      fit += one;
    }
    if (fit == most) is_clear = false;
    if (fit <= most) return;
    most = fit;
    best = each;
    is_clear = true;
  };
  for (const clang::Decl* each : record.decls()) {
    if (const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(each))
      consider(constructor);
    const auto* const pattern = llvm::dyn_cast<clang::FunctionTemplateDecl>(each);
    if (pattern == nullptr) continue;
    for (const clang::FunctionDecl* made : pattern->specializations())
      if (const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(made))
        consider(constructor);
  }
  return is_clear ? best : nullptr;
}

}  // namespace

// Effect: an object of the class `type` is made at `place` of the arguments: by the constructor that the
// user wrote, where that is in sight, else it may hold whatever they hold. Result: the states after it.
Solver::States Solver::build(const Call& caller, State state, PlaceId place, clang::QualType type,
                             const clang::Expr* at, std::vector<const clang::Expr*> arguments) {
  while (!arguments.empty() && llvm::isa<clang::CXXDefaultArgExpr>(arguments.back()))
    arguments.pop_back();
  const SiteId where = site(caller, at);
  States after;
  const clang::CXXRecordDecl* const record = record_of(type);
  made_as_[place] = type;
  if (model_.kind_of(type) == Kind::ScopeGuard) {
    construct_library(caller, state, place, type, at, arguments);
    after.push_back(std::move(state));
    return after;
  }
  if (record != nullptr && record->hasDefinition() && model_.kind_of(type) == Kind::User &&
      !is_in_std(*record)) {
    note_made(state, *record->getDefinition(), !arguments.empty());
    const clang::CXXConstructorDecl* const constructor =
        constructor_of(context_, *record->getDefinition(), arguments);
    if (constructor != nullptr && constructor->isUserProvided() && can_run(caller, constructor)) {
      run_call(caller, std::move(state), constructor, at, place, arguments, after);
      return after;
    }
  }
  for (const clang::Expr* each : arguments) {
    if (!model_.can_hold(each->getType())) continue;
    if (model_.kind_of(type) == Kind::Container && !model_.can_hold(type)) {
      use_copied(caller, state, type, each);
      continue;
    }
    const Kind kind = model_.kind_of(each->getType());
    if (kind == Kind::Allocator || kind == Kind::Owner) continue;
    const Value given = value(caller, state, each);
    if (kind == Kind::User) {
      // A closure, or an object of its own class.
      for (const Target& target : given.to)
        copy(state, place, target.place, each->getType(), where, true);
      continue;
    }
    store(state, place,
          each->isGLValue() || kind != Kind::Pointer ? load(state, given, each->getType()) : given,
          where, true);
  }
  after.push_back(std::move(state));
  return after;
}

// Effect: what is emplaced in a container or an optional is made by its constructor, and the states after it are added to
// `out`. Result: whether that constructor is in sight.
bool Solver::emplace(const Call& caller, State& state, const clang::CXXMethodDecl& method,
                     const clang::Expr* at, const Value& object,
                     const std::vector<const clang::Expr*>& arguments, States& out) {
  const std::string owner = plain_name(*method.getParent());
  if (!is_one_of(name_of(&method), {"emplace", "emplace_back", "emplace_front"}) ||
      !is_one_of(owner, {"std::optional", "std::vector", "std::deque", "std::list"}) ||
      model_.kind_of(type_of(context_, method.getParent())) != Kind::Container ||
      object.to.size() != 1)
    return false;
  const PlaceId container = object.to.front().place;
  const clang::QualType type = first_type_of(type_of(context_, method.getParent()));
  const clang::CXXRecordDecl* const record = record_of(type);
  const bool is_scope = model_.kind_of(type) == Kind::ScopeGuard;
  if (record == nullptr || !record->hasDefinition() ||
      (model_.kind_of(type) != Kind::User && !is_scope) || is_in_std(*record))
    return false;
  std::vector<const clang::Expr*> given = arguments;
  if (owner != "std::optional" && name_of(&method) == "emplace") {
    if (given.empty()) return false;
    given.erase(given.begin());  // the position
  }
  const clang::CXXConstructorDecl* const constructor =
      constructor_of(context_, *record->getDefinition(), given);
  if (!is_scope &&
      (constructor == nullptr || !constructor->isUserProvided() || !can_run(caller, constructor)))
    return false;
  (void)use(caller, state, object, at);
  const PlaceId element = places_.element(container);
  States ready;
  ready.push_back(std::move(state));
  if (owner == "std::optional") {
    end_guards(caller, container, type_of(context_, method.getParent()), at, ready, true);
    places_.set_single(container);
    for (State& each : ready) erase_inside(each, container);
  }
  for (State& each : ready) {
    for (State& after : build(caller, std::move(each), element, type, at, given)) {
      if (at->isGLValue())
        after.values[at] = Value::of(element);
      else if (!at->getType()->isVoidType())
        set_result(caller, after, at, Value::of(element), at->getType());
      out.push_back(std::move(after));
    }
  }
  return true;
}

// Whether the class has a destructor that the user wrote.
bool Solver::owes_destruction(clang::QualType type) {
  const clang::CXXRecordDecl* const record = record_of(type);
  if (record == nullptr || !record->hasDefinition() || is_in_std(*record)) return false;
  const clang::CXXDestructorDecl* const destructor = record->getDestructor();
  return destructor != nullptr && destructor->isUserProvided();
}

// Effect: remembers whether a frame was open where an object of the class was made other than as a variable.
void Solver::note_made(const State& state, const clang::CXXRecordDecl& record, bool of_arguments) {
  if (state.is_in_frame()) {
    made_in_frames_.insert(&record);
    return;
  }
  bool& known = made_outside_[&record];
  known = known || of_arguments;
}

// Whether the place is what a parameter of the function leads to.
bool Solver::is_of_parameter(PlaceId place) const {
  for (place = places_.root(place); places_[place].kind == PlaceKind::Unknown;)
    place = places_.root(places_[place].parent);
  return places_[place].kind == PlaceKind::Local;
}

// Effect: forgets the variables of the call, and objects of boxes that it made and nobody has any more.
void Solver::forget_variables(State& state, ChainId chain) const {
  const auto is_of_call = [&](PlaceId place) {
    const PlaceData& root = places_[places_.root(place)];
    return (root.kind == PlaceKind::Local || root.kind == PlaceKind::Temporary) &&
           root.chain == chain;
  };
  const auto is_object = [&](PlaceId place) {
    const PlaceData& root = places_[places_.root(place)];
    return root.kind == PlaceKind::Local && !bodies_.is_variable(root.key);
  };
  std::erase_if(state.cells,
                [&](const auto& cell) { return is_of_call(cell.first) && !is_object(cell.first); });
  std::set<PlaceId> had;
  for (const auto& [place, held] : state.cells)
    for (const Target& target : held.to)
      if (places_.root(place) != places_.root(target.place)) had.insert(places_.root(target.place));
  std::erase_if(state.cells, [&](const auto& cell) {
    return is_of_call(cell.first) && had.count(places_.root(cell.first)) == 0;
  });
}

// Result: objects of boxes that something outside the function has, with the place that has them; with `by_older` those
// in members of variables too that are older than the frame.
std::map<PlaceId, PlaceId> Solver::kept_objects(const State& state, bool by_older) const {
  std::map<PlaceId, PlaceId> kept;
  for (bool grows = true; grows;) {
    grows = false;
    for (const auto& [place, held] : state.cells) {
      const PlaceId root = places_.root(place);
      const auto above = kept.find(root);
      const PlaceKind kind = places_[root].kind;
      const bool lives_on = kind == PlaceKind::Global || kind == PlaceKind::This ||
                            kind == PlaceKind::Unknown || kind == PlaceKind::Lasting ||
                            (by_older && root != place && older_.count(root) != 0);
      if (!lives_on && above == kept.end()) continue;
      for (const Target& target : held.to) {
        const PlaceData& object = places_[target.place];
        if (object.kind != PlaceKind::Local || bodies_.is_variable(object.key)) continue;
        grows =
            kept.try_emplace(target.place, above == kept.end() ? place : above->second).second ||
            grows;
      }
    }
  }
  return kept;
}

// Whether the object has memory of a frame that goes on.
bool Solver::keeps_loans(const State& state) const {
  return std::any_of(state.cells.begin(), state.cells.end(), [&](const auto& cell) {
    if (places_[places_.root(cell.first)].kind != PlaceKind::This) return false;
    return std::any_of(cell.second.to.begin(), cell.second.to.end(), [&](const Target& target) {
      const auto life = state.lives.find(places_.root(target.place));
      return life != state.lives.end() && !is_over(state, life->second);
    });
  });
}

// Effect: remembers which members of the object refer to others of it: references do as long as it lives, so that its
// other methods know too. Two constructors that differ tell nothing.
void Solver::note_referents(const States& constructed) {
  for (const State& state : constructed)
    for (const auto& [place, held] : state.cells) {
      if (places_[place].kind != PlaceKind::Field ||
          places_[places_.root(place)].kind != PlaceKind::This || held.to.size() != 1 ||
          !static_cast<const clang::ValueDecl*>(places_[place].key)->getType()->isReferenceType())
        continue;
      const PlaceId object = held.to.front().place;
      if (places_.root(object) != places_.root(place)) continue;
      const auto [known, is_new] = referents_.try_emplace(place, object);
      if (!is_new && known->second != object) known->second = 0;
    }
}

std::vector<PlaceId> Solver::owners(State& state, const Value& objects) {
  std::vector<PlaceId> result;
  for (const Target& target : objects.to) {
    const auto cell = state.cells.find(target.place);
    if (cell != state.cells.end() && !cell->second.to.empty() &&
        places_[target.place].kind != PlaceKind::Element) {
      for (const Target& owner : cell->second.to) result.push_back(owner.place);
    } else {
      result.push_back(target.place);
    }
  }
  for (PlaceId& owner : result)
    while (places_[owner].kind == PlaceKind::Resource) owner = places_[owner].parent;
  return result;
}

}  // namespace fa_check
