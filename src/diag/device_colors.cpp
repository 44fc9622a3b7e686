// SPDX-License-Identifier: MIT OR Apache-2.0
#include "diag/device_colors.hpp"

#include <algorithm>

namespace framealloc::detail {

DeviceColors::DeviceColors(const DeviceMap& map) {
  std::map<std::string_view, std::uint64_t> bytes;
  for (const DeviceBlock& block : map.blocks) {
    for (const DeviceRegion& region : block.regions) {
      if (region.state == DeviceRegionState::Used || region.state == DeviceRegionState::Retired) {
        bytes[region.tag] += region.size;
      }
    }
  }
  for (const auto& [tag, sum] : bytes) entries_.push_back({tag, sum});
  // No stable_sort(): its temporary buffer is deprecated in the standard library's own header.
  std::ranges::sort(entries_, [](const Entry& a, const Entry& b) {
    return a.bytes != b.bytes ? a.bytes > b.bytes : a.tag < b.tag;
  });
  for (std::size_t i = kColors; i < entries_.size(); ++i) {
    ++others_;
    bytes_of_others_ += entries_[i].bytes;
  }
  entries_.resize(std::min(entries_.size(), kColors));
  for (std::size_t i = 0; i < entries_.size(); ++i) colors_[entries_[i].tag] = i;
}

std::size_t DeviceColors::color_of(std::string_view tag) const {
  const auto found = colors_.find(tag);
  return found == colors_.end() ? kShared : found->second;
}

// Light colors, so that dark text can be read on each; neighbors differ in lightness too, for eyes
// that tell few hues apart.
std::string_view device_picture_style() noexcept {
  return R"svg(<style>
.fa-page { fill: #ffffff }
.fa-text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.fa-faint { font: 12px system-ui, sans-serif; fill: #59636e }
.fa-title { font: 600 20px system-ui, sans-serif; fill: #1f2328 }
.fa-heading { font: 600 14px system-ui, sans-serif; fill: #1f2328 }
.fa-small { font: 10px system-ui, sans-serif; fill: #59636e }
.fa-name { font: 10px system-ui, sans-serif; fill: #1f2328; pointer-events: none }
.fa-c0 { fill: #7db8ea } .fa-c1 { fill: #f6b26b } .fa-c2 { fill: #8ed1a0 } .fa-c3 { fill: #f29b9b }
.fa-c4 { fill: #bda5ea } .fa-c5 { fill: #f5dc79 } .fa-c6 { fill: #74cfc8 } .fa-c7 { fill: #d3a98b }
.fa-c8 { fill: #f3b0dc } .fa-c9 { fill: #bccf69 } .fa-c10 { fill: #9eb6d6 } .fa-c11 { fill: #e3c9a8 }
.fa-c12 { fill: #cdd2d9 } .fa-pad { fill: #8b939e } .fa-retired { opacity: .4 }
.fa-frame { fill: url(#fa-hatch-frame); pointer-events: none }
.fa-multi { fill: url(#fa-hatch-multi); pointer-events: none }
.fa-empty { fill: #ffffff } .fa-track { fill: #eceff3 } .fa-held { fill: #a9c8ec } .fa-used { fill: #3f7fc1 }
.fa-external { fill: url(#fa-hatch-external) }
.fa-block { fill: none; stroke: #59636e; stroke-width: 1; pointer-events: none }
.fa-ring { fill: none; stroke: #1f2328; stroke-width: 1.2; stroke-dasharray: 5 3; pointer-events: none }
.fa-dedicated { fill: none; stroke: #1f2328; stroke-width: 2; pointer-events: none }
.fa-line { stroke: #59636e; stroke-width: 1 } .fa-budget { stroke: #1f2328; stroke-width: 2 }
.fa-limit { stroke: #c0392b; stroke-width: 2; stroke-dasharray: 3 2 }
</style>
<defs>
<pattern id="fa-hatch-frame" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<path d="M0 0V6" stroke="#1f2328" stroke-opacity=".45" stroke-width="1.6"/></pattern>
<pattern id="fa-hatch-multi" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<path d="M0 0V6M0 0H6" stroke="#1f2328" stroke-opacity=".45" stroke-width="1.6"/></pattern>
<pattern id="fa-hatch-external" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
<rect width="5" height="5" fill="#d5dae1"/><path d="M0 0V5" stroke="#8b939e" stroke-width="2"/></pattern>
</defs>
)svg";
}

}  // namespace framealloc::detail
