// SPDX-License-Identifier: MIT OR Apache-2.0
#include "model/model.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace fa_check {
namespace {

struct Row {
  const char* owner;
  const char* name;
  Effect effect;
};

constexpr Row kRows[] = {
#define FA_MODEL(owner, name, effect) {owner, name, Effect::effect},
#include "model/model.def"
};

const llvm::StringMap<Effect>& table() {
  static const llvm::StringMap<Effect> rows = [] {
    llvm::StringMap<Effect> made;
    for (const Row& row : kRows) made[std::string(row.owner) + "::" + row.name] = row.effect;
    return made;
  }();
  return rows;
}

const llvm::StringMap<Effect>& words() {
  static const llvm::StringMap<Effect> rows = {
      {"frame", Effect::Frame},
      {"thread_frame", Effect::ThreadFrame},
      {"begin_frame", Effect::BeginFrame},
      {"end_frame", Effect::EndFrame},
      {"begin_thread_frame", Effect::BeginThreadFrame},
      {"end_thread_frame", Effect::EndThreadFrame},
      {"rewinds", Effect::Rewind},
      {"waits", Effect::Waits},
      {"suspends", Effect::Suspends},
  };
  return rows;
}

const llvm::StringMap<Kind>& library_kinds() {
  static const llvm::StringMap<Kind> rows = {
      {"framealloc::SmartAlloc", Kind::Allocator},
      {"framealloc::FrameArena", Kind::Owner},
      {"framealloc::ScratchPool", Kind::Owner},
      {"framealloc::ScratchPoolHandle", Kind::View},
      {"framealloc::GroupAllocator", Kind::Owner},
      {"framealloc::HandleAllocator", Kind::Owner},
      {"framealloc::ScratchRegistry", Kind::Owner},
      {"framealloc::FrameVec", Kind::ArenaContainer},
      {"framealloc::FrameMap", Kind::ArenaContainer},
      {"framealloc::FrameString", Kind::ArenaContainer},
      {"framealloc::FrameSlice", Kind::View},
      {"framealloc::FrameBox", Kind::Box},
      {"framealloc::FrameRetained", Kind::Retained},
      {"framealloc::FrameBurst", Kind::View},
      {"framealloc::FrameAllocator", Kind::View},
      {"framealloc::PoolBox", Kind::View},
      {"framealloc::detail::BlockBox", Kind::View},  // of the pool, of the heap
      {"framealloc::HeapBox", Kind::View},
      {"framealloc::PoolArc", Kind::View},
      {"framealloc::TransferHandle", Kind::View},
      {"framealloc::PromotedBox", Kind::View},
      {"framealloc::FrameCheckpoint", Kind::Mark},
      {"framealloc::ScratchCheckpoint", Kind::Mark},
      {"framealloc::GroupId", Kind::Mark},
      {"framealloc::GenerationalId", Kind::Mark},
      {"framealloc::Handle", Kind::Mark},
      {"framealloc::ScopedFrame", Kind::FrameGuard},
      {"framealloc::FrameScope", Kind::ScopeGuard},
      {"framealloc::ArenaScope", Kind::ScopeGuard},
      {"framealloc::CheckpointGuard", Kind::ScopeGuard},
      {"framealloc::ScratchBorrow", Kind::Borrow},
      {"framealloc::GroupHandle", Kind::Group},
      {"framealloc::PinGuard", Kind::Pinned},
      {"std::span", Kind::View},
      {"std::basic_string_view", Kind::View},
      {"std::ranges::subrange", Kind::View},
      {"std::ranges::view_interface", Kind::View},
      {"std::unique_ptr", Kind::View},
      {"std::shared_ptr", Kind::View},
      {"std::weak_ptr", Kind::View},
      {"std::__shared_ptr", Kind::View},  // where libstdc++ keeps the members of these
      {"std::__shared_ptr_access", Kind::View},
      {"std::__weak_ptr", Kind::View},
      {"std::reference_wrapper", Kind::View},
      {"std::initializer_list", Kind::View},
      {"std::pmr::polymorphic_allocator", Kind::View},
      {"std::allocator", Kind::Plain},
      {"std::atomic", Kind::Container},
      {"std::thread", Kind::Thread},
      {"std::jthread", Kind::Thread},
      {"std::future", Kind::Thread},
      {"std::shared_future", Kind::Thread},
      {"std::vector", Kind::Container},
      {"std::basic_string", Kind::Container},
      {"std::deque", Kind::Container},
      {"std::list", Kind::Container},
      {"std::forward_list", Kind::Container},
      {"std::map", Kind::Container},
      {"std::multimap", Kind::Container},
      {"std::set", Kind::Container},
      {"std::multiset", Kind::Container},
      {"std::unordered_map", Kind::Container},
      {"std::unordered_multimap", Kind::Container},
      {"std::unordered_set", Kind::Container},
      {"std::unordered_multiset", Kind::Container},
      {"std::array", Kind::Container},
      {"std::pair", Kind::User},
      {"std::tuple", Kind::Container},
      {"std::optional", Kind::Container},
      {"std::variant", Kind::Container},
      {"std::any", Kind::Container},
      {"std::function", Kind::Container},
      {"std::move_only_function", Kind::Container},
      {"std::packaged_task", Kind::Container},
      {"std::queue", Kind::Container},
      {"std::stack", Kind::Container},
      {"std::priority_queue", Kind::Container},
  };
  return rows;
}

// Whether the last template argument is an allocator that may be of the frame.
bool has_foreign_allocator(const clang::CXXRecordDecl& record) {
  const auto* const instance = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(&record);
  if (instance == nullptr) return false;
  for (const clang::TemplateArgument& argument : instance->getTemplateArgs().asArray()) {
    if (argument.getKind() != clang::TemplateArgument::Type) continue;
    const clang::CXXRecordDecl* const type = record_of(argument.getAsType());
    if (type == nullptr) continue;
    const std::string name = plain_name(*type);
    if (name == "std::pmr::polymorphic_allocator" || name == "framealloc::FrameAllocator")
      return &argument == &instance->getTemplateArgs().asArray().back();
  }
  return false;
}

}  // namespace

