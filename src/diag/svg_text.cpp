// SPDX-License-Identifier: MIT OR Apache-2.0
#include "diag/svg_text.hpp"

#include "diag/utf8.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace framealloc::detail {

namespace {

constexpr std::string_view kUnknown = "\xef\xbf\xbd";   // U+FFFD
constexpr std::string_view kEllipsis = "\xe2\x80\xa6";  // U+2026

struct Character {
  std::string_view bytes;
  std::uint32_t point;
};

bool can_stand(std::uint32_t point) noexcept {
  if (point < 0x20U || (point >= 0x7FU && point < 0xA0U)) return false;
  if (point >= 0xFFFEU && point <= 0xFFFFU) return false;
  const bool direction = (point >= 0x200EU && point <= 0x200FU) || point == 0x061CU ||
                         (point >= 0x202AU && point <= 0x202EU) ||
                         (point >= 0x2066U && point <= 0x2069U);
  return !direction;
}

// Takes one character off the front; U+FFFD for what cannot stand in the document.
Character next_character(std::string_view& text) noexcept {
  const auto first = static_cast<unsigned char>(text[0]);
  std::size_t length = 1;
  std::uint32_t point = first;
  if (first >= 0x80U) {
    length = sequence_length(text);
    if (length == 0) {
      text.remove_prefix(1);
      return {kUnknown, 0xFFFDU};
    }
    point = first & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
      point = (point << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
    }
  }
  const std::string_view bytes = text.substr(0, length);
  text.remove_prefix(length);
  return can_stand(point) ? Character{bytes, point} : Character{kUnknown, 0xFFFDU};
}

double width_of(std::uint32_t point) noexcept {
  if (point >= 0x1100U) return 1.05;  // East Asian, symbols
  if (point >= 0x80U) return 0.7;
  constexpr std::string_view kNarrow = "ijltfrI.,:;'|!()[]{}- ";
  constexpr std::string_view kWide = "mwMW@%";
  const auto character = static_cast<char>(point);
  if (kNarrow.find(character) != std::string_view::npos) return 0.38;
  return kWide.find(character) != std::string_view::npos ? 0.95 : 0.64;
}

void append_number(std::string& out, double value) {
  if (!std::isfinite(value)) value = 0;
  // No locale has a say in these, as it would in printf()'s.
  const auto hundredths =
      static_cast<std::int64_t>(std::llround(std::clamp(value, -1e9, 1e9) * 100));
  if (hundredths < 0) out += '-';
  const std::int64_t magnitude = hundredths < 0 ? -hundredths : hundredths;
  out += std::to_string(magnitude / 100);
  const auto rest = static_cast<int>(magnitude % 100);
  if (rest == 0) return;
  out += '.';
  out += static_cast<char>('0' + rest / 10);
  if (rest % 10 != 0) out += static_cast<char>('0' + rest % 10);
}

}  // namespace

void append_xml_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const Character one = next_character(text);
    switch (one.point) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += one.bytes;
        break;
    }
  }
}

double text_width(std::string_view text, double font_size) {
  double ems = 0;
  while (!text.empty()) ems += width_of(next_character(text).point);
  return ems * font_size;
}

std::string text_that_fits(std::string_view text, double font_size, double room) {
  if (text_width(text, font_size) <= room) return std::string(text);
  std::string fitting;
  double left = room - font_size;  // for the ellipsis
  std::size_t characters = 0;
  while (!text.empty()) {
    const Character one = next_character(text);
    left -= width_of(one.point) * font_size;
    if (left < 0) break;
    fitting += one.bytes;
    ++characters;
  }
  if (characters < 3) return {};
  return fitting.append(kEllipsis);
}

std::string readable_bytes(std::uint64_t bytes) {
  constexpr std::string_view kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  std::uint64_t whole = bytes;
  std::uint64_t tenths = 0;
  while (whole >= 1024) {
    tenths = (whole % 1024) * 10 / 1024;
    whole /= 1024;
    ++unit;
  }
  std::string text = std::to_string(whole);
  if (unit != 0 && tenths != 0 && whole < 100) text.append(".").append(std::to_string(tenths));
  return text.append(" ").append(kUnits[unit]);
}

void SvgText::attribute(std::string_view name, double value) {
  body_.append(" ").append(name).append("=\"");
  append_number(body_, value);
  body_ += '"';
}

void SvgText::open(std::string_view element, std::string_view style) {
  body_.append("<").append(element).append(" class=\"").append(style).append("\"");
}

void SvgText::rectangle(std::string_view style, const SvgBox& box, std::string_view hint) {
  open("rect", style);
  attribute("x", box.x);
  attribute("y", box.y);
  attribute("width", std::max(box.width, 0.0));
  attribute("height", std::max(box.height, 0.0));
  if (hint.empty()) {
    body_ += "/>\n";
    return;
  }
  body_ += "><title>";
  append_xml_escaped(body_, hint);
  body_ += "</title></rect>\n";
}

void SvgText::line(std::string_view style, double x1, double y1, double x2, double y2) {
  open("line", style);
  attribute("x1", x1);
  attribute("y1", y1);
  attribute("x2", x2);
  attribute("y2", y2);
  body_ += "/>\n";
}

void SvgText::text(std::string_view style, double x, double y, std::string_view text, bool at_end) {
  if (text.empty()) return;
  open("text", style);
  attribute("x", x);
  attribute("y", y);
  if (at_end) body_ += " text-anchor=\"end\"";
  body_ += '>';
  append_xml_escaped(body_, text);
  body_ += "</text>\n";
}

std::string SvgText::take(double width, double height, std::string_view title,
                          std::string_view head) {
  std::string size;
  append_number(size, width);
  size += "\" height=\"";
  append_number(size, height);
  std::string document = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"";
  document.append(size).append("\" viewBox=\"0 0 ");
  append_number(document, width);
  document += ' ';
  append_number(document, height);
  document += "\" role=\"img\">\n<title>";
  append_xml_escaped(document, title);
  document.append("</title>\n").append(head).append(body_).append("</svg>\n");
  body_.clear();
  return document;
}

}  // namespace framealloc::detail
