// SPDX-License-Identifier: MIT OR Apache-2.0
// What the rows cost in bytes.
#pragma once

#include "../report/results.hpp"

namespace bench {

// Effect: adds
//   "W4/RSS growth"         MiB that the resident set grew over two million objects handed over,
//                           after as many to warm up, for every peer of W4
//   "W6/bytes used"         frame bytes over the bytes of the finished vectors, for framealloc rows
//   "W9/faults POLICY"      page faults per page, for every W9 row
//   "memory/reserved"       bytes reserved over the high-water mark 60 frames after a large frame
//   "memory/per thread"     KiB reserved per attached thread that has not allocated
void measure_memory(const Rows& rows, Results& results);

}  // namespace bench
