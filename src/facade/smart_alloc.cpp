// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/smart_alloc.hpp>

#include "facade/facade.hpp"

#include "diag/report_annotator.hpp"

namespace framealloc {

using detail::Facade;
using detail::facade_of;
using detail::Instance;
using detail::ThreadState;

namespace {

// An instance, or null and the reason. The facade belongs to it: without it nothing is made.
Instance* make(const AllocConfig& config, Error* why) noexcept {
  Instance* instance = Instance::create(config, why);
  if (instance == nullptr) return nullptr;
  instance->extension = instance->metadata().create<Facade>(*instance);
  if (instance->extension != nullptr) {
    detail::attach_report_annotator(*instance);
    return instance;
  }
  instance->destroy();
  why->code = Code::FA012;
  why->message = "the memory source has nothing left for the allocator's bookkeeping";
  return nullptr;
}

// The last handle of the instance is gone.
void end(Instance& instance) noexcept {
  instance.close_frames();
  instance.pools().check_structures();
  (void)instance.pools().check_guards();
  if (instance.pools().checked()) detail::report_leaks(instance);
  instance.sink().report_repeats(detail::ReportSink::kLastFrame);
  instance.metadata().destroy(facade_of(&instance));
  instance.destroy();
}

ThreadState* state_of(const Instance* instance) noexcept {
  return instance == nullptr ? nullptr : instance->find_state();
}

}  // namespace

SmartAlloc::SmartAlloc(const AllocConfig& config, BuildConfig build) {
  detail::require_matching_build(build);
  Error why;
  Instance* instance = make(config, &why);
  if (instance != nullptr) {
    adopt(instance);
    return;
  }
  detail::ReportSink sink;
  sink.set(config.on_report, config.report_context);
  (void)sink.set_strict_mode(config.strict);
  Report report;
  report.code = why.code;
  report.message = why.message;
  sink.report(report);
}

Result<SmartAlloc> SmartAlloc::create(const AllocConfig& config, BuildConfig build) {
  detail::require_matching_build(build);
  Error why;
  Instance* instance = make(config, &why);
  if (instance == nullptr) return why;
  return SmartAlloc(instance, nullptr);
}

void SmartAlloc::adopt(Instance* instance) noexcept {
  instance_ = instance;
  tls_offset_ = instance->tls_slot() * sizeof(detail::TlsSlot);
  page_mask_ = instance->page_mask();
}

void SmartAlloc::share() const noexcept {
  if (instance_ != nullptr) instance_->retain();
}

void SmartAlloc::let_go() noexcept {
  Instance* instance = std::exchange(instance_, nullptr);
  if (instance == nullptr || !instance->release()) return;
  if (!instance->postpone_end(&end)) end(*instance);
}

void* SmartAlloc::frame_slow(std::size_t size, std::size_t alignment, const char* file,
                             const char* function, std::uint32_t line) noexcept {
  return instance_ == nullptr ? nullptr
                              : detail::frame_arena(*instance_)
                                    .alloc_bytes(size, alignment, CallSite{file, function, line});
}

void* SmartAlloc::frame_slow_masked(std::size_t size, std::uintptr_t mask, const char* file,
                                    const char* function, std::uint32_t line) noexcept {
  return frame_slow(size, 0 - mask, file, function, line);
}

void* SmartAlloc::refuse_alignment(std::size_t size, std::size_t alignment, const char* file,
                                   const char* function, std::uint32_t line) noexcept {
  if (instance_ == nullptr) return nullptr;
  return detail::refuse_alignment(*instance_, size, alignment, CallSite{file, function, line});
}

void* SmartAlloc::pool_slow(std::size_t size, std::size_t alignment, const char* file,
                            const char* function, std::uint32_t line,
                            const std::string_view* type) noexcept {
  if (instance_ == nullptr) return nullptr;
  return detail::pool_allocate(*instance_, size, alignment, CallSite{file, function, line, type});
}

void SmartAlloc::pool_free_slow(void* block, std::size_t size, std::size_t alignment,
                                const char* file, const char* function,
                                std::uint32_t line) noexcept {
  if (instance_ == nullptr) return;
  detail::pool_free(*instance_, block, size, alignment, CallSite{file, function, line, nullptr});
}

void* SmartAlloc::heap_bytes(std::size_t bytes, std::size_t alignment,
                             const CallSite& site) noexcept {
  if (instance_ == nullptr) return nullptr;
  return detail::heap_allocate(*instance_, bytes, alignment, site);
}

// An arena that allows a fast boundary belongs to an instance, so there is one. Everything else ends
// in a call, which keeps these free of a stack frame.
void SmartAlloc::begin_frame() noexcept {
  detail::TlsSlot& mine = slot();
  FrameArena& arena = *mine.arena;
  if (arena.begins_fast() && instance_->has_no_mode()) [[likely]]
    return instance_->begin_frame_fast(arena);
  if (instance_ != nullptr) instance_->begin_frame_slow(mine.state);
}

void SmartAlloc::end_frame() noexcept {
  detail::TlsSlot& mine = slot();
  FrameArena& arena = *mine.arena;
  if (arena.ends_fast() && instance_->has_no_mode()) [[likely]]
    return instance_->end_frame_fast(arena);
  if (instance_ != nullptr) instance_->end_frame_slow(mine.state);
}

std::uint64_t SmartAlloc::frame_number() const noexcept {
  return instance_ == nullptr ? 0 : instance_->frame_number();
}

void SmartAlloc::begin_thread_frame() noexcept {
  if (instance_ != nullptr) instance_->begin_thread_frame();
}

void SmartAlloc::end_thread_frame() noexcept {
  if (instance_ != nullptr) instance_->end_thread_frame();
}

std::size_t SmartAlloc::frame_remaining() const noexcept {
  return instance_ == nullptr ? 0 : instance_->frame_remaining();
}

bool SmartAlloc::in_frame() const noexcept {
  if (instance_ == nullptr) return false;
  const ThreadState* mine = instance_->find_state();
  return instance_->clock().open() || (mine != nullptr && mine->in_own_frame());
}

std::pmr::memory_resource* SmartAlloc::frame_resource() noexcept {
  Facade* facade = facade_of(instance_);
  return facade == nullptr ? std::pmr::null_memory_resource() : &facade->resources.frame;
}
std::pmr::memory_resource* SmartAlloc::pool_resource() noexcept {
  Facade* facade = facade_of(instance_);
  return facade == nullptr ? std::pmr::null_memory_resource() : &facade->resources.pool;
}
std::pmr::memory_resource* SmartAlloc::heap_resource() noexcept {
  Facade* facade = facade_of(instance_);
  return facade == nullptr ? std::pmr::null_memory_resource() : &facade->resources.heap;
}

std::string_view SmartAlloc::current_tag() const noexcept {
  const ThreadState* mine = state_of(instance_);
  return mine == nullptr ? std::string_view() : instance_->tags().name(mine->tag());
}

std::string SmartAlloc::tag_path() const {
  const ThreadState* mine = state_of(instance_);
  return mine == nullptr ? std::string() : std::string(instance_->tags().path(mine->tag()).view());
}

void SmartAlloc::begin_phase(std::string_view name) noexcept {
  ThreadState* mine = instance_ == nullptr ? nullptr : instance_->state();
  if (mine != nullptr) mine->begin_phase(name);
}

std::optional<Phase> SmartAlloc::end_phase() {
  if (instance_ == nullptr) return std::nullopt;
  ThreadState* mine = instance_->find_state();
  std::optional<Phase> phase = mine == nullptr ? std::nullopt : mine->end_phase();
  if (!phase) instance_->report(Code::FA004, "end_phase() with no phase open on this thread");
  return phase;
}

std::string_view SmartAlloc::current_phase() const noexcept {
  const ThreadState* mine = state_of(instance_);
  return mine == nullptr ? std::string_view() : mine->current_phase();
}

}  // namespace framealloc
