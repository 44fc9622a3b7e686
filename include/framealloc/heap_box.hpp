// SPDX-License-Identifier: MIT OR Apache-2.0
// The owner of one object on the heap.
#pragma once

#include <framealloc/detail/container/block_box.hpp>

namespace framealloc {

/// Runs ~T and gives the block back to the heap, on any thread. Two pointers; for a T with a
/// virtual destructor four, and then HeapBox<Derived> converts to HeapBox<Base>. See
/// detail::BlockBox for its members.
template <class T>
using HeapBox = detail::BlockBox<T, detail::HeapDoor>;

}  // namespace framealloc
