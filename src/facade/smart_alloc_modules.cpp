// SPDX-License-Identifier: MIT OR Apache-2.0
// The members of SmartAlloc on which modules and tools stand.
#include <framealloc/framealloc.hpp>

#include "facade/facade.hpp"

#include <framealloc/detail/os/thread.hpp>

namespace framealloc {

void SmartAlloc::report(const Report& report) const noexcept {
  if (instance_ == nullptr) return;
  Report completed = report;
  if (completed.frame == 0) completed.frame = instance_->frame_number();
  if (completed.thread.value == 0) completed.thread = os::current_thread_id();
  instance_->sink().report(completed);
}

bool SmartAlloc::emits(FrameEventKind kind) const noexcept {
  return instance_ != nullptr && instance_->events().wants(kind);
}

void SmartAlloc::emit(const FrameEvent& event, Tag tag) const noexcept {
  if (emits(event.kind)) instance_->events().emit(event, instance_->tags().known(tag));
}

Tag SmartAlloc::tag(std::string_view path) const noexcept {
  return instance_ == nullptr ? Tag::Untagged : instance_->tags().intern(Tag::Untagged, path);
}

std::optional<Tag> SmartAlloc::find_tag(std::string_view path) const noexcept {
  if (instance_ != nullptr) return instance_->tags().find(path);
  return path.empty() ? std::optional<Tag>(Tag::Untagged) : std::nullopt;
}

Tag SmartAlloc::current_tag_id() const noexcept {
  const detail::ThreadState* const mine = instance_ == nullptr ? nullptr : instance_->find_state();
  return mine == nullptr ? Tag::Untagged : mine->tag();
}

Tag SmartAlloc::tag_parent(Tag tag) const noexcept {
  return instance_ == nullptr ? Tag::Untagged : instance_->tags().parent(tag);
}

std::string_view SmartAlloc::tag_name(Tag tag) const noexcept {
  return instance_ == nullptr ? std::string_view() : instance_->tags().name(tag);
}

TagPath SmartAlloc::path_of(Tag tag) const noexcept {
  return instance_ == nullptr ? TagPath() : instance_->tags().path(instance_->tags().known(tag));
}

std::size_t SmartAlloc::tag_count() const noexcept {
  return instance_ == nullptr ? 1 : instance_->tags().size();
}

bool SmartAlloc::add_device(DeviceFigureSource& source) const noexcept {
  return instance_ != nullptr && instance_->devices().add(source);
}

bool SmartAlloc::remove_device(DeviceFigureSource& source) const noexcept {
  return instance_ != nullptr && instance_->devices().remove(source);
}

void SmartAlloc::show_devices(const DeviceFigureVisitor& visit) const {
  if (instance_ != nullptr) instance_->devices().visit(visit);
}

void* SmartAlloc::bookkeeping_alloc(std::size_t bytes) const noexcept {
  if (instance_ == nullptr || bytes > kMaxRequest) return nullptr;
  return instance_->metadata().allocate(bytes);
}

void SmartAlloc::bookkeeping_free(void* block, std::size_t bytes) const noexcept {
  if (instance_ != nullptr && block != nullptr) instance_->metadata().deallocate(block, bytes);
}

}  // namespace framealloc
