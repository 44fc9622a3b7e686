// SPDX-License-Identifier: MIT OR Apache-2.0
// Requests that a ring does not serve by a bump, and those of frame buffers.
#include "ring/ring_store.hpp"

#include <algorithm>
#include <bit>
#include <mutex>

namespace framealloc::gpu {

GpuSlice FrameRing::refill(std::size_t size, std::uint64_t mask) noexcept {
  return owner_ == nullptr ? GpuSlice{} : owner_->store->serve(*owner_, size, mask);
}

namespace detail {

namespace {

// Blocks that one request makes at most. The first is enough for it, unless other threads are
// faster; where none ever is, it is the bookkeeping of pages that has no memory.
constexpr unsigned kMostBlocks = 4;

bool deny(GpuDenial& denial, Code code, std::string_view what) noexcept {
  denial = {};
  denial.code = code;
  denial.what = what;
  return false;
}

// Result: whether a request can be met at all; else why not.
[[nodiscard]] bool is_possible(const GpuAllocRequirements& request, const GpuDeviceInfo& info,
                               GpuDenial& denial) noexcept {
  if (request.size == 0) return deny(denial, Code::FA011, "a size of 0 bytes");
  if (!std::has_single_bit(request.alignment))
    return deny(denial, Code::FA011, "an alignment that is no power of two");
  std::size_t largest = 0;
  for (const GpuHeapInfo& heap : info.heaps) largest = std::max(largest, heap.size);
  largest = std::min(largest, info.max_allocation_size);
  if (request.size > largest || request.alignment > largest)
    return deny(denial, Code::FA011, "more than the device can allocate at once");
  return true;
}

[[nodiscard]] constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t mask) noexcept {
  return (value + mask) & ~mask;
}

}  // namespace

// --- Rings ---------------------------------------------------------------------------------------

FrameRing& RingStore::ring(GpuMemoryIntent intent, const CallSite& site) noexcept {
  if (intent != GpuMemoryIntent::Staging && intent != GpuMemoryIntent::HostVisible)
    return denying_.ring;
  RingAccess* ring = ThreadRings::find(id, intent);
  const TagId tag = core_.host.current_tag_id();
  if (ring != nullptr && ring->tag == tag) [[likely]] {
    ring->site = site;
    return ring->ring;
  }
  const std::lock_guard<BriefLock> guard(lock_);
  if (ring == nullptr) {
    ring = find_ring(intent);
    if (ring == nullptr) return unaccounted_.ring;
    ThreadRings::remember(id, *ring);
  }
  ring->site = site;
  if (ring->tag != tag) {
    settle(*ring);
    ring->tag = tag;
    if (ring->page != nullptr) set_limit(*ring);
  }
  return ring->ring;
}

RingAccess* RingStore::find_ring(GpuMemoryIntent intent) noexcept {
  const void* const self = ThreadRings::this_thread();
  RingAccess* free = nullptr;
  for (RingAccess* ring = rings_; ring != nullptr; ring = ring->next) {
    if (ring->intent != intent) continue;
    if (ring->thread == self) return ring;
    if (ring->thread == nullptr) free = ring;
  }
  if (free == nullptr) free = make_ring(intent);
  if (free == nullptr) return nullptr;
  free->thread = self;
  return free;
}

RingAccess* RingStore::make_ring(GpuMemoryIntent intent) noexcept {
  RingSet* const set = set_of(intent, 1, implied_usage(intent));
  if (set == nullptr) return nullptr;
  auto* const ring = make<RingAccess>();
  if (ring == nullptr) return nullptr;
  ring->attach(*this);
  ring->set = set;
  ring->intent = intent;
  ring->set_least_alignment(set->alignment);
  ring->next = rings_;
  rings_ = ring;
  return ring;
}

void RingStore::give_up_rings_of(const void* thread) noexcept {
  const std::lock_guard<BriefLock> guard(lock_);
  for (RingAccess* ring = rings_; ring != nullptr; ring = ring->next) {
    if (ring->thread != thread) continue;
    detach(*ring);
    ring->thread = nullptr;
  }
}

// Effect: what the ring has handed out since it was last looked at is counted.
void RingStore::settle(RingAccess& ring) noexcept {
  if (ring.page == nullptr) return;
  RingPage& page = *ring.page;
  const auto extent = static_cast<std::size_t>(ring.cursor() - page.begin());
  // Of a slice that another thread is taking now, one may be seen without the other.
  const std::size_t handed_out = std::min<std::size_t>(ring.handed_out(), extent);
  if (extent != page.extent || handed_out != page.used)
    count(page, ring.tag, handed_out - page.used, extent, false);
}

// Effect: the ring's page is full, and its next slice comes from another.
void RingStore::detach(RingAccess& ring) noexcept {
  ring.close();
  if (ring.page == nullptr) return;
  settle(ring);
  close_page(*ring.page);
  ring.page = nullptr;
}

// Effect: a ring of a tag without a limit goes on to the end of its page; with one, each of its
// slices is charged.
void RingStore::set_limit(RingAccess& ring) noexcept {
  const bool stop = !open_.load(std::memory_order_relaxed) || core_.tags.is_limited(ring.tag);
  stop ? ring.close() : ring.open_to(ring.page->end());
}

void RingStore::close_page(RingPage& page) noexcept {
  if (!page.open) return;
  page.open = false;
  padding_ += page.size - page.extent;
}

void RingStore::count(RingPage& page, TagId tag, std::size_t bytes, std::size_t extent,
                      bool charged) noexcept {
  padding_ += extent - page.extent;
  padding_ -= bytes;
  page.extent = extent;
  page.used += bytes;
  allocated_ += bytes;
  peak_ = std::max(peak_, allocated_);
  used_[core_.gate.heap_of(page.block->type)] += bytes;
  if (page.runs->tag != tag) {
    if (page.runs->bytes == 0) {
      page.runs->tag = tag;
    } else if (auto* const run = make<TagRun>(); run != nullptr) {
      run->tag = tag;
      run->next = page.runs;
      page.runs = run;
    } else if (charged) {
      // Without memory for another run the bytes move to the tag of the one before.
      core_.tags.release(tag, bytes);
      charged = false;
    }
  }
  page.runs->bytes += bytes;
  if (!charged) core_.tags.count(page.runs->tag, bytes);
  core_.note_usage();
}

// Result: a slice of the page that the ring has; an empty one where it has no room.
GpuSlice RingStore::slice_of(RingAccess& ring, std::size_t size, std::uint64_t mask) noexcept {
  const std::uint64_t at = align_up(ring.cursor(), mask);
  if (at > ring.page->end() || size > ring.page->end() - at) return {};
  ring.set_cursor(at + size);
  ring.set_handed_out(ring.handed_out() + size);
  return ring.slice(at, size);
}

GpuSlice RingStore::serve(RingAccess& ring, std::size_t size, std::uint64_t mask) noexcept {
  GpuAllocRequirements request(size, ring.intent, GpuLifetime::Frame);
  request.alignment = static_cast<std::size_t>(mask) + 1;
  GpuDenial denial;
  const auto served = [&]() -> GpuSlice {
    if (&ring == &unaccounted_) {
      deny(denial, Code::FA012, "no memory to account for a ring");
      return {};
    }
    if (ring.set == nullptr) {
      deny(denial, Code::FA418,
           "only Staging and HostVisible memory comes from rings: use frame_alloc()");
      return {};
    }
    if (!is_possible(request, core_.info(), denial)) return {};
    const bool limited = core_.tags.is_limited(ring.tag);
    bool made_room = false;
    bool small = false;
    unsigned grown = 0;
    for (;;) {
      {
        const std::lock_guard<BriefLock> guard(lock_);
        if (!open_.load(std::memory_order_relaxed)) {
          deny(denial, Code::FA001, "no GPU frame is open: call begin_gpu_frame() first");
          return {};
        }
        settle(ring);
        RingPage* page = ring.page;
        const bool alone = size + mask > core_.config.ring_page;
        if (alone || page == nullptr || align_up(ring.cursor(), mask) > page->end() ||
            size > page->end() - align_up(ring.cursor(), mask)) {
          const std::size_t whole = alone ? size : core_.config.ring_page;
          page =
              take_page(*ring.set, whole, small ? size : whole, static_cast<std::size_t>(mask) + 1);
          if (page != nullptr && !alone) {
            detach(ring);
            ring.page = page;
            ring.set_cursor(page->begin());
            ring.set_handed_out(0);
            ring.set_place(page->block->memory.mapped, page->block->buffer, frame_);
          }
        }
        if (page != nullptr) {
          if (!limited || core_.tags.charge(ring.tag, size, denial)) {
            if (alone) {
              const std::uint64_t at = page->begin();
              count(*page, ring.tag, size, size, limited);
              close_page(*page);
              return {page->block->memory.mapped + at, page->block->buffer, at, size, frame_};
            }
            const GpuSlice slice = slice_of(ring, size, mask);
            if (limited)
              count(*page, ring.tag, size, static_cast<std::size_t>(ring.cursor() - page->begin()),
                    true);
            set_limit(ring);
            return slice;
          }
          if (alone) {  // back, unused
            ring.set->in_frame = page->next;
            forget(page);
          }
          if (made_room) return {};  // and it was not enough
          made_room = true;
        }
      }
      if (denial.code == Code::FA417) {
        GpuDenial why;
        if (!core_.charge_tag(ring.tag, size, why)) return denial = why, GpuSlice{};
        core_.tags.release(ring.tag, size);  // the slice charges for itself
        denial = {};
        continue;
      }
      if (denial.code != Code::None) return {};
      if (++grown > kMostBlocks) {
        deny(denial, Code::FA012, "no memory to account for a ring");
        return {};
      }
      const bool alone = size + mask > core_.config.ring_page;
      if (!grow(*ring.set, alone ? size + static_cast<std::size_t>(mask) : core_.config.ring_page,
                size, small, denial))
        return {};
    }
  }();
  if (!served) static_cast<void>(core_.deny(denial, request, ring.site));
  return served;
}

// --- Frame buffers -------------------------------------------------------------------------------

bool RingStore::allocate(const GpuAllocRequirements& request, TransientPiece& piece,
                         GpuDenial& denial) noexcept {
  if (!is_possible(request, core_.info(), denial)) return false;
  if (!open_.load(std::memory_order_acquire))
    return deny(denial, Code::FA001, "no GPU frame is open: call begin_gpu_frame() first");
  const BufferUsage usage =
      request.usage == BufferUsage::None ? implied_usage(request.intent) : request.usage;
  RingSet* set = nullptr;
  {
    const std::lock_guard<BriefLock> guard(lock_);
    set = set_of(request.intent, request.lifetime.frames(), usage | implied_usage(request.intent));
  }
  if (set == nullptr) return deny(denial, Code::FA012, "no memory to account for a ring");
  // Where the device lacks some of what the intent implies, the buffer has what was asked for
  // alone.
  if (!core_.order(request.intent).serves(set->type_mask)) {
    const std::lock_guard<BriefLock> guard(lock_);
    set = set_of(request.intent, request.lifetime.frames(), usage);
    if (set == nullptr) return deny(denial, Code::FA012, "no memory to account for a ring");
  }
  if (!core_.order(request.intent).serves(set->type_mask))
    return deny(denial, Code::FA418, "no memory of the device serves the intent and the usage");

  std::size_t atom = 1;
  static_cast<void>(core_.order(request.intent).visit(set->type_mask, [&](unsigned type) {
    atom = std::max(atom, core_.atom_of(type));
    return false;
  }));
  const std::size_t alignment = std::max({request.alignment, set->alignment, atom});
  const auto held = static_cast<std::size_t>(align_up(request.size, atom - 1));
  const std::uint64_t mask = alignment - 1;
  const TagId tag = core_.host.current_tag_id();
  if (!core_.charge_tag(tag, request.size, denial)) return false;

  const bool alone = held + mask > core_.config.ring_page;
  const std::size_t whole = alone ? held : core_.config.ring_page;
  bool small = false;
  for (unsigned grown = 0;;) {
    {
      const std::lock_guard<BriefLock> guard(lock_);
      if (!open_.load(std::memory_order_relaxed)) {
        core_.tags.release(tag, request.size);
        return deny(denial, Code::FA001, "no GPU frame is open: call begin_gpu_frame() first");
      }
      RingPage* page = set->shared;
      std::uint64_t at = page == nullptr ? 0 : align_up(set->shared_cursor, mask);
      if (alone || page == nullptr || at > page->end() || held > page->end() - at) {
        page = take_page(*set, whole, small ? held : whole, alignment);
        if (page != nullptr) {
          at = page->begin();
          if (!alone) {
            if (set->shared != nullptr) close_page(*set->shared);
            set->shared = page;
          }
        }
      }
      if (page != nullptr) {
        count(*page, tag, request.size, static_cast<std::size_t>(at + held - page->begin()), true);
        if (alone) {
          close_page(*page);
        } else {
          set->shared_cursor = at + held;
        }
        piece.memory = page->block->memory;
        piece.memory_offset = static_cast<std::size_t>(at);
        piece.handle = page->block->buffer;
        piece.handle_offset = at;
        piece.held = held;
        piece.type = page->block->type;
        piece.usage = set->usage;
        piece.frame = frame_;
        return true;
      }
    }
    if (++grown > kMostBlocks) {
      core_.tags.release(tag, request.size);
      return deny(denial, Code::FA012, "no memory to account for a ring");
    }
    if (!grow(*set, alone ? held + static_cast<std::size_t>(mask) : core_.config.ring_page, held,
              small, denial)) {
      core_.tags.release(tag, request.size);
      return false;
    }
  }
}

}  // namespace detail
}  // namespace framealloc::gpu
