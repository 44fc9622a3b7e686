// SPDX-License-Identifier: MIT OR Apache-2.0
#include "page.hpp"

#include <framealloc/codes.hpp>

#include <nlohmann/json.hpp>

namespace fa_insight {
namespace {

constexpr std::string_view kPlace = "@FRAMEALLOC_DATA@";

// What the codes mean, so that the page explains them without asking anybody.
std::string codes() {
  nlohmann::json all = nlohmann::json::object();
  for (const framealloc::CodeInfo& row : framealloc::all_codes()) {
    all[std::string(row.id)] = {{"slug", row.slug},
                                {"severity", framealloc::to_string(row.severity)},
                                {"meaning", row.meaning},
                                {"help", row.help}};
  }
  return all.dump();
}

// In a script element only "<" can end the data or open a comment; JSON may write it as an escape,
// and has it in strings only.
std::string without_markup(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string make_page(const PageData& data) {
  const std::string directory =
      nlohmann::json(data.directory).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::string json = std::string("{\"live\":") + (data.live ? "true" : "false");
  json += ",\"interval_ms\":" + std::to_string(data.interval.count());
  json += ",\"directory\":" + directory + ",\"codes\":" + codes();
  json += ",\"first\":" + data.snapshots + "}";
  std::string page(page_template());
  const std::size_t at = page.find(kPlace);
  return page.replace(at, kPlace.size(), without_markup(json));
}

}  // namespace fa_insight
