// SPDX-License-Identifier: MIT OR Apache-2.0
// Figures of one thread.
#pragma once

#include <framealloc/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace framealloc {

/// One thread, since tracking was enabled or since the thread first used the allocator, whichever
/// came later. Exact once the reader has synchronized with the thread. A thread that has ended
/// keeps its figures until another thread takes its place.
struct ThreadFrameStats {
  ThreadId thread_id;
  std::string name;                    ///< as given to set_thread_name(), "" otherwise
  std::uint64_t frames_started = 0;    ///< frames in which it allocated, or that it drove
  std::uint64_t frames_completed = 0;  ///< of those, frames that have ended
  std::uint64_t current_frame = 0;     ///< number of the latest of them
  std::size_t total_allocated = 0;     ///< bytes: frame, pool and heap
  std::size_t peak_memory = 0;         ///< bytes: most frame memory that it held at once
  std::uint64_t cross_thread_frees =
      0;                               ///< blocks of other threads that it freed and has sent home
  std::uint64_t allocation_count = 0;  ///< pool and heap
  std::uint64_t deallocation_count = 0;  ///< pool and heap
};

}  // namespace framealloc
