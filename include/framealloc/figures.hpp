// SPDX-License-Identifier: MIT OR Apache-2.0
// What visit_tags(), visit_threads(), visit_budgets(), visit_pools() and visit_devices() pass on:
// plain values, made one after the other without allocating or stopping the allocator. Sizes are
// in bytes; texts are valid during the call that passes them.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/ids.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace framealloc {

/// Whose memory the bytes are of.
enum class MemoryDomain : std::uint8_t { Host, Device };

/// How the heap accounts for one of its blocks.
struct HeapBlock {
  std::size_t bytes = 0;  ///< as requested, rounded up to the class; 0 if it is no such block
  TagId tag = TagId::Untagged;
};

/// A block that the heap has just given out.
struct NewHeapBlock {
  void* block = nullptr;  ///< null when denied
  std::size_t bytes = 0;  ///< as HeapBlock's
};

/// One tag, over all threads, without the tags below it. A parent is shown before its children and
/// has the smaller id, so a reader can sum up subtrees from the end. Host bytes only:
/// DeviceTagFigures has the device memory of a tag.
struct TagFigures {
  TagId id = TagId::Untagged;
  TagId parent = TagId::Untagged;  ///< its own for Untagged, which is the root of all
  MemoryDomain domain = MemoryDomain::Host;
  std::string_view tag;           ///< path, "" for untagged bytes
  std::string_view name;          ///< its last component; lives as long as the allocator
  std::size_t current_bytes = 0;  ///< frame + pool + heap
  std::size_t frame_bytes = 0;
  std::size_t pool_bytes = 0;
  std::size_t heap_bytes = 0;
  std::size_t bytes_allocated = 0;     ///< ever
  std::uint64_t allocation_count = 0;  ///< pool and heap
  std::size_t peak_frame_bytes = 0;
  std::size_t last_frame_bytes = 0;
};

/// One thread that uses the allocator now.
struct ThreadFigures {
  ThreadId id;
  std::string_view name;        ///< set by the program, else ""
  std::size_t frame_bytes = 0;  ///< of the shared frame: so far, or all of it once it has ended
  /// Blocks that the thread allocated and that have not returned to it, wherever they are used.
  std::size_t pool_bytes = 0;
  std::size_t heap_bytes = 0;
  std::size_t peak_frame_bytes = 0;  ///< most in any frame
  std::size_t reserved_bytes = 0;    ///< chunks of its arenas
  std::size_t frame_limit = 0;       ///< of the thread; 0 = none
  std::size_t pool_limit = 0;
  std::size_t pool_used =
      0;  ///< what pool_limit applies to: blocks of its pages that were not freed
};

/// One budget: the global one, or that of a tag that has a limit or a charge.
struct BudgetFigures {
  TagId id = TagId::Untagged;
  MemoryDomain domain = MemoryDomain::Host;
  bool global = false;         ///< the global budget
  std::string_view tag;        ///< path; "" for untagged bytes, and for the global budget
  std::size_t soft_limit = 0;  ///< 0 = none
  std::size_t hard_limit = 0;
  std::size_t current_usage = 0;  ///< charged: held, plus what threads keep ready
  std::size_t peak_usage = 0;
  std::uint64_t denials = 0;
};

/// One size class of the pool's pages, over all threads and tags; pool and small heap blocks alike.
/// Classes that never had a page are not shown.
struct PoolClassFigures {
  std::size_t block_bytes = 0;
  std::uint64_t pages = 0;   ///< of the class now
  std::uint64_t blocks = 0;  ///< capacity of these pages
  /// Of these, blocks that were used and are now free: ready in a thread, or back in their page.
  std::uint64_t free_blocks = 0;
  std::uint64_t allocations = 0;  ///< ever
};

/// Totals of one device whose memory a module hands out.
/// `total_bytes == allocated_bytes + padding_bytes + retired_bytes + free_bytes`.
struct DeviceFigures {
  MemoryDomain domain = MemoryDomain::Device;
  std::string_view device{};    ///< its name
  std::uint64_t frame = 0;      ///< the device's open frame, or its last one; 0 before the first
  std::size_t total_bytes = 0;  ///< device memory held: blocks, rings and dedicated
  std::size_t allocated_bytes = 0;  ///< handed out: transient_bytes + persistent_bytes
  std::size_t transient_bytes = 0;  ///< of open frames
  std::size_t persistent_bytes = 0;
  std::size_t retired_bytes = 0;  ///< released by the program, not yet by the device
  std::size_t padding_bytes = 0;  ///< alignment, granularity, ends of pages
  std::size_t free_bytes = 0;
  std::size_t dedicated_bytes = 0;       ///< within total_bytes
  std::size_t peak_usage = 0;            ///< most allocated_bytes
  std::size_t peak_total = 0;            ///< most total_bytes
  std::uint64_t allocation_count = 0;    ///< live persistent buffers and images
  std::uint64_t failed_allocations = 0;  ///< ever
  std::uint64_t device_allocations = 0;  ///< calls to the device for memory, ever
  std::uint64_t device_frees = 0;
  std::uint64_t block_count = 0;
  double fragmentation = 0;  ///< over persistent blocks: 1 - largest free / free; 0: none free
};

