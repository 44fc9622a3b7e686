// SPDX-License-Identifier: MIT OR Apache-2.0
// Writes what an allocator does as a trace for chrome://tracing and Perfetto. Not included by
// framealloc.hpp.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/memory/event_hub.hpp>
#include <framealloc/detail/sync/mutex.hpp>
#include <framealloc/lifecycle_event.hpp>
#include <framealloc/report.hpp>
#include <framealloc/result.hpp>
#include <framealloc/smart_alloc.hpp>
#include <framealloc/trace_file.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace framealloc {

struct TraceConfig {
  std::filesystem::path path = "framealloc.trace.json";
  bool phases = true;   ///< a bar for each phase, on the track of its thread
  bool tags = true;     ///< a counter for each tag, of the host and of each device
  bool devices = true;  ///< a track for each device's frames, counters for its heaps
  bool reports = true;  ///< a mark for each report
  /// Events that become marks (a compaction becomes a bar), besides those of frames and phases.
  FrameEventMask marks = events(
      FrameEventKind::BudgetWarning, FrameEventKind::BudgetExceeded, FrameEventKind::MemoryPressure,
      FrameEventKind::HandlesCompacted, FrameEventKind::StreamLoaded, FrameEventKind::StreamFailed,
      FrameEventKind::StreamEvicted, FrameEventKind::GroupCreated, FrameEventKind::GroupFreed,
      FrameEventKind::ScratchOpened, FrameEventKind::GpuBlockAllocated,
      FrameEventKind::GpuBlockFreed, FrameEventKind::GpuTransferSubmitted,
      FrameEventKind::GpuBudgetDenied);
  std::uint32_t counters_every = 1;  ///< frames; 0 = no counters at all
  std::size_t buffer_bytes = TraceFile::kDefaultBuffer;
  std::uint64_t max_bytes = 0;  ///< of the file; later events are dropped. 0 = no limit
};

/// While it exists, it writes bars for frames (on their own track), for thread frames and phases
/// (on their thread's track) and for a device's frames (on the device's track), marks for reports
/// and events, and at each frame's end counters for the bytes of all kinds, reserved memory, every
/// tag and every heap of a device. It switches lifecycle tracking on if it is off, and off again
/// when it closes. It costs what tracking costs, reading the counters of every tag once per frame,
/// and a write of the buffer whenever it is full. It shares the allocator; its own memory comes
/// from the standard library. Thread contract: made and closed on the thread that drives frames,
/// outside listeners and sinks of the allocator.
class FRAMEALLOC_API TraceWriter final : private DiagnosticSink {
 public:
  explicit TraceWriter(const SmartAlloc& alloc, TraceConfig config = {});
  ~TraceWriter() { (void)close(); }
  TraceWriter(const TraceWriter&) = delete;
  TraceWriter& operator=(const TraceWriter&) = delete;

  /// Result: whether the trace is being written; if not, why: FA010 if the file cannot be created
  /// or there is no allocator, FA011 if all places for listeners or sinks are taken, FA012 if there
  /// is no memory for tracking. After close(): the result of close().
  [[nodiscard]] const Result<void>& status() const noexcept { return status_; }
  [[nodiscard]] explicit operator bool() const noexcept { return file_.is_open(); }
  /// Effect: writes the rest; the file is then valid JSON. Result: FA013 if not everything could be
  /// written. Closing again returns the same.
  const Result<void>& close();

  [[nodiscard]] std::uint64_t written() const { return file_.written(); }
  /// Result: events dropped because of max_bytes.
  [[nodiscard]] std::uint64_t dropped() const { return file_.dropped(); }

 private:
  struct Values {
    std::uint64_t frame = 0, pool = 0, heap = 0;
    friend bool operator==(const Values&, const Values&) = default;
  };
  static void hear(const FrameEvent& event, void* self);
  void on_event(const FrameEvent& event);
  void on_report(const Report& report) noexcept override;
  void write_frame(const FrameEvent& event);
  void write_counters(std::uint64_t at_ns);
  void write_device_counters(std::uint64_t at_ns);
  void begin_device_frame(const FrameEvent& event);
  void write_device_frame(const FrameEvent& event);
  [[nodiscard]] std::size_t device_of(const FrameEvent& event);
  void write_mark(const FrameEvent& event);
  void introduce(ThreadId thread) { introduce(thread, thread.value, {}); }
  void introduce(ThreadId thread, std::uint64_t track, std::string_view suffix);
  [[nodiscard]] Result<void> start();

  static constexpr std::size_t kKnown = 256;
  SmartAlloc alloc_;
  TraceConfig config_;
  TraceFile file_;
  Subscription subscription_;
  bool listening_ = false;  // as a sink
  bool tracking_ = false;   // switched on by this writer
  detail::Mutex counting_;  // of what follows
  std::uint64_t frames_ = 0;
  std::vector<Values> last_;  // by tag: unchanged values are not written again
  struct Device {
    std::string name;
    std::uint64_t began_ns = 0;  // of the open frame; 0: none, or it began before tracing
  };
  std::vector<Device> devices_;                                 // in the order of their tracks
  std::map<std::string, Values, std::less<>> last_of_devices_;  // by the counter's name
  // Tracks of named threads, by their numbers; one that was forgotten is named again.
  std::atomic<std::uint64_t> known_[kKnown] = {};
  Result<void> status_;
};

}  // namespace framealloc
