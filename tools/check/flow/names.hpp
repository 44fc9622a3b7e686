// SPDX-License-Identifier: MIT OR Apache-2.0
// Names of functions and classes of std and of the library, whose declarations are known already.
#pragma once

#include "model/clang.hpp"

#include <initializer_list>

namespace fa_check {

// Result: "" for operators, constructors and the like.
[[nodiscard]] inline llvm::StringRef name_of(const clang::FunctionDecl* function) {
  return function->getDeclName().isIdentifier() ? function->getName() : llvm::StringRef();
}

[[nodiscard]] inline bool is_one_of(llvm::StringRef name,
                                    std::initializer_list<llvm::StringRef> names) {
  return llvm::is_contained(names, name);
}

// Result: "copy_if" for the class of std::ranges::copy_if, as libstdc++ names it.
[[nodiscard]] inline llvm::StringRef algorithm_of(const clang::CXXRecordDecl& record) {
  llvm::StringRef name = record.getDeclName().isIdentifier() ? record.getName() : llvm::StringRef();
  return name.consume_front("__") && name.consume_back("_fn") ? name : llvm::StringRef();
}

// Whether the class, or what the type points at, is a memory resource of std.
[[nodiscard]] bool is_resource_class(clang::QualType type);
// Whether the class is std::shared_ptr.
[[nodiscard]] bool is_shared(clang::QualType type);

}  // namespace fa_check
