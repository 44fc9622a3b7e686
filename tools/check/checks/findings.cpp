// SPDX-License-Identifier: MIT OR Apache-2.0
#include "checks/findings.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace fa_check {
namespace {

// The function around a statement, with its parameters, as one would write it.
std::string function_around(clang::ASTContext& context, const clang::Stmt* statement) {
  clang::DynTypedNode node = clang::DynTypedNode::create(*statement);
  for (unsigned steps = 0; steps < 400; ++steps) {
    const auto parents = context.getParents(node);
    if (parents.empty()) return "";
    node = parents[0];
    const auto* const function = node.get<clang::FunctionDecl>();
    if (function == nullptr) continue;
    std::string text = function->getQualifiedNameAsString() + "(";
    const char* separator = "";
    for (const clang::ParmVarDecl* parameter : function->parameters()) {
      text += separator + parameter->getType().getAsString();
      separator = ", ";
    }
    return text + ")";
  }
  return "";
}

}  // namespace

std::string path_of(const clang::SourceManager& sources, clang::SourceLocation place) {
  const clang::OptionalFileEntryRef file = sources.getFileEntryRefForID(sources.getFileID(place));
  if (!file) return "";
  const llvm::StringRef real = file->getFileEntry().tryGetRealPathName();
  return std::string(real.empty() ? file->getName() : real);
}

Finding finding_at(const CheckInput& input, unsigned code, const clang::Stmt* statement) {
  Finding finding;
  if (statement == nullptr) return finding;
  const clang::SourceManager& sources = input.context.getSourceManager();
  const clang::SourceLocation begin = sources.getExpansionLoc(statement->getBeginLoc());
  if (begin.isInvalid() || sources.isInSystemHeader(begin)) return finding;
  finding.code = code;
  finding.file = path_of(sources, begin);
  finding.line = sources.getSpellingLineNumber(begin);
  finding.column = sources.getSpellingColumnNumber(begin);
  const clang::SourceLocation last = sources.getExpansionLoc(statement->getEndLoc());
  const clang::SourceLocation end =
      clang::Lexer::getLocForEndOfToken(last, 0, sources, input.context.getLangOpts());
  finding.end_line = end.isValid() ? sources.getSpellingLineNumber(end) : finding.line;
  finding.end_column = end.isValid() ? sources.getSpellingColumnNumber(end) : finding.column + 1;
  finding.function = function_around(input.context, statement);
  return finding;
}

std::string file_of(const CheckInput& input, const clang::Stmt* statement) {
  const clang::SourceManager& sources = input.context.getSourceManager();
  const clang::SourceLocation begin = sources.getExpansionLoc(statement->getBeginLoc());
  return begin.isValid() ? path_of(sources, begin) : "";
}

void relate(const CheckInput& input, Finding& finding, SiteId site, std::string message) {
  if (site == 0) return;
  const clang::Stmt* const statement = input.places.expression(site);
  const clang::SourceManager& sources = input.context.getSourceManager();
  const clang::SourceLocation place = sources.getExpansionLoc(statement->getBeginLoc());
  if (place.isInvalid()) return;
  Related related{path_of(sources, place), sources.getSpellingLineNumber(place),
                  sources.getSpellingColumnNumber(place), std::move(message)};
  finding.related.push_back(std::move(related));
}

std::string name_of(const CheckInput& input, const clang::Stmt* statement) {
  (void)input;
  const auto* expression = llvm::dyn_cast_or_null<clang::Expr>(statement);
  for (unsigned steps = 0; expression != nullptr && steps < 40; ++steps) {
    expression = expression->IgnoreUnlessSpelledInSource();
    if (const auto* e = llvm::dyn_cast<clang::DeclRefExpr>(expression)) {
      if (!e->getDecl()->getDeclName().isIdentifier()) break;
      return "'" + e->getDecl()->getNameAsString() + "'";
    }
    if (const auto* e = llvm::dyn_cast<clang::MemberExpr>(expression)) {
      if (llvm::isa<clang::CXXThisExpr>(e->getBase()->IgnoreUnlessSpelledInSource()))
        return "'" + e->getMemberDecl()->getNameAsString() + "'";
      expression = e->getBase();
    } else if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(expression)) {
      expression = unary->getSubExpr();
    } else if (const auto* index = llvm::dyn_cast<clang::ArraySubscriptExpr>(expression)) {
      expression = index->getBase();
    } else if (const auto* member = llvm::dyn_cast<clang::CXXMemberCallExpr>(expression)) {
      expression = member->getImplicitObjectArgument();
    } else if (const auto* op = llvm::dyn_cast<clang::CXXOperatorCallExpr>(expression)) {
      expression = op->getNumArgs() > 0 ? op->getArg(0) : nullptr;
    } else {
      break;
    }
  }
  return "frame memory";
}

std::vector<Finding> findings_of(const CheckInput& input) {
  std::vector<Finding> findings;
  check_lifetimes(input, findings);
  check_threads(input, findings);
  check_coroutines(input, findings);
  check_handles(input, findings);
  check_loops(input, findings);
  check_budgets(input, findings);
  check_retention(input, findings);
  check_destructors(input, findings);
  check_tags(input, findings);
  check_modules(input, findings);
  std::erase_if(findings, [](const Finding& finding) { return finding.code == 0; });
  // What grows in a younger scope is told of once: room given before cures both.
  std::set<std::tuple<std::string, unsigned, unsigned>> used;
  for (const Finding& finding : findings)
    if (finding.code == 606) used.emplace(finding.file, finding.line, finding.column);
  std::erase_if(findings, [&](const Finding& finding) {
    return finding.code == 608 && used.count({finding.file, finding.line, finding.column}) != 0;
  });
  const auto key = [](const Finding& finding) {
    return std::tie(finding.file, finding.line, finding.column, finding.code);
  };
  // Of two at one place the first that a check made stays.
  std::vector<std::size_t> order(findings.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto left = key(findings[a]);
    const auto right = key(findings[b]);
    return left == right ? a < b : left < right;
  });
  std::vector<Finding> sorted;
  for (const std::size_t each : order)
    if (sorted.empty() || key(sorted.back()) != key(findings[each]))
      sorted.push_back(std::move(findings[each]));
  return sorted;
}

}  // namespace fa_check
