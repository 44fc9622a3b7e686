// SPDX-License-Identifier: MIT OR Apache-2.0
// Pictures as Targa files with run lengths and a palette: small for what a user interface draws,
// without a library, and any viewer shows them.
#pragma once

#include "software_renderer.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace framealloc::imgui::test {

struct Picture {
  std::string note;  // at most 255 characters
  Image image;
};

namespace targa {

inline constexpr std::size_t kHeader = 18;
inline constexpr std::size_t kMostColors = 256;
inline constexpr std::size_t kLongestRun = 128;
using Bytes = std::vector<std::uint8_t>;

inline void put16(Bytes& into, std::size_t value) {
  into.push_back(static_cast<std::uint8_t>(value & 0xFF));
  into.push_back(static_cast<std::uint8_t>(value >> 8));
}
inline void put_pixels(Bytes& into, const Bytes& row) {
  const auto run_at = [&row](std::size_t at) {
    std::size_t end = at;
    while (end < row.size() && row[end] == row[at] && end - at < kLongestRun) ++end;
    return end - at;
  };
  for (std::size_t at = 0; at < row.size();) {
    std::size_t run = run_at(at);
    if (run >= 3) {
      into.push_back(static_cast<std::uint8_t>(0x80 | (run - 1)));
      into.push_back(row[at]);
      at += run;
      continue;
    }
    const std::size_t begin = at;
    while (at < row.size() && at - begin + run <= kLongestRun && run < 3) {
      at += run;
      run = at < row.size() ? run_at(at) : 0;
    }
    into.push_back(static_cast<std::uint8_t>(at - begin - 1));
    into.insert(into.end(), row.begin() + static_cast<std::ptrdiff_t>(begin),
                row.begin() + static_cast<std::ptrdiff_t>(at));
  }
}

}  // namespace targa

// Result: whether it was written; false, too, for a picture of more than 256 colors.
[[nodiscard]] inline bool write_targa(const std::string& path, std::string_view note,
                                      const Image& image) {
  std::vector<Pixel> palette;
  std::vector<targa::Bytes> rows(static_cast<std::size_t>(image.height()));
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const auto found = std::find(palette.begin(), palette.end(), image.at(x, y));
      rows[static_cast<std::size_t>(y)].push_back(
          static_cast<std::uint8_t>(found - palette.begin()));
      if (found == palette.end()) palette.push_back(image.at(x, y));
    }
  }
  if (palette.size() > targa::kMostColors || note.size() > 255) return false;
  targa::Bytes bytes = {static_cast<std::uint8_t>(note.size()), 1, 9, 0, 0};
  targa::put16(bytes, palette.size());
  bytes.push_back(24);
  bytes.insert(bytes.end(), 4, 0);  // origin
  targa::put16(bytes, static_cast<std::size_t>(image.width()));
  targa::put16(bytes, static_cast<std::size_t>(image.height()));
  bytes.push_back(8);
  bytes.push_back(0x20);  // the first row is the upper one
  bytes.insert(bytes.end(), note.begin(), note.end());
  for (const Pixel& p : palette) bytes.insert(bytes.end(), {p.b, p.g, p.r});
  for (const targa::Bytes& row : rows) targa::put_pixels(bytes, row);
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  return file.flush().good();
}

// Result: what write_targa() wrote; nothing when the file is missing or not of that kind.
[[nodiscard]] inline std::optional<Picture> read_targa(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto byte = [&text](std::size_t at) {
    return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
  };
  if (text.size() < targa::kHeader || byte(1) != 1 || byte(2) != 9) return std::nullopt;
  const std::size_t colors = byte(5) + byte(6) * std::size_t{256};
  Picture picture{text.substr(targa::kHeader, byte(0)),
                  Image(byte(12) + byte(13) * 256, byte(14) + byte(15) * 256)};
  const std::size_t palette = targa::kHeader + byte(0);
  std::size_t at = palette + 3 * colors;
  const int count = picture.image.width() * picture.image.height();
  for (int i = 0; i < count;) {
    if (at >= text.size()) return std::nullopt;
    const std::uint8_t packet = byte(at++);
    const bool run = (packet & 0x80) != 0;
    const int length = (packet & 0x7F) + 1;
    if (i + length > count) return std::nullopt;
    for (int n = 0; n < length; ++n, ++i) {
      const std::size_t color = palette + 3 * std::size_t{byte(at)};
      picture.image.at(i % picture.image.width(), i / picture.image.width()) = {
          byte(color + 2), byte(color + 1), byte(color)};
      if (!run) ++at;
    }
    if (run) ++at;
  }
  return picture;
}

}  // namespace framealloc::imgui::test
