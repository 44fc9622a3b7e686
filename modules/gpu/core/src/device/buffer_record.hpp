// SPDX-License-Identifier: MIT OR Apache-2.0
// What the allocator knows of one buffer, or of one resource that the caller has made.
#pragma once

#include "device/block_lists.hpp"
#include "device/cpu_writes.hpp"

#include <framealloc/call_site.hpp>
#include <framealloc/gpu/backend.hpp>
#include <framealloc/gpu/buffer.hpp>
#include <framealloc/gpu/intent.hpp>
#include <framealloc/gpu/lifetime.hpp>
#include <framealloc/gpu/resource_memory.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace framealloc::gpu::detail {

class GpuCore;
struct RecordShard;

enum class RecordState : std::uint8_t {
  Free,
  Live,     // the program holds it
  Retired,  // the program has let it go, the GPU has not yet
};

// Lies in a RecordPool, at one address for as long as the program or the GPU holds it. Fields that
// are not atomic are written before `state` becomes Live and do not change then, except those that
// defragment() moves, which change under the shard's lock.
struct BufferRecord {
  // What is looked at when it is let go, and again frames later when it is taken back, by when it is in no cache any more:
  // these come first, in as few lines as possible.
  std::atomic<RecordState> state{RecordState::Free};
  bool is_resource = false;  // a ResourceMemory; no handle of a buffer
  bool staged = false;
  bool spare = false;  // a place that defragment() has left: no handle of the program's led to it
  std::atomic<bool> evicting{false};  // its memory is free as soon as it is let go
  GpuLifetime lifetime = GpuLifetime::Persistent;
  TagId tag = TagId::Untagged;
  std::atomic<std::uint32_t> pins{0};    // batches with recorded copies: not taken back while not 0
  std::uint32_t let_go_before_wait = 0;  // number of a wait for an idle device; 0: none yet
  RecordShard* shard = nullptr;          // where it lies; never changes
  BufferRecord* next = nullptr;          // of the list it is on: free or retired
  std::size_t size = 0;                  // as asked for
  std::uint64_t retire_serial = 0;
  std::atomic<std::uint64_t> handle{0};  // raw handle; of a ResourceMemory the image that it owns
  // Copies by TransferBatch. Serial of the last submission that reads it, or writes it.
  std::atomic<std::uint64_t> read_serial{0}, write_serial{0};
  Placement placement;  // of frame memory: memory, offset, held and type

  bool dedicated = false, movable = false, evictable = false;
  bool host_visible = false;
  bool non_coherent = false;             // visible, and flush() and invalidate() are needed
  std::atomic<bool> used_by_transfer{};  // FA411 asks
  GpuMemoryIntent intent = GpuMemoryIntent::DeviceOnly;
  BufferUsage usage = BufferUsage::None;
  float priority = 0.5F;
  std::atomic<std::byte*> mapped{nullptr};  // its first byte; null where it is not visible
  std::uint64_t handle_offset = 0;
  std::atomic<std::uint64_t> device_address{0};
  void* user_data = nullptr;
  CallSite site;
  std::uint64_t id = 0;          // of events
  std::uint64_t born_frame = 0;  // that was open, or ended last
  std::uint64_t last_frame = 0;  // of frame memory: the last in which it may be used
  std::atomic<std::uint64_t> touched_frame{0};
  BufferRecord* staged_next = nullptr;  // of its shard's `staged`
  BufferRecord* staged_prev = nullptr;
  std::uint32_t asked_round = 0;  // of eviction
  char name[32] = {};
  CpuWrites cpu_writes;  // of memory that is not coherent

  [[nodiscard]] std::string_view name_view() const noexcept { return name; }
  [[nodiscard]] bool transient() const noexcept {
    return lifetime.kind() != GpuLifetime::Kind::Persistent;
  }
};

// For the library's own folders: what stands behind the public handles.
struct BufferAccess {
  [[nodiscard]] static BufferRecord* record(const GpuBuffer& buffer) noexcept {
    return buffer.record_;
  }
  [[nodiscard]] static BufferRecord* record(const ResourceMemory& memory) noexcept {
    return memory.record_;
  }
  // Effect: the handle takes the record over.
  [[nodiscard]] static GpuBuffer buffer(BufferRecord* record) noexcept {
    GpuBuffer buffer;
    buffer.record_ = record;
    return buffer;
  }
  [[nodiscard]] static ResourceMemory resource(BufferRecord* record) noexcept {
    ResourceMemory memory;
    memory.record_ = record;
    return memory;
  }
};

}  // namespace framealloc::gpu::detail
