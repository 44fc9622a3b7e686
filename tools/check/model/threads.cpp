// SPDX-License-Identifier: MIT OR Apache-2.0
#include "model/threads.hpp"

#include <string>
#include <vector>

namespace fa_check {
namespace {

struct SyncRow {
  const char* owner;
  const char* name;  // "*" is any
  Sync sync;
};

constexpr SyncRow kSyncRows[] = {
    {"std::barrier", "arrive", Sync::Signals},
    {"std::barrier", "arrive_and_drop", Sync::Signals},
    {"std::barrier", "arrive_and_wait", Sync::Both},
    {"std::barrier", "wait", Sync::Waits},
    {"std::latch", "count_down", Sync::Signals},
    {"std::latch", "arrive_and_wait", Sync::Both},
    {"std::latch", "wait", Sync::Waits},
    {"std::latch", "try_wait", Sync::Waits},
    {"std::counting_semaphore", "release", Sync::Signals},
    {"std::counting_semaphore", "acquire", Sync::Waits},
    {"std::counting_semaphore", "try_acquire", Sync::Waits},
    {"std::counting_semaphore", "try_acquire_for", Sync::Waits},
    {"std::counting_semaphore", "try_acquire_until", Sync::Waits},
    {"std::condition_variable", "wait", Sync::Waits},
    {"std::condition_variable", "wait_for", Sync::Waits},
    {"std::condition_variable", "wait_until", Sync::Waits},
    {"std::condition_variable", "*", Sync::Signals},
    {"std::condition_variable_any", "wait", Sync::Waits},
    {"std::condition_variable_any", "wait_for", Sync::Waits},
    {"std::condition_variable_any", "wait_until", Sync::Waits},
    {"std::condition_variable_any", "*", Sync::Signals},
    {"std::promise", "get_future", Sync::None},
    {"std::promise", "swap", Sync::None},
    {"std::promise", "*", Sync::Signals},
    {"std::atomic", "wait", Sync::Waits},
    {"std::atomic", "load", Sync::None},
    {"std::atomic", "*", Sync::Signals},
    {"std::atomic_flag", "wait", Sync::Waits},
    {"std::atomic_flag", "test", Sync::None},
    {"std::atomic_flag", "*", Sync::Signals},
};

// What the class is called; libstdc++ keeps the members of some in a base of another name.
std::string owner_of(const clang::CXXMethodDecl& method) {
  const std::string name = plain_name(*method.getParent());
  if (name == "std::__atomic_base" || name == "std::__atomic_flag_base" ||
      name == "std::__atomic_float")
    return "std::atomic";
  return name;
}

bool holds_threads(const clang::CXXRecordDecl& record) {
  const auto* const instance = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(&record);
  if (instance == nullptr) return false;
  for (const clang::TemplateArgument& argument : instance->getTemplateArgs().asArray())
    if (argument.getKind() == clang::TemplateArgument::Type && is_thread(argument.getAsType()))
      return true;
  return false;
}

bool is_callable(clang::QualType type) {
  type = type.getNonReferenceType().getCanonicalType();
  if (type->isFunctionType() || type->isFunctionPointerType() ||
      type->isMemberFunctionPointerType())
    return true;
  const clang::CXXRecordDecl* const record = type->getAsCXXRecordDecl();
  if (record == nullptr || !record->hasDefinition()) return false;
  const clang::DeclarationName call =
      record->getASTContext().DeclarationNames.getCXXOperatorName(clang::OO_Call);
  return !record->lookup(call).empty();
}

}  // namespace

Sync sync_of(const clang::CXXMethodDecl& method) {
  if (!is_in_std(method) || llvm::isa<clang::CXXConstructorDecl>(method) ||
      llvm::isa<clang::CXXDestructorDecl>(method) || llvm::isa<clang::CXXConversionDecl>(method))
    return Sync::None;
  const std::string owner = owner_of(method);
  const llvm::StringRef name =
      method.getDeclName().isIdentifier() ? method.getName() : llvm::StringRef();
  for (const SyncRow& row : kSyncRows)
    if (owner == row.owner && (name == row.name || llvm::StringRef(row.name) == "*"))
      return row.sync;
  return Sync::None;
}

bool is_thread(clang::QualType type) {
  const clang::CXXRecordDecl* const record = record_of(type);
  if (record == nullptr) return false;
  const std::string name = plain_name(*record);
  return name == "std::thread" || name == "std::jthread";
}

bool joins_at_end(clang::QualType type) {
  const clang::CXXRecordDecl* const record = record_of(type);
  if (record == nullptr) return false;
  const std::string name = plain_name(*record);
  return name == "std::jthread" || name == "std::future";
}

bool waits_for_thread(const clang::FunctionDecl& function) {
  const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(&function);
  if (method == nullptr || !is_in_std(function) || !function.getDeclName().isIdentifier())
    return false;
  const std::string owner = plain_name(*method->getParent());
  const llvm::StringRef name = function.getName();
  if (owner == "std::thread" || owner == "std::jthread") return name == "join";
  if (owner != "std::future" && owner != "std::shared_future" && owner != "std::__basic_future")
    return false;
  return name == "get" || name.starts_with("wait");
}

std::optional<Work> work_of(const Model& model, const clang::FunctionDecl& function,
                            llvm::ArrayRef<const clang::Expr*> arguments) {
  const auto first_callable = [&]() -> std::optional<Work> {
    for (unsigned i = 0; i < arguments.size(); ++i)
      if (is_callable(arguments[i]->getType())) return Work{i, WorkKind::Thread};
    return std::nullopt;
  };
  for (unsigned i = 0; i < function.getNumParams() && i < arguments.size(); ++i) {
    if (model.has_word(function, i, "runs_on_thread")) return Work{i, WorkKind::Handed};
    if (model.has_word(function, i, "joined")) return Work{i, WorkKind::Joined};
  }
  if (!is_in_std(function)) return std::nullopt;
  if (const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(&function)) {
    const clang::QualType made = type_of(constructor->getASTContext(), constructor->getParent());
    return is_thread(made) ? first_callable() : std::nullopt;
  }
  const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(&function);
  if (method != nullptr) {
    const llvm::StringRef name =
        method->getDeclName().isIdentifier() ? method->getName() : llvm::StringRef();
    const bool makes = name.starts_with("emplace") || name == "try_emplace";
    return makes && holds_threads(*method->getParent()) ? first_callable() : std::nullopt;
  }
  const std::string name = plain_name(function);
  if (name == "std::async") return first_callable();
  if (name == "std::make_unique" || name == "std::make_shared") {
    const clang::TemplateArgumentList* const given = function.getTemplateSpecializationArgs();
    if (given != nullptr && given->size() > 0 &&
        given->get(0).getKind() == clang::TemplateArgument::Type &&
        is_thread(given->get(0).getAsType()))
      return first_callable();
  }
  return std::nullopt;
}

std::vector<const clang::FunctionDecl*> functions_named_in(const clang::Expr* expression) {
  struct Visitor : clang::RecursiveASTVisitor<Visitor> {
    bool TraverseLambdaExpr(clang::LambdaExpr* lambda) {
      const clang::CXXMethodDecl* const body = lambda->getCallOperator();
      if (const clang::FunctionTemplateDecl* pattern = body->getDescribedFunctionTemplate()) {
        for (const clang::FunctionDecl* each : pattern->specializations()) found.push_back(each);
      } else {
        found.push_back(body);
      }
      return true;
    }
    bool VisitDeclRefExpr(clang::DeclRefExpr* name) {
      if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(name->getDecl())) {
        if (!is_in_std(*function)) found.push_back(function);
        return true;
      }
      const clang::CXXRecordDecl* const record = record_of(name->getType());
      if (record != nullptr && record->isLambda() && record->getLambdaCallOperator() != nullptr)
        found.push_back(record->getLambdaCallOperator());
      return true;
    }
    std::vector<const clang::FunctionDecl*> found;
  } visitor;
  visitor.TraverseStmt(const_cast<clang::Expr*>(expression));
  return visitor.found;
}

}  // namespace fa_check
