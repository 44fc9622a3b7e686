// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/thread/instance.hpp>

#include <framealloc/detail/memory/denial_text.hpp>

#include <framealloc/capabilities.hpp>

#include "thread/guard_setup.hpp"
#include "thread/registry.hpp"

#include <cstdlib>
#include <mutex>
#include <new>
#include <optional>
#include <utility>

namespace framealloc::detail {

namespace {
constexpr std::size_t kHomeUnit = 4096;

void on_budget_event(const BudgetEvent& what, void* hub) {
  auto& events = *static_cast<EventHub*>(hub);
  FrameEvent event;
  switch (what.kind) {
    case BudgetEvent::Kind::SoftLimitExceeded:
      event.kind = FrameEventKind::BudgetWarning;
      break;
    case BudgetEvent::Kind::HardLimitExceeded:
    case BudgetEvent::Kind::GlobalLimitExceeded:
      event.kind = FrameEventKind::BudgetExceeded;
      break;
    case BudgetEvent::Kind::NewPeak:
      return;
  }
  if (!events.wants(event.kind)) return;
  event.tag = what.tag;
  event.used = what.current;
  event.limit = what.limit;
  event.size = what.requested;
  event.available = what.limit > what.current ? what.limit - what.current : 0;
  events.emit(event);
}
}  // namespace

std::size_t Instance::home_bytes() noexcept { return align_up(sizeof(Instance), kHomeUnit); }

Instance* Instance::create(const AllocConfig& wanted, Error* why) noexcept {
  std::string_view wish;
  const std::optional<GuardMode> guard = guard_from_environment(&wish);
  AllocConfig config = wanted;
  config.guard = guard.value_or(wanted.guard);
  Instance* instance = make(config, why);
  if (instance != nullptr || config.guard == wanted.guard) return instance;
  // A bad value in the environment must not take a program's allocator away.
  const Error refused = *why;
  config.guard = wanted.guard;
  instance = make(config, why);
  if (instance != nullptr) {
    Text<384> text("FRAMEALLOC_GUARD=");
    text.append(wish).append(" has no effect: ").append(refused.message.view());
    instance->report(Code::FA013, text);
  }
  return instance;
}

Instance* Instance::make(const AllocConfig& config, Error* why) noexcept {
  if (Result<void> valid = config.validate(); !valid) {
    *why = valid.error();
    return nullptr;
  }
  SystemSource system;
  MemorySource& source = config.upstream != nullptr ? *config.upstream : system;
  const std::size_t bytes = home_bytes();
  if (config.global_memory_limit != 0 && config.global_memory_limit < bytes) {
    why->code = Code::FA310;
    why->message.clear();
    why->message.append("AllocConfig::global_memory_limit is ").append(config.global_memory_limit);
    why->message.append("; the allocator itself needs ").append(bytes).append(" B");
    return nullptr;
  }
  void* home = source.allocate(bytes, kHomeUnit);
  if (home == nullptr) {
    why->code = Code::FA012;
    why->message.clear();
    why->message.append("the memory source '").append(source.name());
    why->message.append("' has no ").append(bytes).append(" B for the allocator itself");
    return nullptr;
  }
  auto* instance = ::new (home) Instance(config, source, bytes);
  if (config.guard != GuardMode::Off && !instance->set_guard(why)) {
    instance->destroy();
    return nullptr;
  }
  if (!config.enable_budgets || instance->budgets_ != nullptr) return instance;
  instance->destroy();
  why->code = Code::FA012;
  why->message = "the memory source has nothing left for the budgets";
  return nullptr;
}

Instance::Instance(const AllocConfig& config, MemorySource& source, std::size_t bytes) noexcept
    : config_(config),
      own_source_(config.huge_pages, config.prefault, config.numa_node),
      tls_slot_(registry::take_slot()),
      limited_source_(config.upstream != nullptr ? source : own_source_,
                      config.global_memory_limit),
      metadata_(limited_source_),
      chunks_(limited_source_, config.frame_chunk_size,
              {config.decommit, std::uint64_t{config.decommit_time_budget_us} * 1000}),
      clock_(config.frames_in_flight),
      events_(metadata_, tags_, frame_number_),
      pressure_(limited_source_, chunks_, events_),
      reclaimer_(*this),
      budgets_(config.enable_budgets ? metadata_.create<BudgetManager>(tags_) : nullptr),
      pools_(PoolConfig{.classes = config.slab_size_classes,
                        .page_size = config.slab_page_size,
                        .pages_per_class = config.slab_pages_per_class,
                        .checked = config.checked,
                        .segregate_by_tag = config.tag_pools,
                        .guard = config.guard != GuardMode::Off,
                        .guard_fresh = config.guard_fill,
                        .guard_frames = config.guard == GuardMode::Pages ? config.guard_frames : 0,
                        .guard_bytes = config.guard_quarantine},
             limited_source_, chunks_, metadata_, tags_, budgets_, sink_, frame_number_),
      heap_(pools_, chunks_, metadata_, budgets_, frame_number_) {
  limited_source_.adopt(bytes);
  if (config.global_memory_limit != 0 && config.pressure_threshold != 0) {
    limited_source_.watch_threshold(config.global_memory_limit / 100 * config.pressure_threshold +
                                    config.global_memory_limit % 100 * config.pressure_threshold /
                                        100);
  }
  events_.set_watcher(&on_events_wanted, this);
  pools_.set_hooks(&events_, &pressure_);
  pressure_.set_reclaimer(&reclaimer_);
  if (budgets_ != nullptr) {
    budgets_->set_observer(&on_budget_event, &events_);
    budgets_->set_reclaimer(&reclaimer_);
    budgets_->set_corruption_note(&limited_source_.corruption());
  }
  config_.slab_size_classes = {};  // the caller's storage; the pools have their copy
  sink_.set(config.on_report, config.report_context);
  (void)sink_.set_strict_mode(config.strict);
  report_misspelled_environment();
  report_unmet_wishes();
}

// Once, where it was wished for: an allocator that is slower than it was meant to be looks like any
// other.
void Instance::report_unmet_wishes() noexcept {
  const auto report_unmet = [this](std::string_view field, std::string_view why) {
    if (why.empty()) return;
    Text<192> text("AllocConfig::");
    text.append(field).append(" has no effect: ").append(why);
    report(Code::FA013, text);
  };
  const bool foreign = config_.upstream != nullptr;
  constexpr std::string_view kForeign = "the memory comes from AllocConfig::upstream";
  if (config_.huge_pages)
    report_unmet("huge_pages", foreign ? kForeign : why_no_huge_pages().view());
  if (config_.numa_node < 0) return;
  report_unmet("numa_node",
               foreign ? kForeign : why_no_node(static_cast<unsigned>(config_.numa_node)).view());
}

// A word that is misspelled is said to be, and otherwise as good as none.
void Instance::report_misspelled_environment() noexcept {
  const auto report_unmet = [this](std::string_view variable, std::string_view value,
                                   std::string_view expected) {
    Text<256> text("the environment variable ");
    text.append(variable).append(" is '").append(Text<64>(value));
    text.append("', which has no effect; expected ").append(expected);
    report(Code::FA013, text);
  };
  std::string_view wish;
  if (!guard_from_environment(&wish) && !wish.empty()) {
    report_unmet("FRAMEALLOC_GUARD", wish, "off, poison or pages");
  }
  const char* const strict = std::getenv("FRAMEALLOC_STRICT");
  if (strict != nullptr && *strict != '\0' && !parse_strict_mode(strict)) {
    report_unmet("FRAMEALLOC_STRICT", strict, "warn, error or warning");
  }
}

Instance::~Instance() {
  metadata_.destroy(frame_guard_);
  // The hub, which goes later, looks for the budgets once more.
  metadata_.destroy(std::exchange(budgets_, nullptr));
}

void Instance::close_frames() noexcept {
  // No listener is called at the end: what it uses may be gone already.
  events_.close();
  pressure_.set_handler(nullptr, nullptr);
  // Threads that end from now on do not hand their states back while this one works on them.
  registry::forget(*this, false);
  if (clock_.open()) {
    ThreadState* mine = find_state();
    clock_.end(mine != nullptr ? &mine->shared_arena() : nullptr);
    let_frame_thread_be_fast(false);
    leave_frame_thread(mine);
  }
  clock_.release_all();
  for (ThreadState* s = first_state(); s != nullptr; s = s->next_in_instance) {
    s->release_arenas();
  }
}

void Instance::destroy() noexcept {
  services_.set_barrier(*this, nullptr);
  close_frames();
  services_.destroy_kept(*this);
  registry::forget(*this, true);
  if (tls_slot_ != kSharedTlsSlot) registry::give_slot(tls_slot_);
  for (ThreadState* s = first_state(); s != nullptr;) {
    ThreadState* next = s->next_in_instance;
    metadata_.destroy(s);
    s = next;
  }
  pools_.report_corruption();
  SystemSource system;
  MemorySource& source = config_.upstream != nullptr ? *config_.upstream : system;
  const std::size_t bytes = home_bytes();
  this->~Instance();
  source.deallocate(this, bytes, kHomeUnit);
}

ThreadState* Instance::find_state_elsewhere() const noexcept { return registry::find(*this); }

bool Instance::postpone_end(void (*end)(Instance&)) noexcept {
  return registry::postpone_end(*this, end);
}

ThreadState* Instance::attach() noexcept {
  ThreadState* const state = try_attach();
  if (state == nullptr) {
    report(Code::FA012, "no memory for the records of a new thread", TagId::Untagged,
           sizeof(ThreadState), limited_source_.remaining());
  }
  return state;
}

ThreadState* Instance::try_attach() noexcept {
  ThreadState* state;
  {
    const std::lock_guard lock(retired_lock_);
    state = retired_;
    if (state != nullptr) retired_ = state->next_retired;
  }
  if (state == nullptr) {
    state = metadata_.create<ThreadState>(*this);
    if (state == nullptr || !state->set_up()) {
      metadata_.destroy(state);
      return nullptr;
    }
    ThreadState* head = all_states_.load(std::memory_order_relaxed);
    do {
      state->next_in_instance = head;
      // Before the modes are read: a thread that sets one afterward finds this state.
    } while (!all_states_.compare_exchange_weak(head, state, std::memory_order_seq_cst,
                                                std::memory_order_relaxed));
  }
  if (registry::link(*state, tls_slot_)) return state;
  {
    const std::lock_guard lock(retired_lock_);
    state->next_retired = retired_;
    retired_ = state;
  }
  return nullptr;
}

void Instance::retire(ThreadState* state) noexcept {
  state->retire();
  const std::lock_guard lock(retired_lock_);
  state->next_retired = retired_;
  retired_ = state;
  retired_with_chunks_.store(1, std::memory_order_relaxed);
}

std::size_t Instance::frame_remaining() noexcept {
  ThreadState* mine = state();
  if (mine == nullptr) return 0;
  const FrameArena& arena = mine->arena();
  std::size_t left = arena.capacity_left();
  if (budgets_ != nullptr) {
    const std::size_t by_budget = budgets_->remaining(mine->tag());
    const std::size_t unused = arena.charged_ahead();
    const std::size_t budget = by_budget > SIZE_MAX - unused ? SIZE_MAX : by_budget + unused;
    if (budget < left) left = budget;
  }
  const std::size_t by_limit = limited_source_.remaining();
  if (by_limit != SIZE_MAX) {
    const std::size_t held = arena.chunk_room_left() + chunks_.idle_bytes();
    const std::size_t total = by_limit > SIZE_MAX - held ? SIZE_MAX : by_limit + held;
    if (total < left) left = total;
  }
  return left;
}

void Instance::count_frame_calls(bool on) noexcept {
  if (on) {
    modes_.fetch_or(kCountCalls, std::memory_order_seq_cst);
  } else {
    modes_.fetch_and(~std::uint32_t{kCountCalls}, std::memory_order_seq_cst);
  }
  for (ThreadState* s = first_state(); s != nullptr; s = s->next_in_instance) s->close_arenas();
}

void Instance::hook_boundaries(bool on) noexcept {
  if (on) {
    modes_.fetch_or(kBoundaryHooks, std::memory_order_relaxed);
  } else {
    modes_.fetch_and(~std::uint32_t{kBoundaryHooks}, std::memory_order_relaxed);
  }
}

std::size_t Instance::trim() noexcept {
  const std::size_t before = limited_source_.reserved();
  if (ThreadState* mine = find_state()) {
    mine->pools().flush();
    mine->pools().collect(SIZE_MAX);
  }
  reclaimer_.ask_others();
  release_unused();
  chunks_.trim();
  const std::size_t after = limited_source_.reserved();
  return before > after ? before - after : 0;
}

void Instance::release_unused() noexcept {
  if (ThreadState* const mine = find_state()) mine->release_dead_chunks();
  release_retired_arenas();
  expire_kept();
  pools_.trim();
}

void Instance::expire_kept() noexcept {
  if (frame_guard_ == nullptr) return;
  (void)frame_guard_->expire(false);
  heap_.expire_runs(false);
}

void Instance::report_denial(const Denial& why, TagId tag, std::size_t requested,
                             const CallSite& site) noexcept {
  detail::report_denial(sink_, why, tag, requested, site, frame_number(),
                        {tags_, budgets_, limited_source_});
}

bool Instance::is_frame_memory(const void* address) const noexcept {
  const ThreadState* const mine = find_state();
  for (const ThreadState* s = first_state(); s != nullptr; s = s->next_in_instance) {
    if (s->shared_arena().has_memory_at(address, s == mine, chunks_.chunk_size())) return true;
    const FrameArena* const own = s->own_arena();
    if (own != nullptr && own->has_memory_at(address, s == mine, chunks_.chunk_size())) return true;
  }
  return false;
}

void Instance::report(Code code, std::string_view message, TagId tag, std::size_t requested,
                      std::size_t available, const CallSite& site, const void* address) noexcept {
  const TagPath path = tags_.path(tag);
  Report report;
  report.code = code;
  report.message = message;
  report.tag = path.view();
  report.frame = frame_number();
  report.requested = requested;
  report.available = available;
  report.site = site;
  report.address = address;
  sink_.report(report);
}

}  // namespace framealloc::detail
