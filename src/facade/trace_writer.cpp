// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/trace_writer.hpp>

#include <framealloc/detail/os/clock.hpp>
#include <framealloc/detail/os/thread.hpp>
#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/framealloc.hpp>

#include "os/process.hpp"

#include <algorithm>
#include <concepts>
#include <mutex>
#include <string>
#include <utility>

namespace framealloc {

namespace {

// Tracks beside those of threads, which have the threads' numbers. Frames of all threads may begin
// on one thread and end on another; a thread's own frames need not nest with its phases.
constexpr std::uint64_t kFrameTrack = 1'000'000'000;
constexpr std::uint64_t kDeviceTracks = kFrameTrack + 1;
constexpr std::size_t kMostDevices = 64;  // a further one shares the last one's track
constexpr std::uint64_t kOwnFrameTracks = kFrameTrack + 128;

constexpr FrameEventMask kFrameKinds = events(FrameEventKind::FrameEnd);

std::string track_name(const SmartAlloc& alloc, ThreadId thread) {
  // Looked for rather than asked for by its number: a thread that only uses what all threads share
  // has no figures, and asking for them is a mistake that is reported.
  for (const ThreadFrameStats& stats : alloc.all_thread_frame_stats()) {
    if (stats.thread_id == thread && !stats.name.empty()) return stats.name;
  }
  return "thread " + std::to_string(thread.value);
}

}  // namespace

TraceWriter::TraceWriter(const SmartAlloc& alloc, TraceConfig config)
    : alloc_(alloc), config_(std::move(config)), status_(start()) {
  if (status_) return;
  const Result<void> why = status_;
  (void)close();
  status_ = why;
}

Result<void> TraceWriter::start() {
  if (!alloc_) return Error{Code::FA010, "there is no allocator to trace: it could not be made"};
  Result<void> opened = file_.open(config_.path, config_.buffer_bytes, config_.max_bytes);
  if (!opened) return opened;
  file_.name_process(os::process_name());
  file_.name_track(kFrameTrack, "frames");
  file_.place_track(kFrameTrack, -1);
  if (!alloc_.is_lifecycle_tracking_enabled()) {
    tracking_ = alloc_.enable_lifecycle_tracking();
    if (!tracking_) return Error{Code::FA012, "no memory to track frames"};
  }
  FrameEventMask wanted = kFrameKinds | config_.marks;
  if (config_.devices) {
    wanted |= events(FrameEventKind::GpuFrameBegin, FrameEventKind::GpuFrameEnd);
  }
  if (config_.phases) wanted |= events(FrameEventKind::PhaseEnd);
  subscription_ = alloc_.on_frame_event(&TraceWriter::hear, this, wanted);
  if (!subscription_) return Error{Code::FA011, "no place for one more listener of events"};
  if (config_.reports) {
    listening_ = alloc_.add_sink(static_cast<DiagnosticSink&>(*this));
    if (!listening_) return Error{Code::FA011, "no place for one more sink of reports"};
  }
  return {};
}

const Result<void>& TraceWriter::close() {
  subscription_.end();
  if (std::exchange(listening_, false)) {
    (void)alloc_.remove_sink(static_cast<DiagnosticSink&>(*this));
  }
  if (std::exchange(tracking_, false)) alloc_.disable_lifecycle_tracking();
  if (file_.is_open()) {
    // Threads may have got their names after their first event.
    for (const ThreadFrameStats& thread : alloc_.all_thread_frame_stats()) {
      if (!thread.name.empty()) file_.name_track(thread.thread_id.value, thread.name);
    }
    status_ = file_.close();
  }
  return status_;
}

void TraceWriter::hear(const FrameEvent& event, void* self) {
  static_cast<TraceWriter*>(self)->on_event(event);
}

void TraceWriter::on_event(const FrameEvent& event) {
  switch (event.kind) {
    case FrameEventKind::FrameBegin:
      return;
    case FrameEventKind::FrameEnd:
      return write_frame(event);
    case FrameEventKind::PhaseEnd: {
      introduce(event.thread_id);
      const TraceArg args[] = {TraceArg::of("frame", event.frame_number),
                               TraceArg::of("frame_bytes", event.size)};
      return file_.add_bar(event.thread_id.value, "phase", event.phase, event.began_ns,
                           event.timestamp_ns, args);
    }
    case FrameEventKind::GpuFrameBegin:
      return config_.devices ? begin_device_frame(event) : write_mark(event);
    case FrameEventKind::GpuFrameEnd:
      return config_.devices ? write_device_frame(event) : write_mark(event);
    default:
      return write_mark(event);
  }
}

// Under counting_. Result: the device's index, made with a track of its own if it is new.
std::size_t TraceWriter::device_of(const FrameEvent& event) {
  const std::string_view name = event.name.empty() ? std::string_view("device") : event.name;
  const auto known = std::ranges::find(devices_, name, &Device::name);
  if (known != devices_.end()) return static_cast<std::size_t>(known - devices_.begin());
  if (devices_.size() == kMostDevices) return kMostDevices - 1;
  const std::uint64_t track = kDeviceTracks + devices_.size();
  devices_.push_back({std::string(name)});
  file_.name_track(track, "frames of " + devices_.back().name);
  file_.place_track(track, 0);
  return devices_.size() - 1;
}

void TraceWriter::begin_device_frame(const FrameEvent& event) {
  const std::lock_guard guard(counting_);
  devices_[device_of(event)].began_ns = event.timestamp_ns;
}

void TraceWriter::write_device_frame(const FrameEvent& event) {
  const std::lock_guard guard(counting_);
  const std::size_t device = device_of(event);
  const std::uint64_t noted = std::exchange(devices_[device].began_ns, 0);
  const std::uint64_t began_ns = event.began_ns != 0 ? event.began_ns : noted;
  if (began_ns == 0) return;
  const TraceArg args[] = {TraceArg::of("frame", event.count),
                           TraceArg::of("host frame", event.frame_number)};
  file_.add_bar(kDeviceTracks + device, "frame", "device frame", began_ns, event.timestamp_ns,
                args);
}

void TraceWriter::write_frame(const FrameEvent& event) {
  std::uint64_t track = kFrameTrack;
  if (event.own_frame) {
    track = kOwnFrameTracks + event.thread_id.value;
    introduce(event.thread_id, track, " frames");
  }
  // The number is an argument: viewers group, color and sum up slices by their name.
  const TraceArg args[] = {TraceArg::of("frame", event.frame_number),
                           TraceArg::of("bytes", event.total_allocated),
                           TraceArg::of("peak_bytes", event.peak_memory)};
  if (event.began_ns != 0) {
    file_.add_bar(track, "frame", "frame", event.began_ns, event.timestamp_ns, args);
  }
  if (!event.own_frame && config_.counters_every != 0) write_counters(event.timestamp_ns);
}

void TraceWriter::write_counters(std::uint64_t at_ns) {
  const std::lock_guard guard(counting_);
  if (frames_++ % config_.counters_every != 0) return;
  detail::Instance& instance = *detail::HandleAccess::instance(alloc_);
  const AllocStats all = instance.stats();
  const TraceArg kinds[] = {TraceArg::of("frame", instance.frame_stats().bytes_allocated),
                            TraceArg::of("pool", all.pool_allocated),
                            TraceArg::of("heap", all.heap_allocated)};
  file_.add_counter("bytes in use", at_ns, kinds);
  const TraceArg reserved[] = {TraceArg::of("used", all.reserved - all.idle_bytes),
                               TraceArg::of("idle", all.idle_bytes)};
  file_.add_counter("reserved bytes", at_ns, reserved);
  if (config_.devices) write_device_counters(at_ns);
  if (!config_.tags) return;
  const std::size_t count = instance.tags().size();
  last_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const TagStats tag = instance.tag_stats(static_cast<TagId>(i));
    const Values values{tag.last_frame_bytes, tag.pool_bytes, tag.heap_bytes};
    if (values == last_[i]) continue;
    last_[i] = values;
    const TraceArg bytes[] = {TraceArg::of("frame", values.frame),
                              TraceArg::of("pool", values.pool), TraceArg::of("heap", values.heap)};
    file_.add_counter(tag.tag.empty() ? "untagged" : "tag " + tag.tag, at_ns, bytes);
  }
}