std::string plain_name(const clang::Decl& declaration) {
  std::string name;
  const auto* const own = llvm::dyn_cast<clang::NamedDecl>(&declaration);
  if (own == nullptr) return name;
  name = own->getDeclName().isIdentifier() ? std::string(own->getName()) : own->getNameAsString();
  for (const clang::DeclContext* context = declaration.getDeclContext(); context != nullptr;
       context = context->getParent()) {
    if (const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(context)) {
      if (space->isInline() || space->isAnonymousNamespace()) continue;
      name = std::string(space->getName()) + "::" + name;
    } else if (const auto* record = llvm::dyn_cast<clang::RecordDecl>(context)) {
      name = std::string(record->getName()) + "::" + name;
    }
  }
  return name;
}

namespace {

bool is_below(const clang::Decl& declaration, llvm::StringRef wanted) {
  const clang::NamespaceDecl* outermost = nullptr;
  for (const clang::DeclContext* context = declaration.getDeclContext(); context != nullptr;
       context = context->getParent()) {
    if (const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(context)) outermost = space;
  }
  return outermost != nullptr && outermost->getName() == wanted;
}

}  // namespace

bool is_in_std(const clang::Decl& declaration) {
  return is_below(declaration, "std") || is_below(declaration, "__gnu_cxx");
}

bool is_in_framealloc(const clang::Decl& declaration) {
  return is_below(declaration, "framealloc");
}

bool is_configuration(const clang::CXXRecordDecl& record) {
  return is_in_framealloc(record) && record.getDeclName().isIdentifier() &&
         record.getName().ends_with("Config") && record.hasDefinition() && record.isAggregate();
}

bool tells_of_room(const clang::FunctionDecl& function) {
  static const llvm::StringSet<> rows = {
#define FA_ROOM(owner, name) owner "::" name,
#include "model/model.def"
  };
  return is_in_framealloc(function) && rows.contains(plain_name(function));
}

const clang::CXXRecordDecl* record_of(clang::QualType type) {
  if (type.isNull()) return nullptr;
  return type.getNonReferenceType().getCanonicalType()->getAsCXXRecordDecl();
}

clang::QualType first_type_of(clang::QualType type) {
  const auto* const instance =
      llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(record_of(type));
  if (instance == nullptr || instance->getTemplateArgs().size() == 0 ||
      instance->getTemplateArgs()[0].getKind() != clang::TemplateArgument::Type)
    return {};
  return instance->getTemplateArgs()[0].getAsType();
}

bool Model::has_word(const clang::Decl* declaration, llvm::StringRef word) const {
  if (declaration == nullptr) return false;
  for (const auto* attribute : declaration->specific_attrs<clang::AnnotateAttr>()) {
    llvm::StringRef text = attribute->getAnnotation();
    if (text.consume_front("framealloc::") && text == word) return true;
  }
  if (settings_.functions.empty()) return false;
  const auto found = settings_.functions.find(plain_name(*declaration));
  if (found == settings_.functions.end()) return false;
  return llvm::is_contained(found->second, word.str());
}

bool Model::has_word(const clang::FunctionDecl& function, unsigned parameter,
                     llvm::StringRef word) const {
  const clang::FunctionDecl* const pattern = function.getTemplateInstantiationPattern();
  for (const clang::FunctionDecl* each : {&function, pattern})
    if (each != nullptr && parameter < each->getNumParams() &&
        has_word(each->getParamDecl(parameter), word))
      return true;
  return false;
}

