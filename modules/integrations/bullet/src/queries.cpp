// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/bullet/physics.hpp>
#include <framealloc/frame_vec.hpp>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace framealloc::bullet {
namespace {

[[nodiscard]] bool sees(const QueryFilter& filter, const btBroadphaseProxy& proxy) noexcept {
  return (proxy.m_collisionFilterGroup & filter.mask) != 0 &&
         (filter.group & proxy.m_collisionFilterMask) != 0 &&
         (filter.ignore == nullptr || proxy.m_clientObject != filter.ignore);
}

// Hits of one fraction keep the order in which they were found.
void sort_nearest_first(FrameVec<RayHit>& hits) {
  constexpr std::size_t kFew = 32;
  const auto nearer = [](const RayHit& a, const RayHit& b) { return a.fraction < b.fraction; };
  if (hits.size() <= kFew) {
    for (std::size_t i = 1; i < hits.size(); ++i) {
      const auto at = std::upper_bound(hits.begin(), hits.begin() + i, hits[i], nearer);
      std::rotate(at, hits.begin() + i, hits.begin() + i + 1);
    }
    return;
  }
  // std::stable_sort asks the heap for memory; a heap of positions does without, and the positions
  // are given back to the frame. Without memory for them, ties are not kept in order.
  FrameArena& arena = hits.arena();
  const std::size_t count = hits.size();
  const std::size_t bytes = count * (sizeof(RayHit) + sizeof(std::uint32_t));
  void* const memory = bytes <= arena.capacity_left() ? arena.alloc_bytes(bytes) : nullptr;
  if (memory == nullptr) {
    std::sort(hits.begin(), hits.end(), nearer);
    return;
  }
  auto* const copies = static_cast<RayHit*>(memory);
  auto* const order = reinterpret_cast<std::uint32_t*>(copies + count);
  std::uninitialized_copy(hits.begin(), hits.end(), copies);
  for (std::size_t i = 0; i < count; ++i) order[i] = static_cast<std::uint32_t>(i);
  std::sort(order, order + count, [&](std::uint32_t a, std::uint32_t b) {
    return copies[a].fraction != copies[b].fraction ? copies[a].fraction < copies[b].fraction
                                                    : a < b;
  });
  for (std::size_t i = 0; i < count; ++i) hits[i] = copies[order[i]];
  (void)arena.shrink_top(memory, bytes, 0);
}

[[nodiscard]] btVector3 world_normal(const btCollisionObject& body, const btVector3& normal,
                                     bool in_world) noexcept {
  return in_world ? normal : body.getWorldTransform().getBasis() * normal;
}

// Both of Bullet's callbacks, with this filter.
template <class Callback>
class Filtered : public Callback {
 public:
  explicit Filtered(const QueryFilter& filter) : filter_(filter) {
    this->m_collisionFilterGroup = filter.group;
    this->m_collisionFilterMask = filter.mask;
  }
  bool needsCollision(btBroadphaseProxy* proxy) const override { return sees(filter_, *proxy); }

 private:
  const QueryFilter& filter_;
};

template <class Take>
class RayCallback final : public Filtered<btCollisionWorld::RayResultCallback> {
 public:
  RayCallback(const QueryFilter& filter, const btVector3& from, const btVector3& to, Take& take)
      : Filtered(filter), from_(from), to_(to), take_(take) {}
  btScalar addSingleResult(btCollisionWorld::LocalRayResult& result, bool in_world) override {
    const btScalar fraction = result.m_hitFraction;
    const btCollisionObject* const body = result.m_collisionObject;
    btVector3 point;
    point.setInterpolate3(from_, to_, fraction);
    return take_(
        RayHit{body, point, world_normal(*body, result.m_hitNormalLocal, in_world), fraction},
        *this);
  }

 private:
  const btVector3& from_;
  const btVector3& to_;
  Take& take_;
};

template <class Take>
void ray_test(const btCollisionWorld& world, const btVector3& from, const btVector3& to,
              const QueryFilter& filter, Take&& take) {
  RayCallback<Take> callback(filter, from, to, take);
  world.rayTest(from, to, callback);
}

class SweepCallback final : public Filtered<btCollisionWorld::ConvexResultCallback> {
 public:
  SweepCallback(const QueryFilter& filter, FrameVec<RayHit>& hits, CallSite site)
      : Filtered(filter), hits_(hits), site_(site) {}
  btScalar addSingleResult(btCollisionWorld::LocalConvexResult& result, bool in_world) override {
    const btCollisionObject* const body = result.m_hitCollisionObject;
    // Its name says local, but the point is in the world.
    const RayHit hit{body, result.m_hitPointLocal,
                     world_normal(*body, result.m_hitNormalLocal, in_world), result.m_hitFraction};
    if (!denied) denied = !hits_.push_back(hit, site_);
    if (denied) m_closestHitFraction = 0;
    return m_closestHitFraction;
  }
  bool denied = false;

 private:
  FrameVec<RayHit>& hits_;
  CallSite site_;
};

// A point that contactTest() found, until all of them are known.
struct FoundPoint {
  ContactPoint point;
  const btCollisionObject* body;
};

class ContactCallback final : public Filtered<btCollisionWorld::ContactResultCallback> {
 public:
  ContactCallback(const QueryFilter& filter, const btCollisionObject& object,
                  FrameVec<FoundPoint>& found, CallSite site)
      : Filtered(filter), object_(object), found_(found), site_(site) {}
  btScalar addSingleResult(btManifoldPoint& point, const btCollisionObjectWrapper* a, int, int,
                           const btCollisionObjectWrapper* b, int, int) override {
    if (denied) return 0;
    const bool as_asked = a->getCollisionObject() == &object_;
    ContactPoint seen{point.m_positionWorldOnA, point.m_positionWorldOnB, point.m_localPointA,
                      point.m_localPointB,      point.m_normalWorldOnB,   point.m_distance1,
                      point.m_appliedImpulse,   point.m_lifeTime};
    if (!as_asked) {
      std::swap(seen.on_a, seen.on_b);
      std::swap(seen.local_a, seen.local_b);
      seen.normal_on_b = -seen.normal_on_b;
    }
    const btCollisionObject* const other =
        as_asked ? b->getCollisionObject() : a->getCollisionObject();
    denied = !found_.push_back(FoundPoint{seen, other}, site_);
    return 0;
  }
  bool denied = false;

