// SPDX-License-Identifier: MIT OR Apache-2.0
// Queries walk the broad phase themselves: Box2D's callbacks do not say which child of a fixture was
// met.
#include <framealloc/box2d/physics.hpp>
#include <framealloc/frame_vec.hpp>

#include <box2d/b2_body.h>
#include <box2d/b2_broad_phase.h>
#include <box2d/b2_distance.h>
#include <box2d/b2_shape.h>

#include <algorithm>

#include "nearest_first.hpp"

namespace framealloc::box2d {
namespace {

[[nodiscard]] bool sees(const QueryFilter& filter, b2Fixture& fixture) noexcept {
  if (fixture.IsSensor() && !filter.sensors) return false;
  const b2Filter& own = fixture.GetFilterData();
  return (own.categoryBits & filter.mask) != 0 && (own.maskBits & filter.category) != 0 &&
         (filter.ignore == nullptr || fixture.GetBody() != filter.ignore);
}

[[nodiscard]] const b2BroadPhase& broad_phase_of(const b2World& world) noexcept {
  return world.GetContactManager().m_broadPhase;
}

[[nodiscard]] const b2FixtureProxy& proxy_at(const b2World& world, int32 id) noexcept {
  return *static_cast<const b2FixtureProxy*>(broad_phase_of(world).GetUserData(id));
}

// Effect: calls `visit(fixture, child)` for what the filter sees and whose enlarged box overlaps
// `box`, until it returns false.
template <class Visit>
void for_each_near(const b2World& world, const b2AABB& box, const QueryFilter& filter,
                   Visit&& visit) {
  struct Callback {
    bool QueryCallback(int32 id) {
      const b2FixtureProxy& proxy = proxy_at(world, id);
      return !sees(filter, *proxy.fixture) || visit(*proxy.fixture, proxy.childIndex);
    }
    const b2World& world;
    const QueryFilter& filter;
    Visit& visit;
  } callback{world, filter, visit};
  if (box.IsValid()) broad_phase_of(world).Query(&callback, box);
}

// Effect: calls `visit(hit)` for what the filter sees and the ray meets; the result is how far along
// the ray to go on looking.
template <class Visit>
void for_each_on_ray(const b2World& world, b2Vec2 from, b2Vec2 to, const QueryFilter& filter,
                     Visit&& visit) {
  struct Callback {
    float RayCastCallback(const b2RayCastInput& input, int32 id) {
      const b2FixtureProxy& proxy = proxy_at(world, id);
      b2RayCastOutput output;
      if (!sees(filter, *proxy.fixture) ||
          !proxy.fixture->RayCast(&output, input, proxy.childIndex)) {
        return input.maxFraction;
      }
      const b2Vec2 point = (1.0F - output.fraction) * input.p1 + output.fraction * input.p2;
      return visit(RayHit{proxy.fixture, proxy.childIndex, point, output.normal, output.fraction});
    }
    const b2World& world;
    const QueryFilter& filter;
    Visit& visit;
  } callback{world, filter, visit};
  if (!from.IsValid() || !to.IsValid() || !((to - from).LengthSquared() > 0)) return;
  broad_phase_of(world).RayCast(&callback, b2RayCastInput{from, to, 1.0F});
}

[[nodiscard]] b2AABB box_of(const b2Shape& shape, const b2Transform& transform) noexcept {
  b2AABB all;
  shape.ComputeAABB(&all, transform, 0);
  for (int32 child = 1; child < shape.GetChildCount(); ++child) {
    b2AABB box;
    shape.ComputeAABB(&box, transform, child);
    all.Combine(box);
  }
  return all;
}

[[nodiscard]] bool is_finite(const b2Transform& transform) noexcept {
  return transform.p.IsValid() && b2Vec2(transform.q.s, transform.q.c).IsValid();
}

// Fixtures that were found, each once: one with several children may be found several times.
class FoundFixtures {
 public:
  FoundFixtures(SmartAlloc& alloc, CallSite site) noexcept
      : found_(alloc.frame_arena(), 0, site), site_(site) {}
  // Result: whether to go on looking.
  [[nodiscard]] bool add(b2Fixture& fixture) noexcept {
    if (!found_.push_back(&fixture, site_)) {
      denied_ = true;
      return false;
    }
    return true;
  }
  [[nodiscard]] bool has(const b2Fixture& fixture) const noexcept {
    if (fixture.GetShape()->GetChildCount() == 1) return false;  // is found once
    const auto at = std::find(found_.rbegin(), found_.rend(), &fixture);
    return at != found_.rend();
  }
  [[nodiscard]] std::span<b2Fixture* const> take() noexcept {
    if (denied_) return {};
    found_.shrink_to_fit();
    return found_.into_span();
  }