Effect Model::find_effect(const clang::FunctionDecl& function) const {
  if (is_in_framealloc(function)) {
    const auto found = table().find(plain_name(function));
    if (found != table().end()) return found->second;
  }
  // Classes of the library's modules are annotated, as those of the user are.
  Effect result = Effect::None;
  const auto find = [&](const clang::FunctionDecl* each) {
    for (const auto& [word, effect] : words()) {
      if (!has_word(each, word)) continue;
      const bool both = (result == Effect::BeginFrame && effect == Effect::EndFrame) ||
                        (result == Effect::EndFrame && effect == Effect::BeginFrame);
      result = both ? Effect::NextFrame : result == Effect::None ? effect : result;
    }
  };
  for (const clang::FunctionDecl* each : function.redecls())
    if (result == Effect::None) find(each);
  const clang::FunctionDecl* const pattern = function.getTemplateInstantiationPattern();
  if (pattern != nullptr && result == Effect::None) find(pattern);
  return result;
}

Effect Model::effect_of(const clang::FunctionDecl& function) {
  const auto [place, is_new] = effects_.try_emplace(&function, Effect::None);
  if (is_new) place->second = find_effect(function);
  return place->second;
}

Kind Model::find_kind(const clang::CXXRecordDecl& record) const {
  const std::string name = plain_name(record);
  const auto found = library_kinds().find(name);
  if (found != library_kinds().end()) {
    if (found->second == Kind::Container && has_foreign_allocator(record))
      return Kind::PmrContainer;
    return found->second;
  }
  if (is_in_std(record) || is_in_framealloc(record)) {
    if (llvm::StringRef(name).contains("iterator") || llvm::StringRef(name).contains("Iterator") ||
        llvm::StringRef(name).contains("_view"))
      return Kind::View;
    return Kind::Library;
  }
  return Kind::User;
}

Kind Model::kind_of(clang::QualType type) {
  if (type.isNull()) return Kind::Plain;
  type = type.getCanonicalType();
  if (type->isPointerType() || type->isReferenceType()) return Kind::Pointer;
  if (type->isArrayType()) return Kind::User;
  const clang::CXXRecordDecl* const record = type->getAsCXXRecordDecl();
  if (record == nullptr) return Kind::Plain;
  const auto [place, is_new] = kinds_.try_emplace(record, Kind::User);
  if (is_new) place->second = find_kind(*record);
  return place->second;
}

bool Model::find_can_hold(clang::QualType type, unsigned depth) {
  type = type.getCanonicalType();
  if (type->isPointerType() || type->isReferenceType() || type->isMemberPointerType())
    return !type->isFunctionPointerType();
  if (const clang::ArrayType* array = type->getAsArrayTypeUnsafe())
    return find_can_hold(array->getElementType(), depth);
  const clang::CXXRecordDecl* const record = type->getAsCXXRecordDecl();
  if (record == nullptr) return type->isNullPtrType();
  if (depth > 4) return true;
  switch (kind_of(type)) {
    case Kind::Container:
    case Kind::Thread: {
      const auto* const instance = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(record);
      const std::string name = plain_name(*record);
      if (name == "std::function" || name == "std::any" || name == "std::move_only_function" ||
          name == "std::packaged_task")
        return true;
      if (instance == nullptr) return false;
      for (const clang::TemplateArgument& argument : instance->getTemplateArgs().asArray()) {
        if (argument.getKind() == clang::TemplateArgument::Type &&
            find_can_hold(argument.getAsType(), depth + 1))
          return true;
        if (argument.getKind() != clang::TemplateArgument::Pack) continue;
        for (const clang::TemplateArgument& each : argument.pack_elements())
          if (each.getKind() == clang::TemplateArgument::Type &&
              find_can_hold(each.getAsType(), depth + 1))
            return true;
      }
      return false;
    }
    case Kind::User:
    case Kind::Library: {
      if (!record->hasDefinition()) return false;
      if (kind_of(type) == Kind::Library && (is_in_std(*record) || record->getNumBases() == 0) &&
          record->field_empty())
        return false;
      for (const clang::FieldDecl* field : record->fields())
        if (find_can_hold(field->getType(), depth + 1)) return true;
      for (const clang::CXXBaseSpecifier& base : record->bases())
        if (find_can_hold(base.getType(), depth + 1)) return true;
      return false;
    }
    case Kind::Plain:
      return false;
    default:
      return true;
  }
}

bool Model::can_hold(clang::QualType type) {
  if (type.isNull()) return false;
  const void* const key = type.getCanonicalType().getTypePtr();
  const auto found = holds_.find(key);
  if (found != holds_.end()) return found->second;
  const bool holds = find_can_hold(type, 0);
  holds_.emplace(key, holds);
  return holds;
}

}  // namespace fa_check