// Under counting_.
void TraceWriter::write_device_counters(std::uint64_t at_ns) {
  std::string name;
  const auto has_changed = [this, &name](const Values& now) {
    const auto [at, fresh] = last_of_devices_.try_emplace(name, now);
    return fresh || std::exchange(at->second, now) != now;
  };
  const auto write_heap = [&](const DeviceHeapFigures& heap) {
    name.assign(heap.device).append(" heap ").append(std::to_string(heap.heap));
    // What is handed out is read apart from what is held, and may be ahead of it for a moment.
    const std::size_t idle = heap.reserved > heap.used ? heap.reserved - heap.used : 0;
    if (!has_changed({heap.used, idle, 0})) return;
    const TraceArg bytes[] = {TraceArg::of("used", heap.used), TraceArg::of("idle", idle)};
    file_.add_counter(name, at_ns, bytes);
  };
  const auto write_tag = [&](const DeviceTagFigures& tag) {
    if (!config_.tags) return;
    name.assign(tag.device);
    if (tag.tag.empty()) {
      name.append(" untagged");
    } else {
      name.append(" tag ").append(tag.tag);
    }
    if (!has_changed({tag.bytes, 0, 0})) return;
    const TraceArg bytes[] = {TraceArg::of("bytes", tag.bytes)};
    file_.add_counter(name, at_ns, bytes);
  };
  alloc_.visit_devices([&](const auto& figures) {
    if constexpr (std::same_as<decltype(figures), const DeviceHeapFigures&>) {
      write_heap(figures);
    } else if constexpr (std::same_as<decltype(figures), const DeviceTagFigures&>) {
      write_tag(figures);
    }
  });
}

