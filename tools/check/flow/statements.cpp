// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: what a statement of a block does to a state.
#include "flow/solver.hpp"

#include <utility>

namespace fa_check {
namespace {

// Whether the expression goes through a pointer: its target is used even if only a part of it is
// then looked at.
const clang::Expr* pointer_of(const clang::Stmt* statement) {
  if (const auto* e = llvm::dyn_cast<clang::UnaryOperator>(statement))
    return e->getOpcode() == clang::UO_Deref ? e->getSubExpr() : nullptr;
  if (const auto* e = llvm::dyn_cast<clang::MemberExpr>(statement)) {
    const bool is_data = llvm::isa<clang::FieldDecl>(e->getMemberDecl());
    return e->isArrow() && is_data ? e->getBase() : nullptr;
  }
  if (const auto* e = llvm::dyn_cast<clang::ArraySubscriptExpr>(statement)) return e->getBase();
  if (const auto* e = llvm::dyn_cast<clang::BinaryOperator>(statement))
    return e->getOpcode() == clang::BO_PtrMemI && e->isGLValue() ? e->getLHS() : nullptr;
  return nullptr;
}

// Whether the container has elements that wait for their threads when they are destroyed.
bool holds_joining(clang::QualType type) {
  const std::string name = type.getCanonicalType().getAsString();
  return llvm::StringRef(name).contains("std::jthread") ||
         llvm::StringRef(name).contains("std::future<");
}

}  // namespace

void Solver::store_into(const Call& call, State& state, PlaceId place, clang::QualType type,
                        const clang::Expr* from, SiteId where) {
  if (type->isReferenceType()) {
    store(state, place, value(call, state, from), where);
    return;
  }
  const Kind kind = model_.kind_of(type);
  if (kind == Kind::Plain || kind == Kind::Pointer) {
    store(state, place, value(call, state, from), where);
    return;
  }
  const Value objects = value(call, state, from);
  bool weak = false;
  for (const Target& object : objects.to) {
    if (object.place != place) copy(state, place, object.place, type, where, weak);
    weak = true;
  }
}

void Solver::declare(const Call& call, State& state, const clang::VarDecl* variable) {
  const PlaceId place = place_of(call, variable);
  const clang::QualType type = variable->getType();
  if (variable->isStaticLocal() && variable->getInit() != nullptr &&
      variable->getInit()->isValueDependent() == false && !model_.can_hold(type))
    return;
  // A variable of static storage keeps what it has from the call before.
  if (!variable->hasLocalStorage() && !type->isReferenceType() &&
      model_.kind_of(type) == Kind::Pointer) {
    if (variable->getInit() == nullptr) return;
    const Value given = value(call, state, variable->getInit());
    if (!given.to.empty()) store(state, place, given, site(call, variable->getInit()), true);
    return;
  }
  if (variable->getInit() == nullptr) {
    std::erase_if(state.cells,
                  [&](const auto& cell) { return places_.is_below(cell.first, place); });
    return;
  }
  store_into(call, state, place, type, variable->getInit(), site(call, variable->getInit()));
  // A copy of a handle that is not known is one handle as long as it lives.
  if (!type->isReferenceType() && model_.kind_of(type) == Kind::Mark &&
      variable->hasLocalStorage() && load(state, Value::of(place), type).to.empty()) {
    const PlaceId mark = places_.place(PlaceKind::Mark, variable, 0, call.chain);
    renew_mark(state, mark);
    store(state, place, Value::of(mark), site(call, variable->getInit()));
  }
  const clang::CXXRecordDecl* const record = type->isReferenceType() ? nullptr : record_of(type);
  if (record == nullptr) return;
  if (!state.is_in_frame())
    older_.insert(place);
  else if (model_.kind_of(type) == Kind::User)
    made_in_frames_.insert(record);
}

void Solver::assign(const Call& call, State& state, const clang::BinaryOperator* assignment) {
  const Value objects = value(call, state, assignment->getLHS());
  const clang::QualType type = assignment->getLHS()->getType();
  (void)use(call, state, objects, assignment->getLHS());
  const bool many =
      objects.to.size() > 1 || (objects.other && !leads_to_one_object(state, objects));
  if (assignment->getOpcode() == clang::BO_Assign) {
    Value given = value(call, state, assignment->getRHS());
    if (!model_.can_hold(type) && !type->isFunctionPointerType()) given.to.clear();
    for (const Target& object : objects.to) {
      store(state, object.place, given, site(call, assignment->getLHS()), many);
      watch_store(call, state, object.place, given, site(call, assignment->getLHS()));
    }
    return;
  }
  for (const Target& object : objects.to) {
    Value now = read(state, object.place, type);
    now.number.reset();
    if (!type->isPointerType()) now = Value::unknown();
    store(state, object.place, now, site(call, assignment), many);
  }
}

void Solver::make_closure(const Call& call, State& state, const clang::LambdaExpr* lambda) {
  const PlaceId place = temporary(call, lambda);
  const clang::CXXRecordDecl* const record = lambda->getLambdaClass();
  std::erase_if(state.cells, [&](const auto& cell) { return places_.is_below(cell.first, place); });
  closures_[place].insert(record);
  auto init = lambda->capture_init_begin();
  for (const clang::FieldDecl* field : record->fields()) {
    if (init == lambda->capture_init_end()) break;
    const clang::Expr* const from = *init++;
    if (from == nullptr) continue;
    store_into(call, state, places_.field(place, field), field->getType(), from,
               site(call, lambda));
  }
  state.values[lambda] = Value::of(place);
}

void Solver::make_list(const Call& call, State& state, const clang::InitListExpr* list) {
  const clang::QualType type = list->getType();
  const clang::CXXRecordDecl* const record = record_of(type);
  if (record == nullptr && !type->isArrayType()) return;
  const clang::VarDecl* const variable = bodies_.variable_of(list);
  const PlaceId place =
      variable != nullptr && variable->hasLocalStorage() && !variable->getType()->isReferenceType()
          ? place_of(call, variable)
          : temporary(call, list);
  std::erase_if(state.cells, [&](const auto& cell) { return places_.is_below(cell.first, place); });
  state.values[list] = Value::of(place);
  if (variable != nullptr && places_[place].kind == PlaceKind::Local && owes_destruction(type))
    state.cells[place] = Value::unknown();
  if (record == nullptr) {
    const clang::QualType element = type->getAsArrayTypeUnsafe()->getElementType();
    for (const clang::Expr* init : list->inits())
      store_into(call, state, places_.element(place), element, init, site(call, init));
    return;
  }
  // The elements of a std::array are those of the array in it.
  const auto* const inner = list->getNumInits() == 1 && plain_name(*record) == "std::array"
                                ? llvm::dyn_cast<clang::InitListExpr>(list->getInit(0))
                                : nullptr;
  if (inner != nullptr && inner->getType()->isArrayType()) {
    const clang::QualType element = inner->getType()->getAsArrayTypeUnsafe()->getElementType();
    if (model_.kind_of(element) == Kind::Thread) {
      // They have been moved into that array.
      for (const Target& object : value(call, state, inner).to)
        copy(state, places_.element(place), places_.element(object.place), element,
             site(call, list));
      return;
    }
    for (const clang::Expr* init : inner->inits())
      store_into(call, state, places_.element(place), element, init, site(call, init));
    return;
  }
  unsigned index = 0;
  for (const clang::CXXBaseSpecifier& base : record->bases()) {
    if (index >= list->getNumInits()) return;
    for (const Target& object : value(call, state, list->getInit(index)).to)
      copy(state, place, object.place, base.getType(), site(call, list), true);
    ++index;
  }
  for (const clang::FieldDecl* field : record->fields()) {
    if (field->isUnnamedBitField()) continue;
    if (index >= list->getNumInits()) return;
    const clang::Expr* const init = list->getInit(index++);
    store_into(call, state, places_.field(place, field), field->getType(), init, site(call, init));
  }
}

void Solver::step(const Call& call, const clang::Stmt* statement, States& states) {
  if (const auto* e = llvm::dyn_cast<clang::CallExpr>(statement)) {
    this->call(call, e, states);
    return;
  }
  if (const auto* e = llvm::dyn_cast<clang::CXXConstructExpr>(statement)) {
    construct(call, e, states);
    return;
  }
  if (const auto* e = llvm::dyn_cast<clang::CXXDeleteExpr>(statement))
    destroy_deleted(call, e, states);
  for (State& state : states) {
    if (const clang::Expr* pointer = pointer_of(statement)) {
      (void)use(call, state, value(call, state, pointer), llvm::cast<clang::Expr>(statement));
      continue;
    }
    if (const auto* e = llvm::dyn_cast<clang::DeclStmt>(statement)) {
      for (const clang::Decl* each : e->decls())
        if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(each))
          declare(call, state, variable);
      continue;
    }
    if (const auto* e = llvm::dyn_cast<clang::BinaryOperator>(statement)) {
      if (e->isAssignmentOp()) assign(call, state, e);
      continue;
    }
    if (const auto* e = llvm::dyn_cast<clang::UnaryOperator>(statement)) {
      if (!e->isIncrementDecrementOp()) continue;
      const Value objects = value(call, state, e->getSubExpr());
      (void)use(call, state, objects, e->getSubExpr());
      for (const Target& object : objects.to) {
        Value now = read(state, object.place, e->getType());
        now.number.reset();
        if (now.to.empty()) now = Value::unknown();
        store(state, object.place, now, site(call, e), objects.to.size() > 1);
      }
      continue;
    }
    if (const auto* e = llvm::dyn_cast<clang::LambdaExpr>(statement)) {
      make_closure(call, state, e);
      continue;
    }
    if (const auto* e = llvm::dyn_cast<clang::InitListExpr>(statement)) {
      make_list(call, state, e);
      continue;
    }
    if (const auto* e = llvm::dyn_cast<clang::ImplicitCastExpr>(statement)) {
      if (e->getCastKind() == clang::CK_LValueToRValue)
        (void)use(call, state, value(call, state, e->getSubExpr()), e->getSubExpr());
      continue;
    }
    if (const auto* e = llvm::dyn_cast<clang::CXXNewExpr>(statement)) {
      if (e->getNumPlacementArgs() > 0) {
        const Value where = value(call, state, e->getPlacementArg(0));
        (void)use(call, state, where, e->getPlacementArg(0));
        state.values[e] = where;
        continue;
      }
      const PlaceId place = places_.place(PlaceKind::Lasting, e, 0, call.chain);
      made_as_[place] = e->getAllocatedType();
      state.values[e] = Value::of(place);
      if (e->getConstructExpr() != nullptr) {
        for (const Target& object : value(call, state, e->getConstructExpr()).to)
          copy(state, place, object.place, e->getAllocatedType(), site(call, e));
      } else if (e->getInitializer() != nullptr) {
        store_into(call, state, place, e->getAllocatedType(), e->getInitializer(), site(call, e));
      }
      continue;
    }
    if (const auto* e = llvm::dyn_cast<clang::CXXDeleteExpr>(statement)) {
      for (const Target& object : value(call, state, e->getArgument()).to)
        std::erase_if(state.cells, [&](const auto& cell) {
          return places_[object.place].kind == PlaceKind::Lasting &&
                 places_.is_below(cell.first, object.place);
        });
      continue;
    }
    if (llvm::isa<clang::CoawaitExpr, clang::CoyieldExpr>(statement)) {
      suspend(call, state, llvm::cast<clang::Expr>(statement));
      continue;
    }
    if (const auto* e = llvm::dyn_cast<clang::MaterializeTemporaryExpr>(statement)) {
      state.values.erase(e);  // of the turn before
      state.values[e] = value(call, state, e);
      continue;
    }
    if (const auto* e = llvm::dyn_cast<clang::AbstractConditionalOperator>(statement)) {
      const auto left = state.values.find(e->getTrueExpr());
      const auto right = state.values.find(e->getFalseExpr());
      const auto taken = state.facts.find({temporary(call, e), 0});
      Value result;
      if (taken != state.facts.end()) {
        result = value(call, state, taken->second ? e->getTrueExpr() : e->getFalseExpr());
        state.facts.erase(taken);
      } else if (left != state.values.end() && right == state.values.end())
        result = left->second;
      else if (left == state.values.end() && right != state.values.end())
        result = right->second;
      else
        result = value(call, state, e);
      state.values[e] = result;
      state.values.erase(e->getTrueExpr());
      state.values.erase(e->getFalseExpr());
    }
  }
}

