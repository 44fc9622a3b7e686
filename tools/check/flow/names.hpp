// SPDX-License-Identifier: MIT OR Apache-2.0
// Names of functions of std and of the library, whose declarations are known already.
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

}  // namespace fa_check
