// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <framealloc/box2d/physics.hpp>

#include "hit_index.hpp"

namespace framealloc::box2d::detail {

// Records the events of one step. Every contact is solved once with its island; some are solved
// again in the sub-steps of continuous collision, each of which begins with a PreSolve() call after
// the PostSolve() calls of the islands. Only then a contact may have been recorded as a hit before.
class StepListener : public b2ContactListener {
 public:
  StepListener(StepLogs& logs, float min_hit_impulse) noexcept
      : logs_(logs), min_hit_impulse_(min_hit_impulse) {}
  ~StepListener() override { index_.clear(logs_.alloc); }
  StepListener(const StepListener&) = delete;
  StepListener& operator=(const StepListener&) = delete;

  void BeginContact(b2Contact* contact) override { logs_.begin(*contact); }
  void EndContact(b2Contact* contact) override { logs_.end(*contact, false); }
  void PreSolve(b2Contact*, const b2Manifold*) override { pre_solved_ = true; }
  void PostSolve(b2Contact* contact, const b2ContactImpulse* impulse) override {
    note_hit(*contact, *impulse);
  }

 protected:
  FRAMEALLOC_ALWAYS_INLINE void note_hit(b2Contact& contact,
                                         const b2ContactImpulse& impulse) noexcept {
    float sum = 0;
    for (int32 i = 0; i < impulse.count; ++i) sum += impulse.normalImpulses[i];
    if (sum >= min_hit_impulse_) record_hit(contact, impulse, sum);
  }
  void note_pre_solve() noexcept { pre_solved_ = true; }

 private:
  void record_hit(b2Contact& contact, const b2ContactImpulse& impulse, float sum) noexcept;

  StepLogs& logs_;
  float min_hit_impulse_;
  bool pre_solved_ = false;  // since the last hit
  bool repeats_ = false;     // contacts may have been recorded already
  HitIndex index_;
};

// The same before a listener of the game, which sees every call after it has been recorded.
class ChainedStepListener final : public StepListener {
 public:
  ChainedStepListener(StepLogs& logs, float min_hit_impulse,
                      b2ContactListener* const* next) noexcept
      : StepListener(logs, min_hit_impulse), next_(next) {}
  void BeginContact(b2Contact* contact) override;
  void EndContact(b2Contact* contact) override;
  void PreSolve(b2Contact* contact, const b2Manifold* old_manifold) override;
  void PostSolve(b2Contact* contact, const b2ContactImpulse* impulse) override;

 private:
  b2ContactListener* const* next_;  // one of its calls may change it
};

}  // namespace framealloc::box2d::detail