void Solver::destroy(const Call& call, PlaceId place, clang::QualType type, const clang::Stmt* at,
                     States& states) {
  const clang::CXXRecordDecl* const record = record_of(type);
  if (record == nullptr || !record->hasDefinition()) return;
  const SiteId where = site(call, at);
  for (State& state : states) {
    leave_tag(state, type);
    const Value object = Value::of(place);
    switch (model_.kind_of(type)) {
      case Kind::FrameGuard: {
        const auto cell = state.cells.find(place);
        if (cell == state.cells.end()) break;
        std::vector<PlaceId> owners;
        for (const Target& target : cell->second.to) owners.push_back(target.place);
        state.cells.erase(cell);
        if (!owners.empty()) end_frame(call, state, owners, false, where);
        break;
      }
      case Kind::ScopeGuard:
      case Kind::Borrow:
      case Kind::Group: {
        const auto cell = state.cells.find(place);
        if (cell == state.cells.end()) break;
        const Value marks = cell->second;
        for (const Target& target : marks.to) {
          if (places_[target.place].kind != PlaceKind::Mark) continue;
          end_mark(call, state, target.place, where, true);
          std::erase_if(state.marks, [&](const auto& each) { return each.first == target.place; });
        }
        check_escapes(call, state, where);
        break;
      }
      case Kind::Pinned: {
        const auto cell = state.cells.find(place);
        if (cell == state.cells.end()) break;
        for (const Target& target : cell->second.to) std::erase(state.pinned, target.place);
        break;
      }
      case Kind::Thread:
        if (joins_at_end(type)) join_threads(state, object);
        break;
      default:
        break;
    }
  }
  if (model_.kind_of(type) == Kind::Container) {
    // A vector of joining threads joins them.
    for (State& state : states) {
      for (const Running& running : state.running) {
        if (running.handle != 0 && places_.is_below(running.handle, place) && holds_joining(type)) {
          join_threads(state, Value::of(running.handle));
          break;
        }
      }
    }
  }
  give_up(call, place, type, at, states);
  if (model_.kind_of(type) != Kind::User) return;
  const clang::CXXDestructorDecl* const destructor = record->getDestructor();
  if (destructor == nullptr || destructor->isTrivial()) return;
  if (destructor->isUserProvided() && can_run(call, destructor)) {
    States out;
    for (State& state : states)
      run_call(call, std::move(state), destructor, llvm::dyn_cast<clang::Expr>(at), place, {}, out);
    states = std::move(out);
    return;
  }
  for (const clang::FieldDecl* field : record->fields())
    destroy(call, places_.field(place, field), field->getType(), at, states);
  for (const clang::CXXBaseSpecifier& base : record->bases())
    if (is_guard(base.getType())) destroy(call, place, base.getType(), at, states);
}

}  // namespace fa_check
