// SPDX-License-Identifier: MIT OR Apache-2.0
#include "formats/part_figures.hpp"

#include <utility>

namespace fa_formats {

namespace {

using framealloc::AllocKind;

framealloc::HandleAllocatorStats take_handles(Taker& take, const Json& object) {
  framealloc::HandleAllocatorStats handles;
  handles.active_handles = take.number(object, "count", "/handles");
  handles.total_allocated = take.bytes(object, "bytes", "/handles");
  handles.total_slots = take.number(object, "slots", "/handles");
  handles.relocatable_count = take.number(object, "relocatable", "/handles");
  handles.pinned_count = take.number(object, "pinned", "/handles");
  handles.deferred_frees = take.number(object, "deferred_frees", "/handles");
  handles.chunks = take.number(object, "chunks", "/handles");
  handles.chunk_bytes = take.bytes(object, "chunk_bytes", "/handles");
  handles.hole_bytes = take.bytes(object, "hole_bytes", "/handles");
  handles.large_bytes = take.bytes(object, "large_bytes", "/handles");
  handles.relocation_count = take.number(object, "relocations_total", "/handles");
  handles.relocated_bytes = take.bytes(object, "relocated_bytes_total", "/handles");
  return handles;
}

framealloc::StreamingStats take_streaming(Taker& take, const Json& object) {
  framealloc::StreamingStats streaming;
  streaming.budget = take.bytes(object, "budget", "/streaming");
  streaming.total_reserved = take.bytes(object, "reserved_bytes", "/streaming");
  streaming.total_loaded = take.bytes(object, "loaded_bytes", "/streaming");
  streaming.peak_reserved = take.bytes(object, "peak_bytes", "/streaming");
  streaming.pinned_bytes = take.bytes(object, "pinned_bytes", "/streaming");
  streaming.allocation_count = take.number(object, "assets", "/streaming");
  streaming.reserved_count = take.number(object, "reserved", "/streaming");
  streaming.loading_count = take.number(object, "loading", "/streaming");
  streaming.ready_count = take.number(object, "ready", "/streaming");
  streaming.evicting_count = take.number(object, "evicting", "/streaming");
  streaming.failed_count = take.number(object, "failed", "/streaming");
  streaming.pinned_count = take.number(object, "pinned", "/streaming");
  streaming.evictions = take.number(object, "evictions_total", "/streaming");
  streaming.evicted_bytes = take.bytes(object, "evicted_bytes_total", "/streaming");
  streaming.denied_reserves = take.number(object, "denials", "/streaming");
  return streaming;
}

bool is_null(Taker& take, const Json& root, const char* key) {
  const Json* const value = take.member(root, key, "", "null or an object");
  return value == nullptr || value->is_null();
}

}  // namespace

AllocKind take_kind(Taker& take, const Json& parent, const std::string& where) {
  const std::string name = take.text(parent, "alloc_kind", where);
  for (const AllocKind kind :
       {AllocKind::Frame, AllocKind::Pool, AllocKind::Heap, AllocKind::Scratch}) {
    if (framealloc::kind_name(kind) == name) return kind;
  }
  take.fail(where + "/alloc_kind", " is '" + name + "'", "frame, pool, heap or scratch");
  return AllocKind::Frame;
}

void take_parts(Taker& take, const Json& root, framealloc::Snapshot& snapshot) {
  take.each(root, "pools", "", [&](const Json& one, const std::string& where) {
    framealloc::PoolClassFigures pool;
    pool.block_bytes = take.bytes(one, "block_bytes", where);
    pool.pages = take.number(one, "pages", where);
    pool.blocks = take.number(one, "blocks", where);
    pool.free_blocks = take.number(one, "free_blocks", where);
    pool.allocations = take.number(one, "allocations", where);
    snapshot.pools.push_back(pool);
  });
  if (!is_null(take, root, "handles")) {
    snapshot.handles = take_handles(take, take.object(root, "handles", ""));
  }
  if (!is_null(take, root, "streaming")) {
    snapshot.streaming = take_streaming(take, take.object(root, "streaming", ""));
  }
  take.each(root, "sites", "", [&](const Json& one, const std::string& where) {
    framealloc::SnapshotSite site;
    site.file = take.text(one, "file", where);
    site.line = take.index(one, "line", where);
    site.function = take.text(one, "function", where);
    site.type = take.text(one, "type", where);
    site.tag = take.text(one, "tag", where);
    site.kind = take_kind(take, one, where);
    site.count = take.number(one, "count", where);
    site.bytes = take.bytes(one, "bytes", where);
    site.age_frames = take.number(one, "age_frames", where);
    snapshot.sites.push_back(std::move(site));
  });
}

}  // namespace fa_formats
