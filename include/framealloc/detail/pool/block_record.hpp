// SPDX-License-Identifier: MIT OR Apache-2.0
// What is remembered of each block while frees are verified.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/detail/memory/kept_site.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace framealloc::detail {

// A block that is in use, for the leak report.
struct LiveBlock {
  const void* address = nullptr;
  std::size_t size = 0;  // as requested
  AllocKind kind = AllocKind::Pool;
  TagId tag = TagId::Untagged;
  CallSite site;
  std::uint64_t frame = 0;  // in which it was allocated
};
using LiveBlockVisitor = void (*)(const LiveBlock& block, void* context);

// A call site, without its type, whose parts are read while another thread may write them: a reader
// that races sees a mixture of two sites, never an invalid pointer.
class SharedCallSite {
 public:
  void set(const CallSite& site) noexcept {
    file_.store(site.file, std::memory_order_relaxed);
    function_.store(site.function, std::memory_order_relaxed);
    line_.store(site.line, std::memory_order_relaxed);
  }
  [[nodiscard]] CallSite get() const noexcept {
    return CallSite{file_.load(std::memory_order_relaxed),
                    function_.load(std::memory_order_relaxed),
                    line_.load(std::memory_order_relaxed), nullptr};
  }

 private:
  std::atomic<const char*> file_{""};
  std::atomic<const char*> function_{""};
  std::atomic<std::uint32_t> line_{0};
};

// Held: freed, and in the quarantine of a guard mode.
enum class BlockState : std::uint8_t { NeverUsed, Live, Freed, Held };

// One for each block of a page, where blocks may be as small as 16 bytes: keep it at 64.
// Thread contract: begin_life() by the thread that allocates, try_end_life() by any, reading by
// any.
struct BlockRecord {
  // What follows a site takes the place that its four bytes of padding would.
  [[no_unique_address]] SharedCallSite allocated_at;
  std::atomic<std::uint32_t> size{0};
  [[no_unique_address]] SharedCallSite freed_at;
  std::atomic<BlockState> state{BlockState::NeverUsed};
  std::atomic<const std::string_view*> type{nullptr};
  std::atomic<std::uint64_t> frame{0};

  void begin_life(const CallSite& where, std::size_t bytes, std::uint64_t frame_number) noexcept {
    const CallSite site = keep_site(where);
    allocated_at.set(site);
    type.store(site.type, std::memory_order_relaxed);
    frame.store(frame_number, std::memory_order_relaxed);
    size.store(static_cast<std::uint32_t>(bytes), std::memory_order_relaxed);
    state.store(BlockState::Live, std::memory_order_release);
  }
  // Result: false if the block was not in use. One of two threads that free it at once gets true.
  [[nodiscard]] bool try_end_life(const CallSite& site) noexcept {
    BlockState expected = BlockState::Live;
    if (!state.compare_exchange_strong(expected, BlockState::Freed, std::memory_order_acq_rel)) {
      return false;
    }
    freed_at.set(keep_site(site));
    return true;
  }
  // Result: where it was allocated, and as what.
  [[nodiscard]] CallSite birth() const noexcept {
    CallSite site = allocated_at.get();
    site.type = type.load(std::memory_order_relaxed);
    return site;
  }
};

}  // namespace framealloc::detail
