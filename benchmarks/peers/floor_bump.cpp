// SPDX-License-Identifier: MIT OR Apache-2.0
// Floor: the smallest correct bump allocator, written by hand. Cursor and end are compared, so that
// it could grow; nothing else is kept.
//   floor-bump-reg  cursor in a local variable: what the best possible handle could do
//   floor-bump-tls  cursor in thread-local memory: what any allocator must do whose calls share it
#include "../harness/register.hpp"
#include "peers.hpp"

namespace bench {
namespace {

std::uintptr_t address(const std::byte* p) { return reinterpret_cast<std::uintptr_t>(p); }

// Result: the block, or a stop when the buffer is full. The cursor stays aligned to 16, or to 8
// where all sizes are known when compiled, so alignments up to that cost nothing.
[[gnu::always_inline]] inline void* bump(std::uintptr_t& cursor, std::uintptr_t limit,
                                         std::size_t size, std::size_t alignment) {
  std::uintptr_t at = cursor;
  if (__builtin_constant_p(alignment) && alignment <= 16) {
    if (!__builtin_constant_p(size)) size = (size + 15) & ~std::size_t{15};
  } else {
    at = (at + alignment - 1) & (0 - alignment);
  }
  const std::uintptr_t next = at + size;
  if (__builtin_expect(next > limit, 0)) return out_of_buffer();
  cursor = next;
  return reinterpret_cast<void*>(at);
}

class RegisterBump {
 public:
  static constexpr bool kFreesEach = false;

  struct Session : UniformSession<Session> {
    Session(std::uintptr_t from, std::uintptr_t to) : cursor(from), limit(to) {}
    [[gnu::always_inline]] void* take(std::size_t size, std::size_t alignment) {
      return bump(cursor, limit, size, alignment);
    }
    std::uintptr_t cursor;
    std::uintptr_t limit;
  };

  Session open() { return {address(memory_.begin()), address(memory_.end())}; }
  void close(Session&) {}

 private:
  WarmBuffer memory_{kArenaBytes};
};

struct Cursor {
  std::uintptr_t at = 0;
  std::uintptr_t limit = 0;
};
constinit thread_local Cursor thread_cursor;

class ThreadBump {
 public:
  static constexpr bool kFreesEach = false;

  struct Session : UniformSession<Session> {
    [[gnu::always_inline]] void* take(std::size_t size, std::size_t alignment) {
      // Through a base register: some cores are slow at addressing thread-local memory directly.
      Cursor* cursor = opaque(&thread_cursor);
      return bump(cursor->at, cursor->limit, size, alignment);
    }
  };

  Session open() {
    thread_cursor = {address(memory_.begin()), address(memory_.end())};
    return {};
  }
  void close(Session&) {}

 private:
  WarmBuffer memory_{kArenaBytes};
};

}  // namespace

void add_floor_bump(Rows& rows) {
  add_arena<RegisterBump>(rows, "floor-bump-reg");
  add_arena<ThreadBump>(rows, "floor-bump-tls");
}

}  // namespace bench
