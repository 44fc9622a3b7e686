// SPDX-License-Identifier: MIT OR Apache-2.0
#include "facade/facade.hpp"

#include <framealloc/detail/base/report_sink.hpp>

#include <new>
#include <utility>

namespace framealloc::detail {

namespace {

constexpr std::size_t kDefaultStreamingBudget = std::size_t{256} << 20;

TagId tag_of_this_thread(void* instance) noexcept {
  const ThreadState* const mine = static_cast<Instance*>(instance)->find_state();
  return mine == nullptr ? TagId::Untagged : mine->tag();
}

std::size_t streaming_budget(const AllocConfig& config) noexcept {
  if (config.streaming_budget != 0) return config.streaming_budget;
  return config.global_memory_limit != 0 ? config.global_memory_limit / 4 : kDefaultStreamingBudget;
}

// An allocator without memory.
struct Nowhere {
  NullSource source;
  LimitedSource limited_source{source, 0};
  MetadataAllocator metadata{limited_source};
  ChunkPool chunks{limited_source, std::size_t{64} << 10};
  TagTable tags;
  ReportSink sink;
  std::atomic<std::uint64_t> frame{0};
  AllocatorContext context{limited_source, chunks, metadata, tags, sink, frame};
  Nowhere() noexcept {
    sink.set([](const Report&, void*) {}, nullptr);
  }
};

// Result: a T that is never destroyed, so destructors of other statics can use it too.
template <class T, class... A>
T& immortal(A&&... arguments) noexcept {
  alignas(T) static std::byte home[sizeof(T)];
  static T* const object = ::new (home) T(std::forward<A>(arguments)...);
  return *object;
}

// What a leak report calls the part, and what is left in it at the end.
void describe(SharedLedger& ledger, LazyPart<HandleAllocator> Facade::*) noexcept {
  ledger.describe("handles", SharedLedger::AtEnd::ReportsItself);
}
void describe(SharedLedger& ledger, LazyPart<StreamingAllocator> Facade::*) noexcept {
  ledger.describe("streaming", SharedLedger::AtEnd::Kept);
}
void describe(SharedLedger& ledger, LazyPart<ScratchRegistry> Facade::*) noexcept {
  ledger.describe("scratch", SharedLedger::AtEnd::Kept);
}
void describe(SharedLedger& ledger, LazyPart<GroupAllocator> Facade::*) noexcept {
  ledger.describe("groups", SharedLedger::AtEnd::Leaks);
}

// Result: bytes that parts held and did not use.
std::size_t trim_parts(Instance& instance) noexcept {
  Facade* const facade = facade_of(&instance);
  if (facade == nullptr) return 0;
  std::size_t bytes = 0;
  if (ScratchRegistry* const scratch = facade->scratch.made()) bytes += scratch->trim();
  if (HandleAllocator* const handles = facade->handles.made()) bytes += handles->release_cached();
  return bytes;
}

// Result: the part of the instance, made on demand; the part without memory if it cannot be made.
template <class T, class... A>
FRAMEALLOC_NOINLINE T& make_part(const Instance* instance, LazyPart<T> Facade::* part,
                                 const A&... arguments) noexcept {
  Facade* const facade = facade_of(instance);
  if (facade == nullptr) return immortal<T>(nowhere());
  Instance& owner = facade->instance;
  // Room is made without the lock that guards the part: the handlers may request the part.
  for (ReclaimLoop reclaim(&owner.pressure());;) {
    T* const made = (facade->*part).get([&]() -> T* {
      T* const fresh = owner.metadata().create<T>(allocator_context(owner), arguments...);
      if (fresh == nullptr) return nullptr;
      describe(fresh->ledger(), part);
      owner.add_ledger(fresh->ledger());
      return fresh;
    });
    if (made != nullptr) return *made;
    if (!reclaim.more(sizeof(T), owner.metadata().limit_is_reached())) break;
  }
  owner.report(Code::FA012, "no memory for the records of a part of the allocator", TagId::Untagged,
               sizeof(T), owner.limited_source().remaining());
  return immortal<T>(nowhere());
}

// Short, since programs call it right before each use of the part.
template <class T>
T* made_part_of(const Instance* instance, LazyPart<T> Facade::* part) noexcept {
  Facade* const facade = facade_of(instance);
  return facade == nullptr ? nullptr : (facade->*part).made();
}
template <class T, class... A>
T& part_of(const Instance* instance, LazyPart<T> Facade::* part, const A&... arguments) noexcept {
  T* const made = made_part_of(instance, part);
  return made != nullptr ? *made : make_part(instance, part, arguments...);
}

}  // namespace

const AllocatorContext& nowhere() noexcept { return immortal<Nowhere>().context; }

AllocatorContext allocator_context(Instance& instance) noexcept {
  return {instance.limited_source(), instance.chunks(),    instance.metadata(),
          instance.tags(),           instance.sink(),      instance.frame_counter(),
          instance.budgets(),        &tag_of_this_thread,  &instance,
          instance.tls_slot(),       &instance.pressure(), &instance.events()};
}

Facade::Facade(Instance& owner) noexcept : instance(owner), resources(owner) {
  owner.reclaimer().set_parts(&trim_parts);
}

Facade::~Facade() {
  instance.reclaimer().set_parts(nullptr);
  instance.metadata().destroy(behavior.made());
  instance.forget_ledgers();
  // First the parts whose pending destructors may free handles of the other parts.
  instance.metadata().destroy(groups.made());
  instance.metadata().destroy(scratch.made());
  instance.metadata().destroy(retention.made());
  instance.metadata().destroy(streaming.made());
  instance.metadata().destroy(handles.made());
}

HandleAllocator& handles_of(const Instance* instance) noexcept {
  if (HandleAllocator* const made = made_part_of(instance, &Facade::handles)) return *made;
  const bool checked = instance != nullptr && const_cast<Instance*>(instance)->pools().checked();
  HandleAllocator& made =
      make_part(instance, &Facade::handles, HandleConfig{.report_leaks = checked});
  // Not where there is no memory for the part: it may be there next time.
  if (made_part_of(instance, &Facade::handles) == &made) {
    const_cast<Instance*>(instance)->handles.store(&made, std::memory_order_release);
  }
  return made;
}

GroupAllocator& groups_of(const Instance* instance) noexcept {
  return part_of(instance, &Facade::groups);
}

std::size_t trim_all(Instance& instance) noexcept {
  const std::size_t before = instance.limited_source().reserved();
  // Chunks that they return stay idle in the chunk pool until the instance trims it.
  (void)trim_parts(instance);
  (void)instance.trim();
  const std::size_t after = instance.limited_source().reserved();
  return before > after ? before - after : 0;
}

ScratchRegistry& scratch_of(const Instance* instance) noexcept {
  return part_of(instance, &Facade::scratch);
}

StreamingAllocator& streaming_of(const Instance* instance) noexcept {
  return part_of(instance, &Facade::streaming,
                 instance == nullptr ? 0 : streaming_budget(instance->config()));
}

}  // namespace framealloc::detail

namespace framealloc {

HandleAllocator& SmartAlloc::first_handles() const noexcept {
  return detail::handles_of(instance_);
}

StreamingAllocator& SmartAlloc::streaming() const noexcept {
  return detail::streaming_of(instance_);
}

GroupAllocator& SmartAlloc::groups() const noexcept { return detail::groups_of(instance_); }

ScratchRegistry& SmartAlloc::scratch() const noexcept { return detail::scratch_of(instance_); }

ScratchPool& SmartAlloc::scratch_pool(std::string_view name, std::size_t capacity,
                                      CallSite site) const noexcept {
  return scratch().pool(name, capacity, ScratchPolicy::Grow, site);
}

}  // namespace framealloc
