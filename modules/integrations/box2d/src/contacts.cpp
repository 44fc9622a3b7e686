// SPDX-License-Identifier: MIT OR Apache-2.0
#include "contacts.hpp"

#include <framealloc/align.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>

namespace framealloc::box2d {
namespace detail {
namespace {

// The points of all contacts, and behind them the contacts: pointers to points stay good when the
// contacts move down over points that were reserved but not needed.
struct Reservation {
  ContactPoint* points = nullptr;
  Contact* contacts = nullptr;
  std::size_t point_room = 0;
  std::size_t contact_room = 0;

  [[nodiscard]] static std::size_t bytes_of_points(std::size_t count) noexcept {
    return align_up(count * sizeof(ContactPoint), alignof(Contact));
  }
  [[nodiscard]] std::size_t bytes() const noexcept {
    return bytes_of_points(point_room) + contact_room * sizeof(Contact);
  }
  [[nodiscard]] static Reservation room_for(std::size_t contacts, std::size_t points) noexcept {
    Reservation room;
    room.point_room = points;
    room.contact_room = contacts;
    return room;
  }
  [[nodiscard]] bool take(FrameArena& arena, CallSite site) noexcept {
    void* const memory = arena.alloc_bytes(bytes(), site);
    if (memory == nullptr) return false;
    points = static_cast<ContactPoint*>(memory);
    contacts =
        reinterpret_cast<Contact*>(static_cast<std::byte*>(memory) + bytes_of_points(point_room));
    return true;
  }
};

[[nodiscard]] bool counts(b2Contact& contact) noexcept {
  return contact.IsTouching() && !contact.GetFixtureA()->IsSensor() &&
         !contact.GetFixtureB()->IsSensor();
}

[[nodiscard]] ContactCounts count(const b2World& world) noexcept {
  ContactCounts found;
  for (b2Contact* contact = world.GetContactManager().m_contactList; contact != nullptr;
       contact = contact->GetNext()) {
    if (!counts(*contact)) continue;
    ++found.contacts;
    found.points += static_cast<std::uint32_t>(contact->GetManifold()->pointCount);
  }
  return found;
}

// Result: whether there was room for all.
[[nodiscard]] bool fill(const b2World& world, const Reservation& room,
                        ContactCounts& found) noexcept {
  ContactPoint* point = room.points;
  Contact* out = room.contacts;
  const ContactPoint* const last_points = room.points + room.point_room;
  const Contact* const limit = room.contacts + room.contact_room;
  for (b2Contact* contact = world.GetContactManager().m_contactList; contact != nullptr;
       contact = contact->GetNext()) {
    if (!contact->IsTouching()) continue;
    b2Fixture* const a = contact->GetFixtureA();
    b2Fixture* const b = contact->GetFixtureB();
    if (a->IsSensor() || b->IsSensor()) continue;
    const b2Manifold& local = *contact->GetManifold();
    const int32 count = local.pointCount;
    if (out == limit || last_points - point < count) return false;
    b2WorldManifold manifold;
    if (count == 0) [[unlikely]]
      manifold.normal.SetZero();  // Box2D leaves it as it is
    contact->GetWorldManifold(&manifold);
    ContactPoint* const first = point;
    for (int32 i = 0; i < count; ++i, ++point) {
      const b2ManifoldPoint& from = local.points[i];
      ::new (point) ContactPoint{manifold.points[i], manifold.separations[i], from.normalImpulse,
                                 from.tangentImpulse, from.id.key};
    }
    ::new (out) Contact{a,
                        b,
                        contact->GetChildIndexA(),
                        contact->GetChildIndexB(),
                        manifold.normal,
                        {first, static_cast<std::size_t>(count)}};
    ++out;
  }
  found.points = static_cast<std::uint32_t>(point - room.points);
  found.contacts = static_cast<std::uint32_t>(out - room.contacts);
  return true;
}

// Effect: gives back what was reserved but not used, where it is more than an eighth of what was.
[[nodiscard]] std::span<const Contact> trim(FrameArena& arena, const Reservation& room,
                                            const ContactCounts& found) noexcept {
  const std::size_t points = Reservation::bytes_of_points(found.points);
  const std::size_t used = points + found.contacts * sizeof(Contact);
  if (room.bytes() - used <= used / 8) return {room.contacts, found.contacts};
  auto* const memory = reinterpret_cast<std::byte*>(room.points);
  std::memmove(memory + points, room.contacts, found.contacts * sizeof(Contact));
  (void)arena.shrink_top(memory, room.bytes(), used);
  return {reinterpret_cast<const Contact*>(memory + points), found.contacts};
}

[[nodiscard]] std::size_t with_slack(std::uint32_t count) noexcept {
  return count + count / 16U + 4;
}

// What the last gathering from a world found. Worlds that share a place count anew in each step, and so does one whose
// neighbor was noted between the two stores: a wrong count reserves too much or too little, and loses nothing.
struct LastCounts {
  std::atomic<const b2World*> world{nullptr};
  std::atomic<std::uint64_t> found{0};

