// SPDX-License-Identifier: MIT OR Apache-2.0
// The contacts of a step of Jolt, gathered without a lock.
#pragma once

#include <Jolt/Jolt.h>

#include <Jolt/Physics/Body/Body.h>
#include <Jolt/Physics/Collision/ContactListener.h>

#include <framealloc/smart_alloc.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <tuple>
#include <type_traits>

namespace framealloc::jolt {

enum class ContactKind : std::uint8_t { Added, Persisted, Removed };

/// One call of Jolt's. The order is that of the bodies, so that it does not depend on which worker
/// saw what first.
struct ContactEvent {
  ContactEvent(ContactKind what, const JPH::Body& a, const JPH::Body& b,
               const JPH::ContactManifold& manifold)
      : kind(what),
        body_a(a.GetID()),
        body_b(b.GetID()),
        shape_a(manifold.mSubShapeID1),
        shape_b(manifold.mSubShapeID2),
        user_a(a.GetUserData()),
        user_b(b.GetUserData()),
        normal{manifold.mWorldSpaceNormal.GetX(), manifold.mWorldSpaceNormal.GetY(),
               manifold.mWorldSpaceNormal.GetZ()},
        depth(manifold.mPenetrationDepth) {}
  /// A contact that was removed: the bodies may be gone, so there is no more than their ids.
  explicit ContactEvent(const JPH::SubShapeIDPair& pair)
      : kind(ContactKind::Removed),
        body_a(pair.GetBody1ID()),
        body_b(pair.GetBody2ID()),
        shape_a(pair.GetSubShapeID1()),
        shape_b(pair.GetSubShapeID2()) {}

  ContactKind kind;
  JPH::BodyID body_a, body_b;
  JPH::SubShapeID shape_a, shape_b;
  std::uint64_t user_a = 0, user_b = 0;
  float normal[3] = {};
  float depth = 0;

  friend bool operator<(const ContactEvent& a, const ContactEvent& b) noexcept {
    const auto key = [](const ContactEvent& of) {
      return std::tuple(of.body_a.GetIndexAndSequenceNumber(),
                        of.body_b.GetIndexAndSequenceNumber(), of.shape_a.GetValue(),
                        of.shape_b.GetValue(), of.kind);
    };
    return key(a) < key(b);
  }
};

/// A contact listener that keeps what Jolt tells in frame memory of the worker that is told: no
/// lock, one atomic exchange for each event. `Event` is trivially copyable, ordered by <, and made
/// of what ContactEvent is made of. Jolt calls it on its job threads; collect() is for the thread
/// that drives the frame, after PhysicsSystem::Update(). Requirement: a frame of all threads is open
/// during the step, and still when what was collected is read; collect() is called before it ends,
/// also by who does not want the events.
template <class Event = ContactEvent>
class ContactEvents final : public JPH::ContactListener {
  static_assert(std::is_trivially_copyable_v<Event>);

 public:
  /// `next`, if not null, is called first with everything, and decides what is valid.
  explicit ContactEvents(const SmartAlloc& alloc, JPH::ContactListener* next = nullptr)
      : alloc_(alloc), next_(next) {}

  JPH::ValidateResult OnContactValidate(const JPH::Body& a, const JPH::Body& b, JPH::RVec3Arg base,
                                        const JPH::CollideShapeResult& result) override {
    return next_ != nullptr ? next_->OnContactValidate(a, b, base, result)
                            : JPH::ValidateResult::AcceptAllContactsForThisBodyPair;
  }
  void OnContactAdded(const JPH::Body& a, const JPH::Body& b, const JPH::ContactManifold& manifold,
                      JPH::ContactSettings& settings) override {
    if (next_ != nullptr) next_->OnContactAdded(a, b, manifold, settings);
    keep(ContactKind::Added, a, b, manifold);
  }
  void OnContactPersisted(const JPH::Body& a, const JPH::Body& b,
                          const JPH::ContactManifold& manifold,
                          JPH::ContactSettings& settings) override {
    if (next_ != nullptr) next_->OnContactPersisted(a, b, manifold, settings);
    keep(ContactKind::Persisted, a, b, manifold);
  }
  void OnContactRemoved(const JPH::SubShapeIDPair& pair) override {
    if (next_ != nullptr) next_->OnContactRemoved(pair);
    keep(pair);
  }

  /// Effect: all events since the last call, of all workers, sorted, in frame memory of the calling
  /// thread. Result: empty when that is denied; `*dropped` says how many events are missing, then
  /// and where a worker was denied.
  [[nodiscard]] std::span<const Event> collect(std::size_t* dropped = nullptr) noexcept {
    const Node* const newest = newest_.exchange(nullptr, std::memory_order_acquire);
    std::size_t missing = denied_.exchange(0, std::memory_order_relaxed);
    std::size_t count = 0;
    for (const Node* node = newest; node != nullptr; node = node->older) ++count;
    Event* const events = count == 0 ? nullptr : alloc_.frame_alloc_batch<Event>(count);
    if (events == nullptr) {
      missing += count;
      count = 0;
    }
    Event* to = events;
    if (events != nullptr) {
      for (const Node* node = newest; node != nullptr; node = node->older) {
        ::new (static_cast<void*>(to++)) Event(node->event);
      }
      std::sort(events, to);
    }
    if (dropped != nullptr) *dropped = missing;
    return {events, count};
  }

 private:
  struct Node {
    template <class... A>
    explicit Node(const A&... from) : event(from...) {}
    Event event;
    Node* older = nullptr;
  };
  template <class... A>
  void keep(const A&... from) {
    void* const memory = alloc_.frame_alloc_layout(sizeof(Node), alignof(Node));
    if (memory == nullptr) {
      denied_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    Node* const node = ::new (memory) Node(from...);
    node->older = newest_.load(std::memory_order_relaxed);
    while (!newest_.compare_exchange_weak(node->older, node, std::memory_order_release,
                                          std::memory_order_relaxed)) {
    }
  }

  SmartAlloc alloc_;
  JPH::ContactListener* next_;
  std::atomic<Node*> newest_{nullptr};
  std::atomic<std::size_t> denied_{0};
};

}  // namespace framealloc::jolt
