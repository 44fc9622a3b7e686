// SPDX-License-Identifier: MIT OR Apache-2.0
// As much of Box2D 3's public interface as the module and its tests use, made for them. The other
// headers of this folder are where Box2D has them. STUB_BOX2D_3_1 gives it the shape of 3.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#if defined(STUB_BOX2D_3_1)
using b2AllocFcn = void*(unsigned int size, int alignment);
using b2FreeFcn = void(void* memory);
#else
using b2AllocFcn = void*(std::size_t size, int alignment);
using b2FreeFcn = void(void* memory, std::size_t size);
#endif

namespace stub {

inline b2AllocFcn* alloc = nullptr;
inline b2FreeFcn* release = nullptr;

// Box2D's own memory: blocks of whole 32 bytes, at such addresses.
template <class T>
struct Allocator {
  using value_type = T;
  Allocator() = default;
  template <class U>
  Allocator(const Allocator<U>&) {}
  static std::size_t bytes(std::size_t count) { return (count * sizeof(T) + 31) / 32 * 32; }
  T* allocate(std::size_t count) {
    void* const block = alloc == nullptr ? std::aligned_alloc(32, bytes(count))
#if defined(STUB_BOX2D_3_1)
                                         : alloc(static_cast<unsigned>(bytes(count)), 32);
#else
                                         : alloc(bytes(count), 32);
#endif
    if (block == nullptr) std::abort();  // as Box2D does
    return static_cast<T*>(block);
  }
  void deallocate(T* block, [[maybe_unused]] std::size_t count) {
#if defined(STUB_BOX2D_3_1)
    release == nullptr ? std::free(block) : release(block);
#else
    release == nullptr ? std::free(block) : release(block, count * sizeof(T));
#endif
  }
  friend bool operator==(const Allocator&, const Allocator&) { return true; }
};

}  // namespace stub

inline void b2SetAllocator(b2AllocFcn* alloc, b2FreeFcn* release) {
  stub::alloc = alloc;
  stub::release = release;
}
