// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <framealloc/arena/frame_arena.hpp>

namespace framealloc {

// Brackets a change of several fields that FrameArena::view() must see whole: a sequence lock with
// one writer. Readers retry while the count is odd or has moved.
class FrameArena::Edit {
 public:
  explicit Edit(FrameArena& arena) noexcept : edits_(arena.edits_) {
    edits_.store(edits_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
  }
  ~Edit() { edits_.store(edits_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }
  Edit(const Edit&) = delete;
  Edit& operator=(const Edit&) = delete;

 private:
  std::atomic<std::uint32_t>& edits_;
};

}  // namespace framealloc
