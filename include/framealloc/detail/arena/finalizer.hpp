// SPDX-License-Identifier: MIT OR Apache-2.0
// Destructors that frame memory owes. Only objects with a non-trivial destructor pay for one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace framealloc::detail {

// Stands in frame memory right before its objects. Run newest first, at the end of the frame or
// when the arena is rewound past it.
struct Finalizer {
  using Destroy = void (*)(void* objects, std::size_t count) noexcept;
  Finalizer* next = nullptr;
  Destroy destroy = nullptr;  // null once canceled: a box destroyed its object early
  void* objects = nullptr;
  std::size_t count = 0;
  std::size_t position = 0;  // of the arena when it was armed
  std::uint64_t order = 0;   // among what the arena armed; positions stand still after an overflow
};

template <class T>
void destroy_objects(void* objects, std::size_t count) noexcept {
  T* first = static_cast<T*>(objects);
  while (count != 0) std::destroy_at(first + --count);  // reverse order, as arrays do
}

}  // namespace framealloc::detail
