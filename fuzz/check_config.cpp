// SPDX-License-Identifier: MIT OR Apache-2.0
// The reader of .fa.toml.
#include "report/config.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  fa_check::Config config;
  const std::string complaint = fa_check::read_config_text(text, "/project/.fa.toml", config);
  // What is wrong is told with its place.
  if (!complaint.empty() && !complaint.starts_with("/project/.fa.toml:")) std::abort();
  // What is taken lies within its bounds, whatever the text says.
  const fa_check::Settings& settings = config.settings;
  if (settings.frames_in_flight > 4 || settings.max_states == 0 || settings.max_depth == 0 ||
      settings.root != "/project")
    std::abort();
  return 0;
}
