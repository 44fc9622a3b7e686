// SPDX-License-Identifier: MIT OR Apache-2.0
// The arena of protobuf. It aligns to 8; for more the session asks for more and aligns by itself.
#include <google/protobuf/arena.h>

#include "../harness/register.hpp"
#include "peers.hpp"

namespace bench {
namespace {

class Protobuf {
 public:
  static constexpr bool kFreesEach = false;
  using Arena = google::protobuf::Arena;

  struct Session : UniformSession<Session> {
    explicit Session(Arena& a) : arena(a) {}
    [[gnu::always_inline]] void* take(std::size_t size, std::size_t alignment) {
      if (alignment <= 8) return Arena::CreateArray<char>(&arena, size);
      char* p = Arena::CreateArray<char>(&arena, size + alignment - 8);
      return p + (-reinterpret_cast<std::uintptr_t>(p) & (alignment - 1));
    }
    Arena& arena;
  };

  Session open() { return Session(arena_); }
  void close(Session&) { arena_.Reset(); }

 private:
  static google::protobuf::ArenaOptions options(const WarmBuffer& memory) {
    google::protobuf::ArenaOptions result;
    result.initial_block = reinterpret_cast<char*>(memory.begin());
    result.initial_block_size = memory.size();
    return result;
  }
  WarmBuffer memory_{kArenaBytes};
  Arena arena_{options(memory_)};
};

}  // namespace

void add_protobuf(Rows& rows) { add_arena<Protobuf>(rows, "protobuf-arena"); }

}  // namespace bench