/// One heap of a device. Their `reserved` add up to the device's `total_bytes`.
struct DeviceHeapFigures {
  MemoryDomain domain = MemoryDomain::Device;
  std::string_view device{};  ///< its name
  unsigned heap = 0;          ///< index on the device
  std::size_t size = 0;       ///< of the heap
  std::size_t limit = 0;      ///< set by the program; 0 = none
  std::size_t budget = 0;     ///< what may be held now, by the limit and the system
  std::size_t reserved = 0;   ///< device memory held
  std::size_t used = 0;       ///< the part of it that is handed out
  std::size_t external = 0;   ///< held by others, as far as the device reports it
  std::uint64_t denials = 0;
  bool device_local = false;
  bool measured = false;  ///< whether budget and external are the system's figures
};

/// One tag that holds or has held memory of a device, or has a limit there. A parent is shown
/// before its children, if it is shown at all.
struct DeviceTagFigures {
  MemoryDomain domain = MemoryDomain::Device;
  std::string_view device{};      ///< its name
  TagId id = TagId::Untagged;     ///< of the allocator that the device is registered with
  std::string_view tag{};         ///< path, "" for untagged bytes
  std::size_t bytes = 0;          ///< handed out, without the tags below it
  std::size_t peak_bytes = 0;     ///< most bytes at one time
  std::size_t subtree_bytes = 0;  ///< with the tags below it: what the limit applies to
  std::size_t limit = 0;          ///< 0 = none
  std::uint64_t denials = 0;      ///< by that limit
};

/// Passes the figures of a device to a callable, as far as it accepts them: a callable with only
/// an overload for DeviceHeapFigures gets heaps and nothing else.
class DeviceFigureVisitor {
 public:
  template <class F>
    requires(!std::same_as<std::remove_cv_t<F>, DeviceFigureVisitor>)
  explicit DeviceFigureVisitor(F& visit) noexcept
      : context_(const_cast<void*>(static_cast<const void*>(&visit))),
        device_(&call<F, DeviceFigures>),
        heap_(&call<F, DeviceHeapFigures>),
        tag_(&call<F, DeviceTagFigures>) {}
  void operator()(const DeviceFigures& figures) const { device_(context_, figures); }
  void operator()(const DeviceHeapFigures& figures) const { heap_(context_, figures); }
  void operator()(const DeviceTagFigures& figures) const { tag_(context_, figures); }

 private:
  template <class F, class Figures>
  static void call([[maybe_unused]] void* context, [[maybe_unused]] const Figures& figures) {
    if constexpr (std::invocable<F&, const Figures&>) (*static_cast<F*>(context))(figures);
  }
  void* context_;
  void (*device_)(void* context, const DeviceFigures& figures);
  void (*heap_)(void* context, const DeviceHeapFigures& figures);
  void (*tag_)(void* context, const DeviceTagFigures& figures);
};

/// Implemented by a module, so that an allocator can show the memory of a device with its own: see
/// SmartAlloc::add_device().
class FRAMEALLOC_API DeviceFigureSource {
 public:
  /// Effect: calls `visit` with the DeviceFigures once, then with each heap by index, then with
  /// each tag. Totals and heaps are of one moment. Requirement: holds no lock during these calls
  /// that a member of the device's allocator takes, since the visitor may call it. Allocates
  /// nothing. Thread contract: any thread, concurrently.
  virtual void show(const DeviceFigureVisitor& visit) const noexcept = 0;

 protected:
  DeviceFigureSource() = default;
  DeviceFigureSource(const DeviceFigureSource&) = default;
  DeviceFigureSource& operator=(const DeviceFigureSource&) = default;
  ~DeviceFigureSource() = default;
};

namespace detail {

// The form in which the library's own code takes the function to call for each of them.
template <class Figures>
struct FigureVisitor {
  void (*call)(void* context, const Figures& figures);
  void* context;
  void operator()(const Figures& figures) const { call(context, figures); }
};
template <class Figures, class F>
[[nodiscard]] FigureVisitor<Figures> visitor_of(F& visit) noexcept {
  return {[](void* context, const Figures& figures) { (*static_cast<F*>(context))(figures); },
          const_cast<void*>(static_cast<const void*>(&visit))};
}

}  // namespace detail
}  // namespace framealloc
