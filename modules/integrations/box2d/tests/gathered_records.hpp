// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <framealloc/box2d/physics.hpp>

#include <cstdint>
#include <span>
#include <vector>

#include "hand_written_listener.hpp"

namespace box2d_test {

/// What the library gathered, in the form in which the hand-written listener keeps it.
inline std::vector<Record> records(std::span<const framealloc::box2d::BeginEvent> events) {
  std::vector<Record> all;
  for (const auto& event : events) {
    Record record{number(event.fixture_a), number(event.fixture_b),
                  static_cast<std::uint64_t>(event.child_a),
                  static_cast<std::uint64_t>(event.child_b)};
    append(record, event.normal);
    append(record, event.point);
    record.push_back(bits(event.approach_speed));
    all.push_back(record);
  }
  return all;
}
inline std::vector<Record> records(std::span<const framealloc::box2d::EndEvent> events) {
  std::vector<Record> all;
  for (const auto& event : events) all.push_back({event.user_a, event.user_b});
  return all;
}
inline std::vector<Record> records(std::span<const framealloc::box2d::SensorEvent> events) {
  std::vector<Record> all;
  for (const auto& event : events) all.push_back({event.sensor_user, event.visitor_user});
  return all;
}
inline std::vector<Record> records(std::span<const framealloc::box2d::HitEvent> events) {
  std::vector<Record> all;
  for (const auto& event : events) {
    Record record{number(event.fixture_a), number(event.fixture_b)};
    append(record, event.normal);
    append(record, event.point);
    record.push_back(bits(event.normal_impulse));
    record.push_back(bits(event.tangent_impulse));
    all.push_back(record);
  }
  return all;
}
inline std::vector<Record> records(std::span<const framealloc::box2d::Contact> contacts) {
  std::vector<Record> all;
  for (const auto& contact : contacts) {
    Record record{number(contact.fixture_a), number(contact.fixture_b),
                  static_cast<std::uint64_t>(contact.child_a),
                  static_cast<std::uint64_t>(contact.child_b)};
    append(record, contact.normal);
    for (const auto& point : contact.points) {
      append(record, point.point);
      record.push_back(bits(point.separation));
      record.push_back(bits(point.normal_impulse));
      record.push_back(bits(point.tangent_impulse));
      record.push_back(point.id);
    }
    all.push_back(record);
  }
  return all;
}
/// Where every body is and how it moves.
inline Record state_of(b2World& world) {
  Record record;
  for (b2Body* body = world.GetBodyList(); body != nullptr; body = body->GetNext()) {
    append(record, body->GetPosition());
    record.push_back(bits(body->GetAngle()));
    append(record, body->GetLinearVelocity());
    record.push_back(bits(body->GetAngularVelocity()));
  }
  return record;
}

}  // namespace box2d_test