  [[nodiscard]] ContactCounts of(const b2World& asked) const noexcept {
    if (world.load(std::memory_order_relaxed) != &asked) return {};
    const std::uint64_t counts = found.load(std::memory_order_relaxed);
    const ContactCounts last{static_cast<std::uint32_t>(counts >> 32U),
                             static_cast<std::uint32_t>(counts & 0xFFFFFFFFU)};
    // Another world of the same address: no more than it can need.
    const auto listed = static_cast<std::uint32_t>(asked.GetContactCount());
    return last.contacts > listed ? ContactCounts{} : last;
  }
  void note(const b2World& asked, const ContactCounts& counts) noexcept {
    found.store((std::uint64_t{counts.contacts} << 32U) | counts.points, std::memory_order_relaxed);
    world.store(&asked, std::memory_order_relaxed);
  }
};

[[nodiscard]] LastCounts& last_counts_of(const b2World& world) noexcept {
  constexpr std::size_t kWorlds = 16;
  static constinit std::array<LastCounts, kWorlds> last{};
  // Worlds are larger than 64 KiB, so that their addresses differ above that.
  return last[(reinterpret_cast<std::uintptr_t>(&world) >> 16U) % kWorlds];
}

}  // namespace

std::span<const Contact> gather_contacts(const b2World& world, FrameArena& arena,
                                         ContactCounts& expected, std::size_t& dropped,
                                         CallSite site) {
  if (world.GetContactCount() == 0) return {};
  if (expected.contacts != 0) {
    Reservation room =
        Reservation::room_for(with_slack(expected.contacts), with_slack(expected.points));
    if (room.bytes() <= arena.capacity_left() && room.take(arena, site)) {
      if (fill(world, room, expected)) return trim(arena, room, expected);
      (void)arena.shrink_top(room.points, room.bytes(), 0);
    }
  }
  expected = count(world);
  if (expected.contacts == 0) return {};
  Reservation room = Reservation::room_for(expected.contacts, expected.points);
  if (!room.take(arena, site)) {
    dropped += expected.contacts;
    return {};
  }
  (void)fill(world, room, expected);
  return {room.contacts, expected.contacts};
}

std::span<const Contact> gather_contacts(const b2World& world, FrameArena& arena,
                                         std::size_t& dropped, CallSite site) {
  LastCounts& last = last_counts_of(world);
  ContactCounts counts = last.of(world);
  const ContactCounts before = counts;
  const std::span<const Contact> contacts = gather_contacts(world, arena, counts, dropped, site);
  if (counts.contacts != before.contacts || counts.points != before.points)
    last.note(world, counts);
  return contacts;
}

}  // namespace detail

std::span<const Contact> touching_contacts(const b2World& world, SmartAlloc& alloc,
                                           std::size_t* dropped, CallSite site) {
  std::size_t missing = 0;
  const std::span<const Contact> contacts =
      detail::gather_contacts(world, alloc.frame_arena(), missing, site);
  if (dropped != nullptr) *dropped = missing;
  return contacts;
}

}  // namespace framealloc::box2d
