// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/scopes.hpp>

#include <framealloc/detail/thread/entry.hpp>
#include <framealloc/detail/thread/instance.hpp>

namespace framealloc {

using detail::empty_arena;
using detail::Instance;

namespace {

FrameArena* arena_of(Instance* instance) noexcept {
  return instance == nullptr ? &empty_arena : &detail::frame_arena(*instance);
}

}  // namespace

ScopedFrame::ScopedFrame(Instance* instance) noexcept : instance_(instance) {
  if (instance_ != nullptr) instance_->begin_frame();
}
ScopedFrame::~ScopedFrame() {
  if (instance_ != nullptr) instance_->end_frame();
}

CheckpointGuard::CheckpointGuard(Instance* instance) noexcept
    : arena_(arena_of(instance)), start_(arena_->open_scope()) {}
CheckpointGuard::~CheckpointGuard() { arena_->close_scope(start_, committed_); }

TagScope::TagScope(Instance* instance, std::string_view tag) noexcept
    : state_(instance == nullptr ? nullptr : instance->state()) {
  if (state_ == nullptr) return;
  before_ = state_->tag();
  state_->set_tag(instance->tags().intern(before_, tag));
}
TagScope::TagScope(Instance* instance, TagId tag) noexcept
    : state_(instance == nullptr ? nullptr : instance->state()) {
  if (state_ == nullptr) return;
  before_ = state_->tag();
  state_->set_tag(instance->tags().known(tag));
}
TagScope::~TagScope() {
  if (state_ != nullptr) state_->set_tag(before_);
}

PhaseScope::PhaseScope(Instance* instance, std::string_view name) noexcept
    : state_(instance == nullptr ? nullptr : instance->state()) {
  if (state_ == nullptr) return;
  state_->begin_phase(name);
  depth_ = state_->open_phases();
}
// Ends its own phase and those that were left open inside it, never one outside.
PhaseScope::~PhaseScope() {
  while (state_ != nullptr && depth_ != 0 && state_->open_phases() >= depth_) state_->close_phase();
}

}  // namespace framealloc
