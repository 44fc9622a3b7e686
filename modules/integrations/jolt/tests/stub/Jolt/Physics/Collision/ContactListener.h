// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <Jolt/Physics/Body/Body.h>

namespace JPH {

class SubShapeID {
 public:
  SubShapeID() = default;
  explicit SubShapeID(std::uint32_t value) : value_(value) {}
  [[nodiscard]] std::uint32_t GetValue() const { return value_; }

 private:
  std::uint32_t value_ = 0xFFFFFFFF;
};

class SubShapeIDPair {
 public:
  SubShapeIDPair(BodyID a, SubShapeID shape_a, BodyID b, SubShapeID shape_b)
      : a_(a), b_(b), shape_a_(shape_a), shape_b_(shape_b) {}
  [[nodiscard]] const BodyID& GetBody1ID() const { return a_; }
  [[nodiscard]] const SubShapeID& GetSubShapeID1() const { return shape_a_; }
  [[nodiscard]] const BodyID& GetBody2ID() const { return b_; }
  [[nodiscard]] const SubShapeID& GetSubShapeID2() const { return shape_b_; }

 private:
  BodyID a_, b_;
  SubShapeID shape_a_, shape_b_;
};

struct ContactManifold {
  Vec3 mWorldSpaceNormal;
  float mPenetrationDepth;
  SubShapeID mSubShapeID1;
  SubShapeID mSubShapeID2;
};
struct ContactSettings {};
struct CollideShapeResult {};
enum class ValidateResult {
  AcceptAllContactsForThisBodyPair,
  AcceptContact,
  RejectContact,
  RejectAllContactsForThisBodyPair
};

class ContactListener {
 public:
  virtual ~ContactListener() = default;
  virtual ValidateResult OnContactValidate(const Body&, const Body&, RVec3Arg,
                                           const CollideShapeResult&) {
    return ValidateResult::AcceptAllContactsForThisBodyPair;
  }
  virtual void OnContactAdded(const Body&, const Body&, const ContactManifold&, ContactSettings&) {}
  virtual void OnContactPersisted(const Body&, const Body&, const ContactManifold&,
                                  ContactSettings&) {}
  virtual void OnContactRemoved(const SubShapeIDPair&) {}
};

}  // namespace JPH
