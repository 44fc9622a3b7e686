// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <framealloc/box2d/memory.hpp>
#include <framealloc/c_hooks/c_hooks.hpp>
#include <framealloc/framealloc.hpp>
#include <framealloc/trace_writer.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "framealloc_assets.hpp"
#include "side.hpp"

namespace fa_demo {

/// The game's memory on framealloc: what lives for a frame is bumped from the thread's arena and
/// freed by the end of the frame, entities come from pools, long-lived arrays and Box2D's own
/// blocks from the heap, and every subsystem has a tag with a budget. The members are
/// MallocPolicy's.
class FrameallocPolicy {
 public:
  static constexpr std::string_view kName = "framealloc";
  static constexpr bool kFrameFreesObjects = true;

  explicit FrameallocPolicy(bool behavior, framealloc::GuardMode guard = framealloc::GuardMode::Off)
      : alloc_(config(guard)), behavior_(behavior) {
    using namespace framealloc::literals;
    framealloc::BudgetManager& budgets = *alloc_.budgets();
    for (const Subsystem& subsystem : kSubsystems) {
      budgets.register_tag_budget(subsystem.tag, subsystem.limit / 4 * 3, subsystem.limit);
    }
    budgets.set_global_budget(96_MiB, 128_MiB);
  }
  FrameallocPolicy(const FrameallocPolicy&) = delete;
  FrameallocPolicy& operator=(const FrameallocPolicy&) = delete;

  // --- memory that lives for at most one frame
  template <class T>
  using Vec = framealloc::FrameVec<T>;
  template <class K, class V>
  using Map = framealloc::FrameMap<K, V>;
  using String = framealloc::FrameString;

  template <class T>
  class Array {
   public:
    Array(framealloc::FrameArena& arena, std::size_t count)
        : elements_(arena.alloc_batch<T>(count)), size_(count) {}
    T* data() noexcept { return elements_; }
    std::size_t size() const noexcept { return size_; }
    T& operator[](std::size_t index) noexcept { return elements_[index]; }

   private:
    T* elements_;
    std::size_t size_;
  };

  /// This thread's arena, looked up once for a piece of work.
  class Local {
   public:
    explicit Local(framealloc::SmartAlloc& alloc) : alloc_(alloc), arena_(alloc.frame_arena()) {}
    template <class T>
    T* make(const T& value) {
      return new (arena_.alloc<T>()) T(value);
    }
    template <class T>
    void drop(T*) noexcept {}
    template <class T>
    Vec<T> vec() {
      return Vec<T>(arena_);
    }
    template <class T>
    Array<T> array(std::size_t count) {
      return Array<T>(arena_, count);
    }
    template <class K, class V>
    Map<K, V> map(std::size_t capacity) {
      return alloc_.frame_map<K, V>(capacity);
    }
    String string() { return alloc_.frame_string(); }

   private:
    framealloc::SmartAlloc& alloc_;
    framealloc::FrameArena& arena_;
  };
  Local local() { return Local(alloc_); }

  template <class K, class V>
  static V& at_or_insert(Map<K, V>& map, const K& key) {
    return map.insert(key, V{}).first->second;
  }
  template <class K, class V>
  static const V* find(const Map<K, V>& map, const K& key) {
    return map.get(key);
  }

  // --- memory with a life of its own
  template <class T>
  using Pooled = framealloc::PoolBox<T>;
  template <class T>
  Pooled<T> pooled(const T& value) {
    return alloc_.pool_box<T>(value);
  }
  template <class T>
  using Lasting = framealloc::HeapBox<T>;
  template <class T, class... Arguments>
  Lasting<T> lasting(Arguments&&... arguments) {
    return alloc_.heap_box<T>(std::forward<Arguments>(arguments)...);
  }
  template <class T>
  using LastingVec = decltype(std::declval<framealloc::SmartAlloc&>().heap_vec<T>());
  template <class T>
  LastingVec<T> lasting_vec() {
    return alloc_.heap_vec<T>();
  }

  // --- accounting
  auto tag(std::string_view name) { return alloc_.tag_scope(name); }
  auto phase(std::string_view name) { return alloc_.phase_scope(name); }
  /// Until the scope ends Box2D's own blocks come from the heap, under the tag of the physics.
  class PhysicsMemory {
   public:
    explicit PhysicsMemory(framealloc::c_hooks::Memory& memory) noexcept {
      (void)framealloc::box2d::install_memory(memory);
    }
    ~PhysicsMemory() { (void)framealloc::box2d::uninstall_memory(); }
    PhysicsMemory(const PhysicsMemory&) = delete;
    PhysicsMemory& operator=(const PhysicsMemory&) = delete;
  };
  PhysicsMemory physics_memory() noexcept { return PhysicsMemory(physics_); }
  /// Rewinds this thread's arena at the end of the scope.
  auto scratch() { return alloc_.frame_scope(); }
  void begin_frame() {
    if (behavior_ && !alloc_.is_behavior_filter_enabled()) watch_behavior();
    alloc_.begin_frame();
  }
  template <class AtEnd>
  void end_frame(AtEnd&& at_end) {
    framealloc::PromotionResult result = alloc_.end_frame_with_promotions();
    at_end([&result]<class T>(Retained<T>& retained) { return Pooled<T>(result.take(retained)); });
  }

  // --- memory of the frame, some of which is promoted beyond it
  template <class T>
  using Retained = framealloc::FrameRetained<T>;
  template <class T>
  Retained<T> retain(const T& value, bool keep) {
    return alloc_.frame_with_importance<T>(
        keep ? framealloc::Importance::Reusable : framealloc::Importance::Ephemeral, value);
  }

