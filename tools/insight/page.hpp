// SPDX-License-Identifier: MIT OR Apache-2.0
// The page: its text from the folder page, with the data that it begins with.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace fa_insight {

// Made from that folder when the program is built.
std::string_view page_template();

struct PageData {
  bool live = false;  // the page asks for more
  std::chrono::milliseconds interval{1000};
  std::string directory;
  std::string snapshots;  // as SnapshotStore::json_since() gives them
};

// Result: the whole page. Nothing in it names another place. The data stand where no browser takes
// them for markup or script.
std::string make_page(const PageData& data);

}  // namespace fa_insight
