// SPDX-License-Identifier: MIT OR Apache-2.0
// The owner of one object in the pool.
#pragma once

#include <framealloc/detail/container/block_box.hpp>

namespace framealloc {

/// Runs ~T and gives the block back to the pool that it came from, on any thread (from another
/// thread than the one that made it, it is a remote free). Two pointers; for a T with a virtual
/// destructor four, and then PoolBox<Derived> converts to PoolBox<Base>. See detail::BlockBox for
/// its members.
template <class T>
using PoolBox = detail::BlockBox<T, detail::PoolDoor>;

}  // namespace framealloc