 private:
  FrameVec<b2Fixture*> found_;
  CallSite site_;
  bool denied_ = false;
};

// Moves a shape along a line and finds what each of its children meets first.
class ShapeCast {
 public:
  ShapeCast(const b2Shape& shape, const b2Transform& from, b2Vec2 translation) noexcept
      : shape_(shape) {
    input_.transformB = from;
    input_.translationB = translation;
  }
  // Result: whether the child of the fixture is met, and where.
  [[nodiscard]] bool meets(b2Fixture& fixture, int32 child, ShapeHit& hit) noexcept {
    input_.proxyA.Set(fixture.GetShape(), child);
    input_.transformA = fixture.GetBody()->GetTransform();
    bool met = false;
    for (int32 own = 0; own < shape_.GetChildCount(); ++own) {
      input_.proxyB.Set(&shape_, own);
      b2ShapeCastOutput output;
      if (!b2ShapeCast(&output, &input_) || (met && output.lambda >= hit.fraction)) continue;
      hit = {&fixture, child, output.point, output.normal, output.lambda};
      met = true;
    }
    return met;
  }

 private:
  const b2Shape& shape_;
  b2ShapeCastInput input_;
};

template <class Hit>
[[nodiscard]] std::span<const Hit> nearest_first(FrameVec<Hit>& hits) {
  hits.shrink_to_fit();
  FrameArena& arena = hits.arena();
  const std::span<Hit> all = hits.into_span();
  detail::sort_nearest_first(arena, all);
  return all;
}

}  // namespace

std::span<const RayHit> cast_ray(const b2World& world, SmartAlloc& alloc, b2Vec2 from, b2Vec2 to,
                                 const QueryFilter& filter, CallSite site) {
  FrameVec<RayHit> hits(alloc.frame_arena(), 0, site);
  bool denied = false;
  for_each_on_ray(world, from, to, filter, [&](const RayHit& hit) {
    denied = !hits.push_back(hit, site);
    return denied ? 0.0F : 1.0F;
  });
  if (denied) return {};
  return nearest_first(hits);
}

std::optional<RayHit> cast_ray_closest(const b2World& world, b2Vec2 from, b2Vec2 to,
                                       const QueryFilter& filter) {
  std::optional<RayHit> nearest;
  for_each_on_ray(world, from, to, filter, [&](const RayHit& hit) {
    if (!nearest || hit.fraction < nearest->fraction) nearest = hit;
    return nearest->fraction;
  });
  return nearest;
}

std::span<const ShapeHit> cast_shape(const b2World& world, SmartAlloc& alloc, const b2Shape& shape,
                                     const b2Transform& from, b2Vec2 translation,
                                     const QueryFilter& filter, CallSite site) {
  if (!is_finite(from) || !translation.IsValid()) return {};
  b2AABB swept = box_of(shape, from);
  const b2AABB start = swept;
  swept.Combine(b2AABB{start.lowerBound + translation, start.upperBound + translation});
  // b2ShapeCast() takes shapes for at least as thick as polygons are.
  const b2Vec2 margin(2 * b2_polygonRadius, 2 * b2_polygonRadius);
  swept.lowerBound -= margin;
  swept.upperBound += margin;
  FrameVec<ShapeHit> hits(alloc.frame_arena(), 0, site);
  bool denied = false;
  ShapeCast cast(shape, from, translation);
  for_each_near(world, swept, filter, [&](b2Fixture& fixture, int32 child) {
    ShapeHit hit;
    if (cast.meets(fixture, child, hit)) denied = !hits.push_back(hit, site);
    return !denied;
  });
  if (denied) return {};
  return nearest_first(hits);
}

std::span<b2Fixture* const> overlap_shape(const b2World& world, SmartAlloc& alloc,
                                          const b2Shape& shape, const b2Transform& transform,
                                          const QueryFilter& filter, CallSite site) {
  if (!is_finite(transform)) return {};
  FoundFixtures found(alloc, site);
  for_each_near(world, box_of(shape, transform), filter, [&](b2Fixture& fixture, int32 child) {
    if (found.has(fixture)) return true;
    for (int32 own = 0; own < shape.GetChildCount(); ++own) {
      if (b2TestOverlap(fixture.GetShape(), child, &shape, own, fixture.GetBody()->GetTransform(),
                        transform)) {
        return found.add(fixture);
      }
    }
    return true;
  });
  return found.take();
}

std::span<b2Fixture* const> overlap_aabb(const b2World& world, SmartAlloc& alloc, const b2AABB& box,
                                         const QueryFilter& filter, CallSite site) {
  FoundFixtures found(alloc, site);
  for_each_near(world, box, filter, [&](b2Fixture& fixture, int32 child) {
    if (found.has(fixture)) return true;
    b2AABB own;
    fixture.GetShape()->ComputeAABB(&own, fixture.GetBody()->GetTransform(), child);
    return !b2TestOverlap(own, box) || found.add(fixture);
  });
  return found.take();
}

}  // namespace framealloc::box2d
