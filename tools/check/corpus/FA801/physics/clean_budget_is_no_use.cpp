// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) { alloc.budgets()->register_tag_budget("render", 1024, 2048); }