 private:
  const btCollisionObject& object_;
  FrameVec<FoundPoint>& found_;
  CallSite site_;
};

// Result: the points as contacts, one for each run of points with one body. In the memory of the
// points, which are made shorter, and behind it.
[[nodiscard]] std::span<const Contact> as_contacts(FrameVec<FoundPoint>& found,
                                                   const btCollisionObject& object, CallSite site) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i == 0 || found[i].body != found[i - 1].body) ++count;
  }
  if (count == 0) return {};
  FrameArena& arena = found.arena();
  auto* const contacts = arena.alloc_batch<Contact>(count, site);
  if (contacts == nullptr) return {};
  auto* const points = reinterpret_cast<ContactPoint*>(found.data());
  Contact* contact = contacts;
  for (std::size_t i = 0; i < found.size();) {
    std::size_t end = i + 1;
    while (end < found.size() && found[end].body == found[i].body) ++end;
    const btCollisionObject* const body = found[i].body;
    ::new (static_cast<void*>(contact++))
        Contact{&object,
                body,
                {points + i, end - i},
                !object.hasContactResponse() || !body->hasContactResponse()};
    i = end;
  }
  const std::size_t size = found.size();
  FoundPoint* const from = found.into_span().data();
  for (std::size_t i = 0; i < size; ++i) {
    const ContactPoint point = from[i].point;  // a point's new place is not behind its old one
    ::new (static_cast<void*>(points + i)) ContactPoint(point);
  }
  return {contacts, count};
}

}  // namespace

std::span<const RayHit> cast_ray(const btCollisionWorld& world, SmartAlloc& alloc,
                                 const btVector3& from, const btVector3& to,
                                 const QueryFilter& filter, CallSite site) {
  FrameVec<RayHit> hits(alloc.frame_arena(), 0, site);
  bool denied = false;
  ray_test(world, from, to, filter,
           [&](const RayHit& hit, btCollisionWorld::RayResultCallback& all) {
             if (!denied) denied = !hits.push_back(hit, site);
             if (denied) all.m_closestHitFraction = 0;
             return all.m_closestHitFraction;
           });
  if (denied) return {};
  hits.shrink_to_fit();
  sort_nearest_first(hits);
  return hits.into_span();
}

std::optional<RayHit> cast_ray_closest(const btCollisionWorld& world, const btVector3& from,
                                       const btVector3& to, const QueryFilter& filter) {
  std::optional<RayHit> nearest;
  ray_test(world, from, to, filter,
           [&](const RayHit& hit, btCollisionWorld::RayResultCallback& all) {
             if (!nearest || hit.fraction < nearest->fraction) nearest = hit;
             return all.m_closestHitFraction = nearest->fraction;
           });
  return nearest;
}

std::span<const RayHit> cast_shape(const btCollisionWorld& world, SmartAlloc& alloc,
                                   const btConvexShape& shape, const btTransform& from,
                                   const btTransform& to, const QueryFilter& filter,
                                   CallSite site) {
  FrameVec<RayHit> hits(alloc.frame_arena(), 0, site);
  SweepCallback callback(filter, hits, site);
  world.convexSweepTest(&shape, from, to, callback);
  if (callback.denied) return {};
  hits.shrink_to_fit();
  sort_nearest_first(hits);
  return hits.into_span();
}

std::span<const btCollisionObject* const> overlap_aabb(btCollisionWorld& world, SmartAlloc& alloc,
                                                       const btVector3& min, const btVector3& max,
                                                       const QueryFilter& filter, CallSite site) {
  struct Callback final : btBroadphaseAabbCallback {
    Callback(const QueryFilter& seen, const btVector3& low, const btVector3& high,
             FrameArena& arena, CallSite at)
        : filter(seen), min(low), max(high), found(arena, 0, at), site(at) {}
    bool process(const btBroadphaseProxy* proxy) override {
      if (denied || !sees(filter, *proxy)) return !denied;
      const auto* const object = static_cast<const btCollisionObject*>(proxy->m_clientObject);
      btVector3 low;
      btVector3 high;
      object->getCollisionShape()->getAabb(object->getWorldTransform(), low, high);
      if (TestAabbAgainstAabb2(low, high, min, max)) denied = !found.push_back(object, site);
      return !denied;
    }
    const QueryFilter& filter;
    const btVector3& min;
    const btVector3& max;
    FrameVec<const btCollisionObject*> found;
    CallSite site;
    bool denied = false;
  } callback(filter, min, max, alloc.frame_arena(), site);
  world.getBroadphase()->aabbTest(min, max, callback);
  if (callback.denied) return {};
  callback.found.shrink_to_fit();
  return callback.found.into_span();
}

std::span<const Contact> overlap_object(btCollisionWorld& world, SmartAlloc& alloc,
                                        btCollisionObject& object, const QueryFilter& filter,
                                        CallSite site) {
  FrameVec<FoundPoint> found(alloc.frame_arena(), 0, site);
  ContactCallback callback(filter, object, found, site);
  world.contactTest(&object, callback);
  if (callback.denied) return {};
  found.shrink_to_fit();
  return as_contacts(found, object, site);
}

}  // namespace framealloc::bullet
