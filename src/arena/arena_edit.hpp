// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <framealloc/arena/frame_arena.hpp>

namespace framealloc {

// Brackets a change of several fields that FrameArena::view() must see whole.
class FrameArena::Edit {
 public:
  explicit Edit(FrameArena& arena) noexcept : edits_(arena.edits_) { edits_.begin_write(); }
  ~Edit() { edits_.end_write(); }
  Edit(const Edit&) = delete;
  Edit& operator=(const Edit&) = delete;

 private:
  detail::SequenceCount& edits_;
};

}  // namespace framealloc
