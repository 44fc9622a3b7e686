// SPDX-License-Identifier: MIT OR Apache-2.0
// What fa insight is asked for.
#pragma once

#include "common/arguments.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fa_insight {

// An address of this machine that no other machine reaches.
struct Address {
  std::string host = "127.0.0.1";  // an address in numbers: no name is looked up
  int port = 0;                    // 0: a free one

  // Result: what stands in a URL: "127.0.0.1:80", "[::1]:80".
  [[nodiscard]] std::string text() const;
};

struct ParsedAddress {
  std::optional<Address> address;
  std::string complaint;  // what is wrong, when there is no address
};

// Effect: reads "HOST:PORT", "[::1]:PORT", "HOST" or "PORT". Hosts are 127.0.0.0/8, ::1 and
// localhost; every other is refused.
ParsedAddress parse_address(std::string_view text);

// Result: whether `host`, as a browser writes it into its request, names this machine: a page of
// another site that has its name point here must not be answered.
bool is_loopback_host(std::string_view host);

struct Options : fa_tools::CommonOptions {
  std::filesystem::path directory = "target/framealloc";  // as SnapshotConfig has it
  Address address;
  std::chrono::milliseconds interval{1000};  // between two requests for a snapshot
  std::filesystem::path once;                // not empty: write this page, serve nothing
};

Options parse_options(std::span<char* const> words);

// The text of --help.
std::string help_text();

}  // namespace fa_insight
