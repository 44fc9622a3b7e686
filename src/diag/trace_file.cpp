// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/trace_file.hpp>

#include "diag/json_text.hpp"
#include "os/process.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <mutex>

namespace framealloc {

namespace {

constexpr std::size_t kMostText = 256;
constexpr std::size_t kUsualText = 512;
// More than the longest event, so that the buffer does not grow.
constexpr std::size_t kEventRoom = std::size_t{16} << 10;
constexpr std::size_t kLeastBuffer = kEventRoom;
constexpr std::string_view kBegin = "[";
constexpr std::string_view kEnd = "\n]\n";

void append_number(std::string& out, std::uint64_t number) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

// Microseconds, to the nanosecond.
void append_time(std::string& out, std::uint64_t ns) {
  append_number(out, ns / 1000);
  const auto rest = static_cast<unsigned>(ns % 1000);
  const char fraction[] = {'.', static_cast<char>('0' + rest / 100),
                           static_cast<char>('0' + rest / 10 % 10),
                           static_cast<char>('0' + rest % 10)};
  out.append(fraction, sizeof fraction);
}

// Cut between two characters of UTF-8.
std::string_view cut(std::string_view text) noexcept {
  if (text.size() <= kMostText) return text;
  std::size_t end = kMostText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

}  // namespace

// Built aside, so that the lock is held for copying it only. No thread-local text: one with a
// destructor would keep a plugin from being unloaded as long as the thread lives.
class TraceFile::Event {
 public:
  Event(char phase, std::uint64_t process, std::uint64_t track, std::string_view name) {
    text_.reserve(kUsualText);
    text_ += "\n{\"ph\":\"";
    text_ += phase;
    text_ += "\",\"name\":";
    append_json_quoted(text_, cut(name));
    text_ += ",\"pid\":";
    append_number(text_, process);
    text_ += ",\"tid\":";
    append_number(text_, track);
  }
  Event& category(std::string_view name) {
    text_ += ",\"cat\":";
    append_json_quoted(text_, cut(name));
    return *this;
  }
  Event& time(std::string_view key, std::uint64_t ns) {
    text_.append(",\"").append(key).append("\":");
    append_time(text_, ns);
    return *this;
  }
  Event& raw(std::string_view json) {
    text_ += json;
    return *this;
  }
  Event& args(TraceArgs all) {
    text_ += ",\"args\":{";
    bool first = true;
    for (const TraceArg& arg : all) {
      if (!first) text_ += ',';
      first = false;
      append_json_quoted(text_, cut(arg.key));
      text_ += ':';
      if (arg.is_text) {
        append_json_quoted(text_, cut(arg.text));
      } else {
        append_number(text_, arg.number);
      }
    }
    text_ += '}';
    return *this;
  }
  [[nodiscard]] std::string_view text() {
    if (!complete_) text_ += '}';
    complete_ = true;
    return text_;
  }

 private:
  std::string text_;
  bool complete_ = false;
};

Result<void> TraceFile::open(const std::filesystem::path& path, std::size_t buffer_bytes,
                             std::uint64_t max_bytes) {
  (void)close();
  file_ = std::fopen(path.c_str(), "wb");
  path_ = std::string_view(path.native());
  if (file_ == nullptr) {
    Error error{Code::FA010, std::strerror(errno)};
    error.message.append(": the trace cannot be written to ").append(path.native());
    return error;
  }
  std::setvbuf(file_, nullptr, _IONBF, 0);  // the buffer is ours
  buffer_bytes_ = std::max(buffer_bytes, kLeastBuffer);
  buffer_.clear();
  buffer_.reserve(buffer_bytes_ + kEventRoom);
  buffer_ += kBegin;
  max_bytes_ = max_bytes;
  bytes_ = kBegin.size();
  events_ = dropped_ = 0;
  error_ = 0;
  process_ = os::process_id();
  return {};
}

Result<void> TraceFile::close() {
  if (file_ == nullptr) return {};
  buffer_ += kEnd;
  flush();
  if (std::fclose(file_) != 0) fail();
  file_ = nullptr;
  buffer_ = std::string();
  if (error_ == 0) return {};
  Error error{Code::FA013, std::strerror(error_)};
  error.message.append(": events are missing at the end of the trace ").append(path_.view());
  return error;
}

void TraceFile::fail() {
  if (error_ == 0) error_ = errno == 0 ? EIO : errno;
}

void TraceFile::flush() {
  errno = 0;
  if (error_ == 0 && std::fwrite(buffer_.data(), 1, buffer_.size(), file_) != buffer_.size()) {
    fail();
  }
  buffer_.clear();
}

void TraceFile::write(Event& event) {
  const std::string_view text = event.text();
  const std::lock_guard guard(mutex_);
  if (file_ == nullptr) return;
  const std::uint64_t after = bytes_ + text.size() + 1;
  if (error_ != 0 || (max_bytes_ != 0 && after + kEnd.size() > max_bytes_)) {
    ++dropped_;
    return;
  }
  if (events_++ != 0) buffer_ += ',';
  buffer_ += text;
  bytes_ = after;
  if (buffer_.size() >= buffer_bytes_) flush();
}

void TraceFile::name_process(std::string_view name) {
  const TraceArg arg = TraceArg::of("name", name);
  Event event('M', process_, 0, "process_name");
  write(event.args({&arg, 1}));
}

void TraceFile::name_track(std::uint64_t track, std::string_view name) {
  const TraceArg arg = TraceArg::of("name", name);
  Event event('M', process_, track, "thread_name");
  write(event.args({&arg, 1}));
}

void TraceFile::place_track(std::uint64_t track, std::int64_t place) {
  Event event('M', process_, track, "thread_sort_index");
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, place).ptr;
  event.raw(",\"args\":{\"sort_index\":");
  write(event.raw({digits, static_cast<std::size_t>(end - digits)}).raw("}"));
}

void TraceFile::add_bar(std::uint64_t track, std::string_view category, std::string_view name,
                        std::uint64_t begin_ns, std::uint64_t end_ns, TraceArgs args) {
  Event event('X', process_, track, name);
  event.category(category).time("ts", begin_ns);
  write(event.time("dur", end_ns > begin_ns ? end_ns - begin_ns : 0).args(args));
}

void TraceFile::add_mark(std::uint64_t track, std::string_view category, std::string_view name,
                         std::uint64_t at_ns, TraceArgs args) {
  Event event('i', process_, track, name);
  write(event.category(category).time("ts", at_ns).raw(",\"s\":\"t\"").args(args));
}

void TraceFile::add_counter(std::string_view name, std::uint64_t at_ns, TraceArgs values) {
  Event event('C', process_, 0, name);
  write(event.time("ts", at_ns).args(values));
}

std::uint64_t TraceFile::written() const {
  const std::lock_guard guard(mutex_);
  return events_;
}

std::uint64_t TraceFile::dropped() const {
  const std::lock_guard guard(mutex_);
  return dropped_;
}

}  // namespace framealloc
