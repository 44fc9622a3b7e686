// SPDX-License-Identifier: MIT OR Apache-2.0
// Pool and heap blocks treated as they should not be, and calls that do not pair up.
#include "guard/bugs.hpp"

#include <thread>

namespace framealloc::guard_bugs {
namespace {

constexpr std::size_t kLarge = 20000;                      // several pages of the system
constexpr std::size_t kHuge = (std::size_t{2} << 20) + 1;  // more than a chunk

// Addresses that the compiler would warn about.
template <class T>
T* hidden(T* pointer) {
  T* volatile copy = pointer;
  return copy;
}

std::byte* heap_bytes(World& world, std::size_t size) {
  return world.alloc.heap_alloc<std::byte>(size);
}

}  // namespace

void bug_pool_overrun(World& world) {
  auto* contact = world.alloc.pool_alloc<Contact>();
  world.write(hidden(reinterpret_cast<std::byte*>(contact)) + sizeof(Contact));
  world.alloc.pool_free(contact);
}
void bug_pool_overrun_while_in_use(World& world) {
  auto* contact = world.alloc.pool_alloc<Contact>();
  world.write(hidden(reinterpret_cast<std::byte*>(contact)) + sizeof(Contact) + 2);
  std::printf("DAMAGED %zu\n", world.alloc.check_guards());
  world.write(hidden(reinterpret_cast<std::byte*>(contact)) + sizeof(Contact) + 2, 0xFD);
  world.alloc.pool_free(contact);
}
void bug_pool_underrun(World& world) {
  auto* contact = world.alloc.pool_alloc<Contact>();
  world.write(hidden(reinterpret_cast<std::byte*>(contact)) - 1);
  world.alloc.pool_free(contact);
}
void bug_heap_overrun(World& world) {
  auto* bytes = heap_bytes(world, 100);
  world.write(hidden(bytes) + 100);
  world.alloc.heap_free(bytes);
}
void bug_heap_underrun(World& world) {
  auto* before = heap_bytes(world, 100);
  auto* bytes = heap_bytes(world, 100);
  world.write(hidden(bytes) - 4);
  world.alloc.heap_free(bytes);
  world.alloc.heap_free(before);
}
void bug_heap_overrun_of_large_block(World& world) {
  auto* bytes = heap_bytes(world, kLarge);
  world.write(hidden(bytes) + kLarge);
  world.alloc.heap_free(bytes);
}
void bug_heap_overrun_of_huge_block(World& world) {
  auto* bytes = heap_bytes(world, kHuge);
  world.write(hidden(bytes) + kHuge);
  world.alloc.heap_free(bytes);
}

void bug_pool_write_after_free(World& world) {
  auto* contact = world.alloc.pool_alloc<Contact>();
  world.alloc.pool_free(contact);
  world.write(hidden(contact));
}
void bug_pool_read_after_free(World& world) {
  auto* contact = world.alloc.pool_alloc<Contact>();
  *contact = Contact{7, {1, 2, 3}, 4};
  world.alloc.pool_free(contact);
  world.read(hidden(contact));
}
void bug_heap_write_after_free(World& world) {
  auto* bytes = heap_bytes(world, 100);
  world.alloc.heap_free(bytes);
  world.write(hidden(bytes) + 50);
}
void bug_large_heap_write_after_free(World& world) {
  auto* bytes = heap_bytes(world, kLarge);
  auto* neighbor = heap_bytes(world, kLarge);
  world.alloc.heap_free(bytes);
  world.write(hidden(bytes) + kLarge / 2);
  world.alloc.heap_free(neighbor);
}
void bug_huge_heap_write_after_free(World& world) {
  auto* bytes = heap_bytes(world, kHuge);
  world.alloc.heap_free(bytes);
  world.write(hidden(bytes) + kHuge / 2);
}
void bug_pool_read_before_write(World& world) {
  auto* contact = world.alloc.pool_alloc<Contact>();
  world.read(hidden(contact));
  world.alloc.pool_free(contact);
}

void bug_pool_double_free(World& world) {
  auto* contact = world.alloc.pool_alloc<Contact>();
  world.alloc.pool_free(contact);
  world.alloc.pool_free(hidden(contact));
}
void bug_heap_double_free(World& world) {
  auto* bytes = heap_bytes(world, 100);
  world.alloc.heap_free(bytes);
  world.alloc.heap_free(hidden(bytes));
}
void bug_large_heap_double_free(World& world) {
  auto* bytes = heap_bytes(world, kLarge);
  auto* neighbor = heap_bytes(world, kLarge);
  world.alloc.heap_free(bytes);
  world.alloc.heap_free(hidden(bytes));
  world.alloc.heap_free(neighbor);
}
void bug_double_free_on_two_threads(World& world) {
  auto* contact = world.alloc.pool_alloc<Contact>();
  std::thread([&] { world.alloc.pool_free(contact); }).join();
  world.alloc.pool_free(hidden(contact));
}
void bug_pool_block_freed_as_heap(World& world) {
  auto* contact = world.alloc.pool_alloc<Contact>();
  world.alloc.heap_free(contact);
  world.alloc.pool_free(contact);
}
void bug_heap_block_freed_as_pool(World& world) {
  auto* contact = world.alloc.heap_alloc<Contact>();
  world.alloc.pool_free(contact);
  world.alloc.heap_free(contact);
}
void bug_frame_memory_freed(World& world) {
  world.alloc.begin_frame();
  auto* contact = world.alloc.frame_alloc<Contact>();
  world.alloc.pool_free(contact);
  world.alloc.end_frame();
}
void bug_stack_address_freed(World& world) {
  Contact contact{};
  world.alloc.pool_free(hidden(&contact));
}
void bug_inside_of_block_freed(World& world) {
  auto* batch = world.alloc.heap_alloc<std::byte>(200);
  world.alloc.heap_free(hidden(batch) + 16);
  world.alloc.heap_free(batch);
}
void bug_freed_on_another_allocator(World& world) {
  auto* contact = world.other.pool_alloc<Contact>();
  world.alloc.pool_free(contact);
  world.other.pool_free(contact);
}

void bug_pool_leak(World& world) { (void)hidden(world.alloc.pool_alloc<Contact>()); }
void bug_heap_leak(World& world) { (void)hidden(heap_bytes(world, 1000)); }
void bug_stale_handle(World& world) {
  const auto handle = world.alloc.handles().alloc<Contact>();
  world.alloc.handles().free(handle);
  std::printf("%d\n", world.alloc.handles().resolve(handle) == nullptr);
}
void bug_stale_scratch_memory(World& world) {
  auto& scratch = world.alloc.scratch_pool("seeded");
  auto* bytes = static_cast<std::byte*>(scratch.alloc_bytes(64));
  scratch.reset();
  world.write(hidden(bytes));
}
void bug_frame_memory_without_frame(World& world) {
  std::printf("%d\n", world.alloc.frame_alloc<Contact>() == nullptr);
}
void bug_end_without_begin(World& world) { world.alloc.end_frame(); }
void bug_begin_inside_frame(World& world) {
  world.alloc.begin_frame();
  world.alloc.begin_frame();
  world.alloc.end_frame();
}
void bug_phase_ends_twice(World& world) {
  world.alloc.begin_frame();
  world.alloc.begin_phase("seeded");
  (void)world.alloc.end_phase();
  (void)world.alloc.end_phase();
  world.alloc.end_frame();
}

}  // namespace framealloc::guard_bugs
