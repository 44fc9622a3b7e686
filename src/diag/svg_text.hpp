// SPDX-License-Identifier: MIT OR Apache-2.0
// An SVG document, written element by element.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace framealloc::detail {

// Effect: appends foreign text so that it can stand in XML, in an element or an attribute. What XML
// cannot hold, and marks of text direction, which would turn the text around it, become U+FFFD.
void append_xml_escaped(std::string& out, std::string_view text);

// Result: pixels that `text` takes, at the most, in a sans-serif font of that size.
[[nodiscard]] double text_width(std::string_view text, double font_size);
// Result: `text` as far as it fits into `room` pixels, with "…" where it is cut; "" when not even
// three characters of it fit.
[[nodiscard]] std::string text_that_fits(std::string_view text, double font_size, double room);

// Result: "1.5 MiB", "640 B".
[[nodiscard]] std::string readable_bytes(std::uint64_t bytes);

struct SvgBox {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

// Names of classes and raw elements are the library's own, and written as they are; texts are
// foreign, and escaped. Coordinates are rounded to hundredths of a pixel.
class SvgText {
 public:
  // `hint` is shown when the pointer rests on it; "" is none.
  void rectangle(std::string_view style, const SvgBox& box, std::string_view hint = {});
  void line(std::string_view style, double x1, double y1, double x2, double y2);
  // `x` and `y` are where the text begins, on its base line; or ends, with `at_end`.
  void text(std::string_view style, double x, double y, std::string_view text, bool at_end = false);

  // Result: the document around what was drawn. `head` is raw, and comes first.
  [[nodiscard]] std::string take(double width, double height, std::string_view title,
                                 std::string_view head);

 private:
  void attribute(std::string_view name, double value);
  void open(std::string_view element, std::string_view style);

  std::string body_;
};

}  // namespace framealloc::detail
