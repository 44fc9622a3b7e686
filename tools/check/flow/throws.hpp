// SPDX-License-Identifier: MIT OR Apache-2.0
// What throws in a block, and which handlers take it.
#pragma once

#include "model/clang.hpp"

namespace fa_check {

// Whether the statement calls the library, which throws nothing, and no constructor or closure of the user's.
[[nodiscard]] bool never_throws(const clang::Stmt* statement);

// The block that chooses among the handlers around the constructors that the block calls: Clang's graph has no
// way from them to it. Null when nothing is around them, or not the same for all.
[[nodiscard]] const clang::CFGBlock* handlers_around(const clang::CFG& graph,
                                                     const clang::FunctionDecl& function,
                                                     const clang::CFGBlock& block);

// Whether an exception goes from the block to `target`, which is where handlers are chosen or the
// end of the function, block `last`.
[[nodiscard]] bool leads_out(const clang::CFGBlock& block, const clang::CFGBlock& target,
                             unsigned last);

}  // namespace fa_check
