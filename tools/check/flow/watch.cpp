// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: what is noted for the checks and changes nothing of the state: frames that open and end,
// containers that grow, destructors that are called, blocks that are kept and freed.
#include "flow/names.hpp"
#include "flow/solver.hpp"

#include <algorithm>
#include <string>

namespace fa_check {
namespace {

bool has_member(const clang::CXXRecordDecl& record, clang::ASTContext& context,
                llvm::StringRef name) {
  const clang::DeclarationName wanted(&context.Idents.get(name));
  if (!record.lookup(wanted).empty()) return true;
  for (const clang::CXXBaseSpecifier& base : record.bases()) {
    const clang::CXXRecordDecl* const of = record_of(base.getType());
    if (of != nullptr && of->hasDefinition() && has_member(*of, context, name)) return true;
  }
  return false;
}

bool is_zero(const clang::ASTContext& context, const clang::Expr* expression) {
  if (llvm::isa<clang::CXXDefaultArgExpr>(expression)) return true;
  clang::Expr::EvalResult result;
  return !expression->isValueDependent() && expression->EvaluateAsInt(result, context) &&
         result.Val.getInt() == 0;
}

}  // namespace

bool Solver::is_frame_open(const State& state, PlaceId owner) const {
  for (const auto* frames : {&state.frames, &state.thread_frames}) {
    const auto found = frames->find(owner);
    if (found != frames->end() && (found->second & kOpen) != 0) return true;
  }
  return false;
}

void Solver::watch_effect(const Call& caller, State& state, Effect effect,
                          const clang::FunctionDecl* function, const clang::Expr* at,
                          const Value& object, const std::vector<const clang::Expr*>& arguments) {
  const SiteId where = site(caller, at);
  const auto told_of_owners = [&](EventKind kind) {
    std::vector<PlaceId> of;
    if (is_in_framealloc(*function)) {
      of = owners(state, object);
    } else {
      for (const clang::Expr* each : arguments) {
        const clang::QualType type = each->getType();
        const Kind given = model_.kind_of(type->isPointerType() ? type->getPointeeType() : type);
        if (given == Kind::Allocator || given == Kind::Owner)
          of = owners(state, value(caller, state, each));
      }
    }
    if (of.empty()) of.push_back(0);
    for (const PlaceId owner : of) log_.add({kind, where, 0, 0, 0, root_, owner});
  };
  switch (effect) {
    case Effect::BeginFrame:
    case Effect::NextFrame:
    case Effect::BeginThreadFrame:
    case Effect::OpenFrame:
      told_of_owners(EventKind::FrameOpens);
      break;
    case Effect::OpenScope:
    case Effect::Rewind:
    case Effect::Speculate:
      told_of_owners(EventKind::Rewinds);
      break;
    case Effect::BarrierWaits:
    case Effect::Arrives:
      // Whoever comes to the barrier on its turns works for frames of others.
      if (thread_ != nullptr && !llvm::StringRef(plain_name(*function)).contains("articipant") &&
          !llvm::StringRef(plain_name(*function)).contains("register"))
        log_.add({EventKind::Meets, where, 0, 0, 0, root_});
      break;
    case Effect::Lasting:
    case Effect::Box: {
      if (state.tags.empty()) break;
      const PlaceKind kind = effect == Effect::Box ? PlaceKind::Local : PlaceKind::Lasting;
      const PlaceId made = places_.place(kind, at, 0, caller.chain);
      tagged_.insert(made);
      for (const SiteId tag : state.tags)
        log_.add({EventKind::Tagged, where, made, 0, tag, root_, tag, tag == state.tags.back()});
      break;
    }
    case Effect::Free: {
      if (arguments.empty()) break;
      for (const Target& target : value(caller, state, arguments.front()).to) {
        const PlaceData& data = places_[target.place];
        if (data.kind == PlaceKind::Lasting)
          tell(caller, EventKind::Freed, where, target.place, 0, 0);
        else if (data.kind == PlaceKind::Unknown && data.parent != 0)
          tell(caller, EventKind::Freed, where, 0, data.parent, 0);
      }
      break;
    }
    default:
      break;
  }
}

void Solver::tell_destroyed(const Call& caller, SiteId where, const Value& objects) {
  bool known = false;
  for (const Target& target : objects.to) {
    const PlaceId memory = places_.root(target.place);
    if (places_[memory].kind != PlaceKind::Memory) continue;
    tell(caller, EventKind::Destroyed, where, memory, 0, 0);
    known = true;
  }
  if (!known) tell(caller, EventKind::Destroyed, where, 0, 0, 0);
}

void Solver::watch_call(const Call& caller, State& state, const clang::FunctionDecl* function,
                        const clang::Expr* at, const Value& object,
                        const std::vector<const clang::Expr*>& arguments) {
  if (llvm::isa<clang::CXXDestructorDecl>(function)) {
    tell_destroyed(caller, site(caller, at), object);
    return;
  }
  const llvm::StringRef name = name_of(function);
  if (name == "tag_scope" && is_in_framealloc(*function)) {
    state.tags.push_back(site(caller, at));
    return;
  }
  // std::destroy_at and its like; those of std::ranges are objects that are called.
  if (!name.starts_with("destroy") && function->getOverloadedOperator() != clang::OO_Call) return;
  if (!is_in_std(*function) || !llvm::StringRef(plain_name(*function)).contains("destroy")) return;
  for (const clang::Expr* argument : arguments) {
    const Kind kind = model_.kind_of(argument->getType());
    if (kind == Kind::Plain) continue;
    const Value given = value(caller, state, argument);
    tell_destroyed(caller, site(caller, at),
                   argument->isGLValue() || kind != Kind::Pointer
                       ? load(state, given, argument->getType())
                       : given);
  }
}

void Solver::watch_container(const Call& caller, State& state, const clang::CXXMethodDecl* method,
                             const clang::Expr* at, const Value& object,
                             const std::vector<const clang::Expr*>& arguments) {
  const clang::OverloadedOperatorKind op = method->getOverloadedOperator();
  const Kind kind = model_.kind_of(type_of(context_, method->getParent()));
  const SiteId where = site(caller, at);
  if (op == clang::OO_Equal && !tagged_.empty() && arguments.size() == 1) {
    const Value given = value(caller, state, arguments.front());
    for (const Target& target : object.to)
      watch_store(caller, state, target.place, load(state, given, arguments.front()->getType()),
                  where);
  }
  if (kind != Kind::ArenaContainer && kind != Kind::PmrContainer) return;
  // A list or a map cannot be given room.
  if (kind == Kind::PmrContainer && !has_member(*method->getParent(), context_, "reserve")) return;
  const llvm::StringRef name = name_of(method);
  const bool sizes = is_one_of(name, {"reserve", "resize", "rehash", "reserve_exact"});
  const bool takes = is_one_of(name, {"clear", "erase", "pop_back", "pop", "assign", "swap",
                                      "shrink_to_fit", "remove", "swap_remove", "truncate"}) ||
                     op == clang::OO_Equal;
  const bool is_map = has_member(*method->getParent(), context_, "mapped_type") ||
                      llvm::StringRef(plain_name(*method->getParent())).ends_with("Map");
  const bool grows =
      is_one_of(name, {"push_back", "emplace_back", "insert", "emplace", "append", "resize",
                       "insert_or_assign", "try_emplace", "get_or_insert", "try_push",
                       "extend_from_iter", "append_range", "extend", "push"}) ||
      op == clang::OO_PlusEqual || (op == clang::OO_Subscript && is_map);
  for (const Target& target : object.to) {
    if (takes) tell(caller, EventKind::Shrinks, where, 0, target.place, 0);
    if (sizes) tell(caller, EventKind::GivenRoom, where, 0, target.place, 0);
    if (!grows) continue;
    const auto cell = state.cells.find(target.place);
    if (cell == state.cells.end()) continue;
    const bool none = cell->second.number ? *cell->second.number == 0 : kind == Kind::PmrContainer;
    for (const Target& held : cell->second.to) {
      const PlaceId memory = places_.root(held.place);
      PlaceId owner = 0;
      if (places_[held.place].kind == PlaceKind::Resource) owner = places_[held.place].parent;
      const auto life = state.lives.find(memory);
      if (owner == 0 && life != state.lives.end()) owner = life->second.owner;
      if (owner == 0) continue;
      log_.add({EventKind::Grows, where, 0, target.place, 0, root_, owner, none,
                is_frame_open(state, owner)});
    }
  }
}

void Solver::watch_construction(const Call& caller, State& state, PlaceId place,
                                const clang::CXXConstructExpr* at,
                                const std::vector<const clang::Expr*>& arguments) {
  const clang::QualType type = at->getType();
  const Kind kind = model_.kind_of(type);
  const SiteId where = site(caller, at);
  if (kind == Kind::ScopeGuard && !arguments.empty()) {
    log_.add({EventKind::Rewinds, where, 0, 0, 0, root_, 0});
  } else if (kind == Kind::PmrContainer && arguments.size() > 1) {
    // A number of elements, or of buckets.
    if (arguments.front()->getType()->isIntegerType() && !is_zero(context_, arguments.front()))
      tell(caller, EventKind::GivenRoom, where, 0, place, 0);
  } else if (kind == Kind::View && !arguments.empty()) {
    // A smart pointer with a deleter of its own calls the destructor.
    const std::string name = plain_name(*at->getConstructor()->getParent());
    bool deletes = name == "std::shared_ptr" && arguments.size() > 1;
    if (name == "std::unique_ptr") {
      const auto* const instance =
          llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(at->getConstructor()->getParent());
      const clang::CXXRecordDecl* const deleter =
          instance == nullptr ? nullptr : record_of(instance->getTemplateArgs()[1].getAsType());
      deletes = deleter == nullptr || plain_name(*deleter) != "std::default_delete";
    }
    if (deletes && model_.kind_of(arguments.front()->getType()) == Kind::Pointer) {
      const Value given = value(caller, state, arguments.front());
      tell_destroyed(caller, where,
                     arguments.front()->isGLValue()
                         ? load(state, given, arguments.front()->getType())
                         : given);
    }
  }
}

// Effect: notes that memory made under a tag is now in a container.
void Solver::watch_store(const Call& caller, State& state, PlaceId into, const Value& held,
                         SiteId where) {
  (void)state;
  if (tagged_.empty()) return;
  for (PlaceId at = into; at != 0; at = places_[at].parent) {
    if (places_[at].kind == PlaceKind::Element) {
      for (const Target& target : held.to)
        if (tagged_.count(target.place) != 0)
          tell(caller, EventKind::Kept, where, target.place, places_[at].parent, 0);
      return;
    }
    if (places_[at].kind != PlaceKind::Field) return;
  }
}

// Effect: notes which raw memory the function that the analysis began in gives away.
void Solver::watch_exit(State& state, const Call& call, const Value& result) {
  if (call.caller != nullptr) return;
  std::set<PlaceId> loans;
  reach(state, result, loans, 2);
  for (const Target& target : result.to) loans.insert(places_.root(target.place));
  for (const PlaceId loan : loans) {
    const auto known = loans_.find(loan);
    if (known != loans_.end()) tell(call, EventKind::HandedOut, known->second.made, loan, 0, 0);
  }
}

void Solver::leave_tag(State& state, clang::QualType type) {
  if (state.tags.empty()) return;
  const clang::CXXRecordDecl* const record = record_of(type);
  if (record != nullptr && plain_name(*record) == "framealloc::TagScope") state.tags.pop_back();
}

}  // namespace fa_check
