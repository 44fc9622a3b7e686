// SPDX-License-Identifier: MIT OR Apache-2.0
// The reader of maps of a device's memory, and the picture that is made of what it reads.
#include "formats/device_map_reader.hpp"
#include "support/xml_check.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = fa_formats::parse_device_map(text, "input");
  if (!read) {
    require(read.complaint.starts_with("input:"));
    return 0;
  }
  // What was read is written so that it reads the same.
  const std::string written = read.value.to_json();
  const auto again = fa_formats::parse_device_map(written, "again");
  require(static_cast<bool>(again));
  require(again.value.to_json() == written);
  require(framealloc::testing::XmlCheck(read.value.to_svg()).fault().empty());
  return 0;
}