  // --- objects behind handles, and assets within a budget
  template <class T>
  using Table = HandleTable<T>;
  template <class T>
  Table<T> table() {
    return Table<T>(alloc_.handles());
  }
  /// A part of a compaction, so that no frame pays for a whole one.
  void tidy_handles() { alloc_.handles().compact({.time_ns = 100'000, .bytes = 64 * kKiB}); }
  HandleUse handle_use() const {
    const framealloc::HandleAllocatorStats stats = alloc_.handles().stats();
    return {stats.active_handles,
            stats.relocation_count,
            true,
            {stats.fragmentation_before, stats.fragmentation_after}};
  }
  BehaviorUse behavior_use() const {
    const framealloc::BehaviorReport report = alloc_.behavior_report();
    BehaviorUse use{report.filter_enabled, report.frames_analyzed, {}};
    for (const framealloc::BehaviorIssue& issue : report.issues) {
      use.findings.push_back({std::string(framealloc::code_info(issue.code).id),
                              std::string(framealloc::to_string(issue.level)),
                              issue.tag.empty() ? "(no tag)" : issue.tag,
                              std::string(framealloc::kind_name(issue.kind)), issue.message,
                              std::string(issue.help), issue.value, issue.threshold});
    }
    return use;
  }
  using Store = StreamingStore;
  Store store(std::size_t budget) { return Store(alloc_.streaming(), budget); }

  std::string begin_trace(const std::string& path) {
    alloc_.set_thread_name("game");
    framealloc::TraceConfig config;
    config.path = path;
    trace_ = std::make_unique<framealloc::TraceWriter>(alloc_, config);
    return message_of(trace_->status());
  }
  std::string end_trace() {
    if (trace_ == nullptr) return {};
    const std::string complaint = message_of(trace_->close());
    trace_.reset();
    return complaint;
  }

  /// From here to end_inspection() the library counts each call.
  void begin_inspection() {
    report_ = {};
    report_.known = true;
    alloc_.count_frame_allocations(true);
  }
  /// Called where the frame holds the most: before the game lets go of anything.
  void note_fullest() {
    if (!report_.known) return;
    const framealloc::FrameStats frame = alloc_.frame_stats();
    report_.frame_bytes = frame.bytes_allocated;
    report_.frame_peak_bytes = frame.high_water;
    report_.frame_allocations = frame.allocation_count;
    for (const framealloc::TagStats& tag : alloc_.all_tag_stats()) {
      if (tag.current_bytes == 0 && tag.bytes_allocated == 0) continue;
      report_.tags.push_back({tag.tag.empty() ? "(no tag)" : tag.tag, tag.frame_bytes,
                              tag.peak_frame_bytes, tag.pool_bytes, tag.heap_bytes});
    }
  }
  MemoryReport end_inspection() {
    alloc_.count_frame_allocations(false);
    const framealloc::AllocStats all = alloc_.stats();
    report_.reserved_bytes = all.reserved;
    report_.pool_bytes = all.pool_allocated;
    report_.heap_bytes = all.heap_allocated;
    for (const framealloc::PhaseStats& phase : alloc_.phase_stats()) {
      if (phase.count != 0) report_.phases.push_back({phase.name, phase.last_frame_bytes});
    }
    for (const Subsystem& subsystem : kSubsystems) {
      if (const auto budget = alloc_.budgets()->get_tag_budget(subsystem.tag)) {
        report_.budgets.push_back({budget->name, budget->hard_limit, budget->current_usage,
                                   budget->peak_usage, budget->denials});
      }
    }
    return std::exchange(report_, {});
  }

  framealloc::SmartAlloc& allocator() noexcept { return alloc_; }

 private:
  // At the first frame: what builds the scene is not what frames do. The report at the end says
  // what was found; nothing is printed meanwhile.
  void watch_behavior() {
    using framealloc::Code;
    for (const Code code : {Code::FA501, Code::FA502, Code::FA510, Code::FA520, Code::FA530}) {
      alloc_.suppress(code);
    }
    behavior_ = alloc_.enable_behavior_filter();
  }

  struct Subsystem {
    std::string_view tag;
    std::size_t limit;
  };
  static constexpr std::size_t kMiB = std::size_t{1} << 20;
  static constexpr std::size_t kKiB = std::size_t{1} << 10;
  static constexpr std::array<Subsystem, 10> kSubsystems{{{"game::physics", 24 * kMiB},
                                                          {"game::behaviors", 16 * kMiB},
                                                          {"game::assets", 8 * kMiB},
                                                          {"game::queries", 4 * kMiB},
                                                          {"game::particles", 16 * kMiB},
                                                          {"game::ai", 8 * kMiB},
                                                          {"game::culling", 8 * kMiB},
                                                          {"game::entities", 8 * kMiB},
                                                          {"game::hud", 4 * kMiB},
                                                          {"game::render", 16 * kMiB}}};

  static framealloc::AllocConfig config(framealloc::GuardMode guard) {
    framealloc::AllocConfig config;
    config.guard = guard;
    config.frame_arena_size = 8 * kMiB;
    config.enable_budgets = true;
    // The first touch of a page is a page fault; all of them happen now, none in a frame.
    config.prefault = guard == framealloc::GuardMode::Off;
    return config;
  }

  static std::string message_of(const framealloc::Result<void>& result) {
    return result ? std::string() : std::string(result.error().message.view());
  }

  framealloc::SmartAlloc alloc_;
  framealloc::c_hooks::Memory physics_{alloc_, "game::physics"};
  bool behavior_;  // the filter is wanted
  std::unique_ptr<framealloc::TraceWriter> trace_;
  MemoryReport report_;
};

}  // namespace fa_demo
