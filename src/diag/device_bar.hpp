// SPDX-License-Identifier: MIT OR Apache-2.0
// One block in a picture of a device's memory, and the words of the picture.
#pragma once

#include <framealloc/device_map.hpp>

#include "diag/device_colors.hpp"
#include "diag/svg_text.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace framealloc::detail {

// Effect: draws the block into the box, to scale, and what is known of it above the box as far as
// there is room.
void draw_device_bar(SvgText& svg, const DeviceColors& colors, const DeviceBlock& block,
                     const SvgBox& box);
// Result: the class of such a block's outline.
[[nodiscard]] std::string_view outline_of(DeviceBlockKind kind) noexcept;

// Result: its path, "(untagged)".
[[nodiscard]] std::string name_of_tag(std::string_view path);
// Result: "1 block", "3 blocks".
[[nodiscard]] std::string counted(std::size_t count, std::string_view noun);
// Effect: appends a part, with a dot between it and what was there before; "" is none.
void append_part(std::string& text, std::string_view part);

}  // namespace framealloc::detail
