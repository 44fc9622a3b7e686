// SPDX-License-Identifier: MIT OR Apache-2.0
// Random sequences of allocations, frees, pins and compactions against a plain map.
#include <framealloc/handle_allocator.hpp>

#include "heap/handle_fixture.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace framealloc {
namespace {

using testing::HandleWorld;

template <std::size_t N, std::size_t Align = 1>
struct alignas(Align) Block {
  std::array<unsigned char, N> bytes;
};

struct Live {
  GenerationalId id;
  unsigned char fill;
  unsigned kind;
  bool pinned = false;
  const void* place = nullptr;
};

using Small = Block<24>;
using Middle = Block<700, 64>;
using Large = Block<9000>;
using Huge = Block<70'000>;

template <class F>
auto with_kind(unsigned kind, F&& function) {
  switch (kind % 4) {
    case 0:
      return function(static_cast<Small*>(nullptr));
    case 1:
      return function(static_cast<Middle*>(nullptr));
    case 2:
      return function(static_cast<Large*>(nullptr));
    default:
      return function(static_cast<Huge*>(nullptr));
  }
}

bool is_whole(HandleAllocator& handles, const Live& live) {
  return with_kind(live.kind, [&](auto* type) {
    using T = std::remove_pointer_t<decltype(type)>;
    const T* const object = handles.try_resolve(Handle<T>(live.id));
    if (object == nullptr || !is_aligned(object, alignof(T))) return false;
    if (live.pinned && object != live.place) return false;
    return std::all_of(object->bytes.begin(), object->bytes.end(),
                       [&](unsigned char byte) { return byte == live.fill; });
  });
}

TEST(HandlePropertyTest, HandlesFollowTheModel) {
  EXPECT_TRUE(rc::check("handles agree with a map", [] {
    HandleWorld world;
    {
      HandleAllocator handles(world.context());
      std::vector<Live> live;
      std::vector<GenerationalId> gone;
      std::vector<std::pair<GenerationalId, PinGuard<Small>>> guards;
      const auto steps =
          *rc::gen::container<std::vector<std::tuple<unsigned, unsigned, unsigned>>>(rc::gen::tuple(
              rc::gen::inRange(0U, 12U), rc::gen::inRange(0U, 1000U), rc::gen::inRange(0U, 4U)));
      // Many objects at first, so that there are chunks to empty.
      for (unsigned i = 0; i < 40 * 12; ++i) {
        const unsigned kind = i % 12 < 9 ? 0 : i % 3;
        with_kind(kind, [&](auto* type) {
          using T = std::remove_pointer_t<decltype(type)>;
          const Handle<T> handle = handles.alloc_raw<T>();
          RC_ASSERT(!handle.is_dangling());
          handles.resolve(handle)->bytes.fill(static_cast<unsigned char>(i));
          live.push_back({handle.id(), static_cast<unsigned char>(i), kind});
        });
      }
      for (const auto& [what, pick, kind] : steps) {
        if (what < 3) {
          with_kind(kind, [&, fill = static_cast<unsigned char>(pick), which = kind](auto* type) {
            using T = std::remove_pointer_t<decltype(type)>;
            const Handle<T> handle = handles.alloc_raw<T>();
            RC_ASSERT(!handle.is_dangling());
            handles.resolve(handle)->bytes.fill(fill);
            live.push_back({handle.id(), fill, which});
          });
        } else if (what < 9 && !live.empty()) {
          for (unsigned n = 0; n < 1 + pick % 30 && !live.empty(); ++n) {
            std::swap(live[(pick * 31 + n) % live.size()], live.back());
            const Live last = live.back();
            if (last.pinned) break;
            live.pop_back();
            with_kind(last.kind, [&](auto* type) {
              using T = std::remove_pointer_t<decltype(type)>;
              RC_ASSERT(handles.free(Handle<T>(last.id)));
            });
            gone.push_back(last.id);
          }
        } else if (what == 9 && !live.empty()) {
          Live& chosen = live[pick % live.size()];
          if (chosen.kind == 0 && !chosen.pinned) {
            guards.emplace_back(chosen.id, handles.pin(Handle<Small>(chosen.id)));
            chosen.pinned = true;
            chosen.place = guards.back().second.get();
          }
        } else if (what == 10) {
          CompactBudget budget;
          budget.bytes = pick * 10;
          handles.compact(budget);
        } else {
          handles.defragment();
        }
      }
      for (const Live& each : live) RC_ASSERT(is_whole(handles, each));
      for (const GenerationalId id : gone) RC_ASSERT(!handles.is_valid(Handle<Small>(id)));
      const HandleAllocatorStats stats = handles.stats();
      RC_ASSERT(stats.active_handles == live.size());
      RC_ASSERT(stats.pinned_count == guards.size());
      RC_ASSERT(stats.used_bytes + stats.hole_bytes <= stats.chunk_bytes);
      RC_ASSERT(stats.total_slots == stats.active_handles + stats.free_slots);
      guards.clear();
      handles.defragment();
      RC_ASSERT(handles.defragment() == 0U);
      for (Live& each : live) {
        each.pinned = false;
        RC_ASSERT(is_whole(handles, each));
      }
      RC_ASSERT(world.report_count() == 0U);
    }
    world.close();
    RC_ASSERT(world.source().live_blocks() == 0U);
  }));
}

}  // namespace
}  // namespace framealloc
