// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <Jolt/Jolt.h>

namespace JPH {

class BodyID {
 public:
  BodyID() = default;
  explicit BodyID(std::uint32_t id) : id_(id) {}
  [[nodiscard]] std::uint32_t GetIndexAndSequenceNumber() const { return id_; }
  bool operator==(const BodyID&) const = default;

 private:
  std::uint32_t id_ = 0xFFFFFFFF;
};

class Body {
 public:
  Body(std::uint32_t id, uint64 user) : id_(id), user_(user) {}
  [[nodiscard]] const BodyID& GetID() const { return id_; }
  [[nodiscard]] uint64 GetUserData() const { return user_; }

 private:
  BodyID id_;
  uint64 user_;
};

}  // namespace JPH
