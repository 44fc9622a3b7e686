// SPDX-License-Identifier: MIT OR Apache-2.0
// What gathering costs: the same scene with nothing, with a hand-written listener into vectors that
// are reserved, and with the library. Run each under valgrind --tool=callgrind and subtract the first
// one's instructions; gathering_cost.sh does.
#include <framealloc/box2d/physics.hpp>
#include <framealloc/framealloc.hpp>

#include <cstdio>
#include <cstring>
#include <vector>

#include "mixed_scene.hpp"

namespace {

namespace fb = framealloc::box2d;

// The least that a game would write for the same events: it does not look for a contact that is
// solved twice in a step, which the library does.
class PlainListener : public b2ContactListener {
 public:
  PlainListener() {
    begins.reserve(8192);
    ends.reserve(8192);
    hits.reserve(8192);
    sensor_begins.reserve(8192);
    sensor_ends.reserve(8192);
    contacts.reserve(8192);
    points.reserve(16384);
  }
  void BeginContact(b2Contact* contact) override {
    b2Fixture* const a = contact->GetFixtureA();
    b2Fixture* const b = contact->GetFixtureB();
    if (a->IsSensor() || b->IsSensor()) {
      sensor_begins.push_back(sensor_event(a, b));
      return;
    }
    b2WorldManifold manifold;
    contact->GetWorldManifold(&manifold);
    const b2Vec2 speed = a->GetBody()->GetLinearVelocityFromWorldPoint(manifold.points[0]) -
                         b->GetBody()->GetLinearVelocityFromWorldPoint(manifold.points[0]);
    begins.push_back({a, b, contact->GetChildIndexA(), contact->GetChildIndexB(), manifold.normal,
                      manifold.points[0], b2Dot(speed, manifold.normal)});
  }
  void EndContact(b2Contact* contact) override {
    b2Fixture* const a = contact->GetFixtureA();
    b2Fixture* const b = contact->GetFixtureB();
    if (a->IsSensor() || b->IsSensor()) {
      sensor_ends.push_back(sensor_event(a, b));
    } else {
      ends.push_back({a, b, a->GetUserData().pointer, b->GetUserData().pointer, false});
    }
  }
  void PostSolve(b2Contact* contact, const b2ContactImpulse* impulse) override {
    float sum = 0;
    for (int32 i = 0; i < impulse->count; ++i) sum += impulse->normalImpulses[i];
    if (sum < 1) return;
    float tangent = 0;
    for (int32 i = 0; i < impulse->count; ++i) tangent += impulse->tangentImpulses[i];
    b2WorldManifold manifold;
    contact->GetWorldManifold(&manifold);
    hits.push_back({contact->GetFixtureA(), contact->GetFixtureB(), manifold.normal,
                    manifold.points[0], sum, tangent});
  }
  void clear() {
    begins.clear();
    ends.clear();
    hits.clear();
    sensor_begins.clear();
    sensor_ends.clear();
    contacts.clear();
    points.clear();
  }
  void read_contacts(b2World& world) {
    for (b2Contact* contact = world.GetContactList(); contact != nullptr;
         contact = contact->GetNext()) {
      if (!contact->IsTouching()) continue;
      b2Fixture* const a = contact->GetFixtureA();
      b2Fixture* const b = contact->GetFixtureB();
      if (a->IsSensor() || b->IsSensor()) continue;
      b2WorldManifold manifold;
      contact->GetWorldManifold(&manifold);
      const b2Manifold& local = *contact->GetManifold();
      const std::size_t first = points.size();
      for (int32 i = 0; i < local.pointCount; ++i) {
        points.push_back({manifold.points[i], manifold.separations[i],
                          local.points[i].normalImpulse, local.points[i].tangentImpulse,
                          local.points[i].id.key});
      }
      contacts.push_back({a,
                          b,
                          contact->GetChildIndexA(),
                          contact->GetChildIndexB(),
                          manifold.normal,
                          {points.data() + first, points.size() - first}});
    }
  }
  std::vector<fb::BeginEvent> begins;
  std::vector<fb::EndEvent> ends;
  std::vector<fb::HitEvent> hits;
  std::vector<fb::SensorEvent> sensor_begins, sensor_ends;
  std::vector<fb::Contact> contacts;
  std::vector<fb::ContactPoint> points;

 private:
  static fb::SensorEvent sensor_event(b2Fixture* a, b2Fixture* b) {
    b2Fixture* const sensor = a->IsSensor() ? a : b;
    b2Fixture* const visitor = a->IsSensor() ? b : a;
    return {sensor, visitor, sensor->GetUserData().pointer, visitor->GetUserData().pointer, false};
  }
};

}  // namespace

int main(int argc, char** argv) {
  const char* const how = argc > 1 ? argv[1] : "";
  constexpr std::size_t kSteps = 300;
  box2d_test::MixedScene scene;
  scene.world.SetAllowSleeping(false);
  framealloc::SmartAlloc alloc;
  PlainListener listener;
  std::size_t contacts = 0;
  std::size_t events = 0;
  if (std::strcmp(how, "hand") == 0) scene.world.SetContactListener(&listener);
  const bool ours = std::strcmp(how, "free") == 0;
  const bool collected = std::strcmp(how, "collector") == 0;
  if (!ours && !collected && std::strcmp(how, "hand") != 0 && std::strcmp(how, "none") != 0) {
    std::fprintf(stderr, "gathering_cost: none, hand, free or collector, not '%s'\n", how);
    return 2;
  }
  fb::EventCollector* const collector =
      collected ? new fb::EventCollector(scene.world, alloc) : nullptr;
  for (std::size_t step = 0; step < kSteps; ++step) {
    scene.before_step(step);
    if (ours || collected) {
      alloc.begin_frame();
      const fb::StepEvents seen =
          ours ? fb::step_with_events(scene.world, alloc) : collector->step(alloc);
      contacts += seen.contacts.size();
      events += seen.begins.size() + seen.ends.size() + seen.hits.size();
      alloc.end_frame();
    } else {
      listener.clear();
      scene.world.Step(1.0F / 60, 8, 3);
      if (std::strcmp(how, "hand") == 0) listener.read_contacts(scene.world);
      contacts += listener.contacts.size();
      events += listener.begins.size() + listener.ends.size() + listener.hits.size();
    }
  }
  std::printf("%s: %zu contacts and %zu events in %zu steps\n", how, contacts, events, kSteps);
  delete collector;
  return 0;
}
