// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/build_config.hpp>

#include <cstdio>
#include <cstdlib>

namespace framealloc {

BuildConfig library_build_config() noexcept { return header_build_config(); }

std::string_view build_config_difference(const BuildConfig& header,
                                         const BuildConfig& library) noexcept {
  if (header.version != library.version) return "version";
  if (header.check_level != library.check_level) return "FRAMEALLOC_CHECK_LEVEL";
  if (header.thread_sanitizer != library.thread_sanitizer) return "thread sanitizer";
  if (header.pointer_bytes != library.pointer_bytes) return "pointer size";
  return {};
}

namespace detail {

void require_matching_build(const BuildConfig& header) noexcept {
  const BuildConfig library = library_build_config();
  const std::string_view difference = build_config_difference(header, library);
  if (difference.empty()) return;
  const auto print = [](const char* who, const BuildConfig& config) {
    std::fprintf(stderr,
                 "  %s: version %u.%u.%u, FRAMEALLOC_CHECK_LEVEL %d, thread sanitizer %s, "
                 "pointer size %d\n",
                 who, static_cast<unsigned>(config.version / 10000),
                 static_cast<unsigned>(config.version / 100 % 100),
                 static_cast<unsigned>(config.version % 100), config.check_level,
                 config.thread_sanitizer != 0 ? "on" : "off", config.pointer_bytes);
  };
  std::fprintf(stderr,
               "[framealloc] header and library were compiled with different switches: %.*s\n",
               static_cast<int>(difference.size()), difference.data());
  print("header ", header);
  print("library", library);
  std::fputs("  help: compile this program with the flags of the framealloc::framealloc target\n",
             stderr);
  std::abort();
}

}  // namespace detail
}  // namespace framealloc