void TraceWriter::write_mark(const FrameEvent& event) {
  introduce(event.thread_id);
  const TraceArg args[] = {
      TraceArg::of("tag", event.tag),   TraceArg::of("frame", event.frame_number),
      TraceArg::of("size", event.size), TraceArg::of("count", event.count),
      TraceArg::of("used", event.used), TraceArg::of("limit", event.limit),
      TraceArg::of("id", event.id),     TraceArg::of("name", event.name)};
  if (event.kind == FrameEventKind::HandlesCompacted) {
    return file_.add_bar(event.thread_id.value, "event", to_string(event.kind), event.began_ns,
                         event.timestamp_ns, args);
  }
  file_.add_mark(event.thread_id.value, "event", to_string(event.kind), event.timestamp_ns, args);
}

void TraceWriter::on_report(const Report& report) noexcept {
  const ThreadId thread = report.thread.value != 0 ? report.thread : os::current_thread_id();
  introduce(thread);
  const CodeInfo& info = code_info(report.code);
  const TraceArg args[] = {TraceArg::of("message", report.message),
                           TraceArg::of("meaning", info.meaning),
                           TraceArg::of("tag", report.tag),
                           TraceArg::of("frame", report.frame),
                           TraceArg::of("requested", report.requested),
                           TraceArg::of("available", report.available)};
  Text<64> name(info.id);
  name.append(" ").append(info.slug);
  file_.add_mark(thread.value, "report", name, os::now_ns(), args);
}

void TraceWriter::introduce(ThreadId thread, std::uint64_t track, std::string_view suffix) {
  std::atomic<std::uint64_t>& known = known_[track % kKnown];
  if (known.exchange(track, std::memory_order_relaxed) == track) return;
  file_.name_track(track, track_name(alloc_, thread).append(suffix));
}

}  // namespace framealloc
