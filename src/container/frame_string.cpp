// SPDX-License-Identifier: MIT OR Apache-2.0
// What changes a string beyond one character: here, and not in the header, which every unit that formats
// a name would compile it for.
#include <framealloc/frame_string.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace framealloc {

FrameString::FrameString(FrameArena& arena, std::size_t capacity, Here here) noexcept
    : chars_(arena) {
  (void)reserve(capacity, here);
}

bool FrameString::make_room(std::size_t more, Here here) noexcept {
  return chars_.make_room(more, here);
}

std::size_t FrameString::find(std::string_view text, std::size_t from) const noexcept {
  return view().find(text, from);
}

std::size_t FrameString::find(char c, std::size_t from) const noexcept {
  return view().find(c, from);
}

std::size_t FrameString::rfind(std::string_view text, std::size_t from) const noexcept {
  return view().rfind(text, from);
}

std::size_t FrameString::rfind(char c, std::size_t from) const noexcept {
  return view().rfind(c, from);
}

std::size_t FrameString::find_first_of(std::string_view set, std::size_t from) const noexcept {
  return view().find_first_of(set, from);
}

std::size_t FrameString::find_last_of(std::string_view set, std::size_t from) const noexcept {
  return view().find_last_of(set, from);
}

int FrameString::compare(std::string_view text) const noexcept { return view().compare(text); }

bool FrameString::append_growing(std::string_view text, Here here) noexcept {
  if (text.empty()) return true;
  // Outgrown memory stays as it was until the frame ends, so `text` may stand in it.
  return chars_.make_room(text.size() + 1, here) && append_fitting(text);
}

bool FrameString::append(std::size_t count, char c, Here here) noexcept {
  if (count > kMaxRequest || !chars_.make_room(count + 1, here)) return false;
  return chars_.resize(size() + count, c, here) && close();
}

bool FrameString::assign(std::size_t count, char c, Here here) noexcept {
  if (count > kMaxRequest || !reserve(count, here)) return false;
  chars_.clear();
  return append(count, c, here);
}

bool FrameString::insert(std::size_t at, std::size_t count, char c, Here here) noexcept {
  at = std::min(at, size());
  const std::size_t before = size();
  if (!append(count, c, here)) return false;
  std::rotate(begin() + at, begin() + before, end());
  return true;
}

FrameString& FrameString::erase(std::size_t from, std::size_t count) noexcept {
  from = std::min(from, size());
  (void)replace(from, count, {});  // needs no memory
  return *this;
}

bool FrameString::replace(std::size_t from, std::size_t count, std::string_view text,
                          Here here) noexcept {
  const std::size_t before = size();
  from = std::min(from, before);
  count = std::min(count, before - from);
  if (chars_.capacity() == 0 && text.empty()) return true;
  // Outgrown memory stays as it was until the frame ends, so `text` may have stood in it; in grown
  // or kept memory the new characters are first appended and then turned into place.
  if (!chars_.make_room(text.size() + 1, here)) return false;
  (void)chars_.append_range(text, here);
  std::rotate(begin() + from, begin() + before, end());
  if (count != 0) {
    const auto cut = begin() + from + text.size();
    (void)chars_.erase(cut, cut + count);
  }
  return close();
}

bool FrameString::resize(std::size_t count, char c, Here here) noexcept {
  if (count > size()) return append(count - size(), c, here);
  if (chars_.capacity() == 0) return true;
  (void)chars_.resize(count);
  return close();
}

bool FrameString::reserve(std::size_t capacity, Here here) noexcept {
  if (capacity <= this->capacity()) return true;
  if (!chars_.reserve(capacity == SIZE_MAX ? capacity : capacity + 1, here)) return false;
  return close();
}

void FrameString::shrink_to_fit() noexcept {
  if (chars_.capacity() == 0 || chars_.remaining() < 2) return;
  // The NUL takes part, or the memory that holds it would be given back.
  (void)chars_.push_back('\0');
  chars_.shrink_to_fit();
  chars_.pop_back();
}

std::optional<FrameString> FrameString::clone(Here here) const noexcept {
  FrameString copy(arena());
  if (!copy.append(view(), here)) return std::nullopt;
  return copy;
}

}  // namespace framealloc
