// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/pool/pool_table.hpp>

namespace framealloc::detail {

constinit ClassList empty_class_list;
constinit PoolTable empty_pool_table;

}  // namespace framealloc::detail
