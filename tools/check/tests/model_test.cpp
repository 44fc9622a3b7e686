// SPDX-License-Identifier: MIT OR Apache-2.0
// The table of the model against the public headers: a row that names nothing says nothing about the
// function that it was written for, and a function without a row is not understood.
#include "model/model.hpp"
#include "model/threads.hpp"

#include <clang/Frontend/ASTUnit.h>
#include <clang/Tooling/Tooling.h>

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace fa_check {
namespace {

struct Row {
  const char* owner;
  const char* name;
};
constexpr Row kRows[] = {
#define FA_MODEL(owner, name, effect) {owner, name},
#include "model/model.def"
};
constexpr Row kRowsOfRoom[] = {
#define FA_ROOM(owner, name) {owner, name},
#include "model/model.def"
};

std::unique_ptr<clang::ASTUnit> parse(const std::string& text) {
  return clang::tooling::buildASTFromCodeWithArgs(
      text, {"-std=c++20", "-w", "-D__clang_analyzer__=1", "-I" FA_SOURCE_DIR "/include",
             "-resource-dir=" FA_CHECK_RESOURCE_DIR});
}

clang::ASTUnit& headers() {
  static const std::unique_ptr<clang::ASTUnit> unit =
      parse("#include <framealloc/framealloc.hpp>\n");
  return *unit;
}

// The functions below the namespace framealloc, by name.
std::map<std::string, std::vector<const clang::FunctionDecl*>> functions_of(clang::ASTUnit& unit) {
  struct Visitor : clang::RecursiveASTVisitor<Visitor> {
    bool VisitFunctionDecl(clang::FunctionDecl* function) {
      if (is_in_framealloc(*function)) found[plain_name(*function)].push_back(function);
      return true;
    }
    std::map<std::string, std::vector<const clang::FunctionDecl*>> found;
  } visitor;
  visitor.TraverseDecl(unit.getASTContext().getTranslationUnitDecl());
  return visitor.found;
}

TEST(Model, EveryRowNamesAFunctionOfTheHeaders) {
  const auto functions = functions_of(headers());
  ASSERT_GT(functions.size(), 100U);
  for (const Row& row : kRows)
    EXPECT_EQ(functions.count(std::string(row.owner) + "::" + row.name), 1U)
        << row.owner << "::" << row.name;
  for (const Row& row : kRowsOfRoom)
    EXPECT_EQ(functions.count(std::string(row.owner) + "::" + row.name), 1U)
        << row.owner << "::" << row.name;
}

TEST(Model, EveryPublicFunctionThatHandsOutMemoryHasARow) {
  const Settings settings;
  Model model(settings);
  std::set<std::string> rows;
  std::set<std::string> owners;
  for (const Row& row : kRows) {
    rows.insert(std::string(row.owner) + "::" + row.name);
    owners.insert(row.owner);
  }
  std::set<std::string> missing;
  for (const auto& [name, all] : functions_of(headers())) {
    if (rows.count(name) != 0) continue;
    for (const clang::FunctionDecl* function : all) {
      const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
      if (method == nullptr || method->getAccess() != clang::AS_public || method->isStatic() ||
          llvm::isa<clang::CXXConstructorDecl>(method) || method->isImplicit() ||
          method->isOverloadedOperator() || owners.count(plain_name(*method->getParent())) == 0)
        continue;
      const clang::QualType type = method->getReturnType();
      const Kind kind = model.kind_of(type);
      // Addresses into the allocators themselves are valid as long as these are.
      const clang::QualType object = type->isPointerType() ? type->getPointeeType() : type;
      const clang::CXXRecordDecl* const record = record_of(object);
      const bool of_library = record != nullptr && is_in_framealloc(*record) &&
                              (type->isPointerType() || type->isReferenceType());
      if (kind != Kind::Plain && kind != Kind::Mark && !of_library && model.can_hold(type))
        missing.insert(name);
    }
  }
  EXPECT_EQ(missing, std::set<std::string>{});
}

TEST(Model, ANameAloneDecidesNothing) {
  const std::unique_ptr<clang::ASTUnit> unit = parse(
      "struct SmartAlloc { int* frame_alloc(); void end_frame(); };\n"
      "namespace other::framealloc { struct SmartAlloc { int* frame_alloc(); }; }\n");
  const Settings settings;
  Model model(settings);
  unsigned seen = 0;
  struct Visitor : clang::RecursiveASTVisitor<Visitor> {
    Visitor(Model& of, unsigned& count) : model(of), seen(count) {}
    bool VisitCXXMethodDecl(clang::CXXMethodDecl* method) {
      if (!method->isImplicit()) {
        ++seen;
        EXPECT_EQ(model.effect_of(*method), Effect::None) << plain_name(*method);
      }
      return true;
    }
    Model& model;
    unsigned& seen;
  } visitor(model, seen);
  visitor.TraverseDecl(unit->getASTContext().getTranslationUnitDecl());
  EXPECT_EQ(seen, 3U);
}

TEST(Model, ConfigurationAddsWordsForFunctionsThatCannotBeAnnotated) {
  const std::unique_ptr<clang::ASTUnit> unit = parse(
      "namespace engine { void flip(); [[clang::annotate(\"framealloc::end_frame\")]] void "
      "swap();\n"
      "void submit(); }\n");
  Settings settings;
  settings.functions["engine::flip"] = {"end_frame"};
  Model model(settings);
  std::map<std::string, Effect> effects;
  for (const clang::Decl* declaration : unit->getASTContext().getTranslationUnitDecl()->decls()) {
    const auto* const space = llvm::dyn_cast<clang::NamespaceDecl>(declaration);
    if (space == nullptr) continue;
    for (const clang::Decl* each : space->decls())
      if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(each))
        effects[plain_name(*function)] = model.effect_of(*function);
  }
  EXPECT_EQ(effects["engine::flip"], Effect::EndFrame);
  EXPECT_EQ(effects["engine::swap"], Effect::EndFrame);
  EXPECT_EQ(effects["engine::submit"], Effect::None);
}

// The kinds and the synchronization of the types that the variables of a source have.
TEST(Model, KnowsWhatValuesOfATypeCanHold) {
  const std::unique_ptr<clang::ASTUnit> unit = parse(
      "#include <framealloc/framealloc.hpp>\n#include <thread>\n#include <vector>\n"
      "#include <memory_resource>\n"
      "struct Plain { int a; }; struct Holds { int* a; };\n"
      "extern std::vector<int> numbers; extern std::vector<int*> pointers;\n"
      "extern std::pmr::vector<int> pmr; extern framealloc::FrameVec<int> frame;\n"
      "extern framealloc::FrameBox<int> box; extern framealloc::Handle<int> handle;\n"
      "extern std::jthread thread; extern Plain plain; extern Holds holds;\n"
      "extern framealloc::SmartAlloc alloc;\n");
  const Settings settings;
  Model model(settings);
  std::map<std::string, std::pair<Kind, bool>> found;
  for (const clang::Decl* each : unit->getASTContext().getTranslationUnitDecl()->decls())
    if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(each))
      found[variable->getNameAsString()] = {model.kind_of(variable->getType()),
                                            model.can_hold(variable->getType())};
  const std::map<std::string, std::pair<Kind, bool>> wanted = {
      {"numbers", {Kind::Container, false}},
      {"pointers", {Kind::Container, true}},
      {"pmr", {Kind::PmrContainer, true}},
      {"frame", {Kind::ArenaContainer, true}},
      {"box", {Kind::Box, true}},
      {"handle", {Kind::Mark, true}},
      {"thread", {Kind::Thread, false}},
      {"plain", {Kind::User, false}},
      {"holds", {Kind::User, true}},
      {"alloc", {Kind::Allocator, true}},
  };
  for (const auto& [name, kind] : wanted) EXPECT_EQ(found[name], kind) << name;
}

}  // namespace
}  // namespace fa_check
