// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/config.hpp>

#include <framealloc/align.hpp>
#include <framealloc/detail/pool/pool_shared.hpp>

namespace framealloc {

namespace {

Error bad(std::string_view field, std::size_t value, std::string_view expected) noexcept {
  Error error;
  error.code = Code::FA010;
  error.message.append("AllocConfig::").append(field).append(" is ").append(value);
  error.message.append("; expected ").append(expected);
  return error;
}

constexpr std::size_t kMinChunk = std::size_t{64} << 10;
constexpr std::size_t kMaxChunk = std::size_t{1} << 30;
constexpr int kMostNodes = 1023;
constexpr std::size_t kMaxArena = std::size_t{1} << 40;

}  // namespace

// Here rather than in the header: copying a std::span and assigning to a std::optional are dear to
// compile.
AllocConfig AllocConfig::minimal() noexcept {
  AllocConfig config;
  config.frame_arena_size = std::size_t{1} << 20;
  config.frame_chunk_size = std::size_t{256} << 10;
  config.slab_page_size = std::size_t{16} << 10;
  config.slab_pages_per_class = 1;
  return config;
}

AllocConfig AllocConfig::high_performance() noexcept {
  AllocConfig config;
  config.frame_arena_size = std::size_t{64} << 20;
  config.slab_page_size = std::size_t{256} << 10;
  config.slab_pages_per_class = 8;
  config.huge_pages = true;
  return config;
}

AllocConfig& AllocConfig::with_strict(StrictMode mode) noexcept {
  strict = mode;
  return *this;
}

Result<void> AllocConfig::validate() const noexcept {
  if (frame_arena_size < 4096 || frame_arena_size > kMaxArena) {
    return bad("frame_arena_size", frame_arena_size, "4096 B to 1 TiB");
  }
  if (!is_power_of_two(frame_chunk_size) || frame_chunk_size < kMinChunk ||
      frame_chunk_size > kMaxChunk) {
    return bad("frame_chunk_size", frame_chunk_size, "a power of two from 64 KiB to 1 GiB");
  }
  if (frames_in_flight < 1 || frames_in_flight > 4) {
    return bad("frames_in_flight", frames_in_flight, "1 to 4");
  }
  if (frame_overflow > FrameOverflow::Fail) {
    return bad("frame_overflow", static_cast<std::size_t>(frame_overflow), "a FrameOverflow");
  }
  if (slab_page_size > frame_chunk_size / 2) {
    return bad("slab_page_size", slab_page_size, "at most half of frame_chunk_size");
  }
  if (slab_pages_per_class > 4096) {
    return bad("slab_pages_per_class", slab_pages_per_class, "0 to 4096");
  }
  if (guard > GuardMode::Pages) return bad("guard", static_cast<std::size_t>(guard), "a GuardMode");
  if (guard_frames < 1 || guard_frames > 1024) {
    return bad("guard_frames", guard_frames, "1 to 1024");
  }
  if (numa_node < -1 || numa_node > kMostNodes) {
    return bad("numa_node", static_cast<std::size_t>(numa_node), "-1 to 1023");
  }
  if (decommit > DecommitPolicy::ExcessOverHighWater) {
    return bad("decommit", static_cast<std::size_t>(decommit), "a DecommitPolicy");
  }
  if (pressure_threshold > 100) {
    return bad("pressure_threshold", pressure_threshold, "0 to 100 percent");
  }
  return detail::PoolShared::validate(detail::PoolConfig{.classes = slab_size_classes,
                                                         .page_size = slab_page_size,
                                                         .pages_per_class = slab_pages_per_class,
                                                         .checked = checked,
                                                         .segregate_by_tag = tag_pools});
}

}  // namespace framealloc
