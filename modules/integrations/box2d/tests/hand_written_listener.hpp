// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <box2d/b2_body.h>
#include <box2d/b2_contact.h>
#include <box2d/b2_fixture.h>
#include <box2d/b2_world.h>
#include <box2d/b2_world_callbacks.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

namespace box2d_test {

/// Numbers of one event or contact: fixtures as their user data, floats as their bits.
using Record = std::vector<std::uint64_t>;

inline std::uint64_t bits(float value) { return std::bit_cast<std::uint32_t>(value); }
inline std::uint64_t number(b2Fixture* fixture) { return fixture->GetUserData().pointer; }
inline void append(Record& record, b2Vec2 vector) {
  record.push_back(bits(vector.x));
  record.push_back(bits(vector.y));
}

/// A game's own listener, as one would write it without the library; what it saw is compared.
class HandWrittenListener : public b2ContactListener {
 public:
  void BeginContact(b2Contact* contact) override {
    calls.push_back({1, number(contact->GetFixtureA()), number(contact->GetFixtureB())});
    if (of_sensor(*contact)) {
      sensor_begins.push_back(sensor_record(*contact));
      return;
    }
    b2WorldManifold manifold;
    contact->GetWorldManifold(&manifold);
    const b2Vec2 speed_a =
        contact->GetFixtureA()->GetBody()->GetLinearVelocityFromWorldPoint(manifold.points[0]);
    const b2Vec2 speed_b =
        contact->GetFixtureB()->GetBody()->GetLinearVelocityFromWorldPoint(manifold.points[0]);
    Record record = pair(*contact);
    append(record, manifold.normal);
    append(record, manifold.points[0]);
    record.push_back(bits(b2Dot(speed_a - speed_b, manifold.normal)));
    begins.push_back(record);
  }
  void EndContact(b2Contact* contact) override {
    calls.push_back({2, number(contact->GetFixtureA()), number(contact->GetFixtureB())});
    if (of_sensor(*contact)) {
      sensor_ends.push_back(sensor_record(*contact));
    } else {
      ends.push_back({number(contact->GetFixtureA()), number(contact->GetFixtureB())});
    }
  }
  void PreSolve(b2Contact* contact, const b2Manifold* old_manifold) override {
    calls.push_back({3, number(contact->GetFixtureA()), number(contact->GetFixtureB()),
                     static_cast<std::uint64_t>(old_manifold->pointCount)});
  }
  void PostSolve(b2Contact* contact, const b2ContactImpulse* impulse) override {
    calls.push_back({4, number(contact->GetFixtureA()), number(contact->GetFixtureB()),
                     bits(impulse->normalImpulses[0])});
    float normal = 0;
    float tangent = 0;
    for (int32 i = 0; i < impulse->count; ++i) {
      normal += impulse->normalImpulses[i];
      tangent += impulse->tangentImpulses[i];
    }
    if (normal < min_hit_impulse) return;
    b2WorldManifold manifold;
    contact->GetWorldManifold(&manifold);
    Record record{number(contact->GetFixtureA()), number(contact->GetFixtureB())};
    append(record, manifold.normal);
    append(record, manifold.points[0]);
    record.push_back(bits(normal));
    record.push_back(bits(tangent));
    const auto [at, is_new] = strongest_.try_emplace(contact, hits.size(), normal);
    if (is_new) {
      hits.push_back(record);
    } else {
      ++repeated_hits;
      if (normal > at->second.second) {
        hits[at->second.first] = record;
        at->second.second = normal;
      }
    }
  }

  void start_step() {
    begins.clear();
    ends.clear();
    hits.clear();
    sensor_begins.clear();
    sensor_ends.clear();
    calls.clear();
    strongest_.clear();
  }

  /// The touching contacts of the world's list, without sensors.
  static std::vector<Record> contacts_of(b2World& world) {
    std::vector<Record> all;
    for (b2Contact* contact = world.GetContactList(); contact != nullptr;
         contact = contact->GetNext()) {
      if (!contact->IsTouching() || of_sensor(*contact)) continue;
      b2WorldManifold manifold;
      contact->GetWorldManifold(&manifold);
      Record record = pair(*contact);
      append(record, manifold.normal);
      const b2Manifold& local = *contact->GetManifold();
      for (int32 i = 0; i < local.pointCount; ++i) {
        append(record, manifold.points[i]);
        record.push_back(bits(manifold.separations[i]));
        record.push_back(bits(local.points[i].normalImpulse));
        record.push_back(bits(local.points[i].tangentImpulse));
        record.push_back(local.points[i].id.key);
      }
      all.push_back(record);
    }
    return all;
  }

  float min_hit_impulse = 1;
  std::vector<Record> begins, ends, hits, sensor_begins, sensor_ends, calls;
  std::size_t repeated_hits = 0;

 private:
  static bool of_sensor(b2Contact& contact) {
    return contact.GetFixtureA()->IsSensor() || contact.GetFixtureB()->IsSensor();
  }
  static Record pair(b2Contact& contact) {
    return {number(contact.GetFixtureA()), number(contact.GetFixtureB()),
            static_cast<std::uint64_t>(contact.GetChildIndexA()),
            static_cast<std::uint64_t>(contact.GetChildIndexB())};
  }
  static Record sensor_record(b2Contact& contact) {
    const std::uint64_t a = number(contact.GetFixtureA());
    const std::uint64_t b = number(contact.GetFixtureB());
    return contact.GetFixtureA()->IsSensor() ? Record{a, b} : Record{b, a};
  }
  std::map<b2Contact*, std::pair<std::size_t, float>> strongest_;
};

}  // namespace box2d_test
