// SPDX-License-Identifier: MIT OR Apache-2.0
// All checks over one parsed unit.
#pragma once

#include "checks/analyze.hpp"

namespace clang {
class ASTContext;
}

namespace fa_check {

// Effect: fills the findings, assumptions and counts of `result` for the unit in `context`.
void check_unit(clang::ASTContext& context, const UnitInput& input, UnitResult& result);

}  // namespace fa_check
