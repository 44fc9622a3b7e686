// SPDX-License-Identifier: MIT OR Apache-2.0
// --self-check: proves that every row does the same work before anyone compares times.
#pragma once

#include <string_view>

#include "../harness/case.hpp"

namespace bench {

// Effect: runs the rows whose name contains `filter` with a ledger. Result: the number of rows that
// handed out a wrong number of objects, overlapping or misaligned blocks, lost a written value or
// did not give everything back; each is printed.
[[nodiscard]] int self_check(const Rows& rows, std::string_view filter);

}  // namespace bench
