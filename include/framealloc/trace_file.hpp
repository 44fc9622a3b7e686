// SPDX-License-Identifier: MIT OR Apache-2.0
// A file in the Trace Event format, which chrome://tracing, Perfetto and others show.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/sync/mutex.hpp>
#include <framealloc/result.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace framealloc {

/// One entry of an event's "args": a number, or a text of which 256 bytes are kept.
struct TraceArg {
  std::string_view key;
  std::uint64_t number = 0;
  std::string_view text = {};
  bool is_text = false;

  [[nodiscard]] static TraceArg of(std::string_view key, std::uint64_t number) noexcept {
    return {key, number};
  }
  [[nodiscard]] static TraceArg of(std::string_view key, std::string_view text) noexcept {
    return {key, 0, text, true};
  }
};
using TraceArgs = std::span<const TraceArg>;

/// Events are written as they come, through a buffer that does not grow: memory is bounded however
/// long the trace. While the file is open it lacks its last bracket, which readers of the format
/// forgive; after close() it is valid JSON. Times are nanoseconds of one clock, tracks are numbers
/// of your choice. Thread contract: any thread, except open() and close(): one thread, while no
/// other uses the file. What is added to a file that is not open is dropped.
class FRAMEALLOC_API TraceFile {
 public:
  static constexpr std::size_t kDefaultBuffer = std::size_t{64} << 10;

  TraceFile() = default;
  ~TraceFile() { (void)close(); }
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;

  /// Effect: begins a new file. `max_bytes`: what would make it longer is dropped; 0 = no limit.
  /// Result: FA010 when the file cannot be written there.
  Result<void> open(const std::filesystem::path& path, std::size_t buffer_bytes = kDefaultBuffer,
                    std::uint64_t max_bytes = 0);
  /// Effect: writes what is buffered and the end. Result: FA013 when not everything could be
  /// written, now or before (the disk is full); the file is not whole then.
  Result<void> close();
  [[nodiscard]] bool is_open() const noexcept { return file_ != nullptr; }

  /// Effect: the names that viewers show. A later name of a track replaces the one before. Tracks
  /// with a lower place are shown further up.
  void name_process(std::string_view name);
  void name_track(std::uint64_t track, std::string_view name);
  void place_track(std::uint64_t track, std::int64_t place);
  /// Effect: a bar on a track. Requirement: bars of one track nest, or lie beside each other.
  void add_bar(std::uint64_t track, std::string_view category, std::string_view name,
               std::uint64_t begin_ns, std::uint64_t end_ns, TraceArgs args = {});
  /// Effect: a mark on a track.
  void add_mark(std::uint64_t track, std::string_view category, std::string_view name,
                std::uint64_t at_ns, TraceArgs args = {});
  /// Effect: new values of a counter, each of which is a line of its graph.
  void add_counter(std::string_view name, std::uint64_t at_ns, TraceArgs values);

  [[nodiscard]] std::uint64_t written() const;  ///< events
  [[nodiscard]] std::uint64_t dropped() const;  ///< for want of space; or since writing failed

 private:
  class Event;
  void write(Event& event);
  void flush();
  void fail();

  mutable detail::Mutex mutex_;
  std::FILE* file_ = nullptr;
  std::string buffer_;
  std::size_t buffer_bytes_ = 0;
  std::uint64_t max_bytes_ = 0;
  std::uint64_t bytes_ = 0;  // of the file, with what is buffered
  std::uint64_t events_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t process_ = 0;
  int error_ = 0;  // errno of the first write that failed
  Text<160> path_;
};

}  // namespace framealloc
