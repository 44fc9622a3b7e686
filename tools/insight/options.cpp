// SPDX-License-Identifier: MIT OR Apache-2.0
#include "options.hpp"

#include <arpa/inet.h>

#include <charconv>

namespace fa_insight {
namespace {

constexpr int kLargestPort = 65535;
constexpr int kShortestInterval = 50;
constexpr int kLongestInterval = 60'000;

std::optional<int> number(std::string_view text, int least, int most) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value < least || value > most) return std::nullopt;
  return value;
}

// Result: the host in numbers when it is one of this machine only, else "".
std::string loopback(std::string_view host) {
  const std::string text(host);
  if (text.empty() || text == "localhost") return "127.0.0.1";
  in6_addr six{};
  if (inet_pton(AF_INET6, text.c_str(), &six) == 1) return IN6_IS_ADDR_LOOPBACK(&six) ? "::1" : "";
  in_addr four{};
  if (inet_pton(AF_INET, text.c_str(), &four) != 1) return {};
  return (ntohl(four.s_addr) >> 24U) == 127U ? text : "";
}

struct Parts {
  std::string_view host;
  std::string_view port;
  bool has_port = false;
};

// "[::1]:80", "::1", "127.0.0.1:80", "localhost". Only brackets make a port behind an IPv6 address.
Parts split(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return {text, {}, false};
    const std::string_view rest = text.substr(end + 1);
    const bool has_port = rest.starts_with(':');
    if (!rest.empty() && !has_port) return {text, {}, false};
    return {text.substr(1, end - 1), has_port ? rest.substr(1) : rest, has_port};
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos) {
    return {text, {}, false};
  }
  return {text.substr(0, colon), text.substr(colon + 1), true};
}

}  // namespace

std::string Address::text() const {
  const bool six = host.find(':') != std::string::npos;
  return (six ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

ParsedAddress parse_address(std::string_view text) {
  if (text.empty()) return {{}, "is empty; expected HOST:PORT, for example 127.0.0.1:7070"};
  Parts parts = split(text);
  if (!parts.has_port && number(text, 0, kLargestPort)) parts = {"localhost", text, true};
  Address address;
  address.host = loopback(parts.host);
  if (address.host.empty()) {
    return {{},
            "'" + std::string(text) +
                "' is no address of this machine alone: snapshots say what a program holds, so "
                "they are shown to nobody else; expected 127.0.0.1:PORT, [::1]:PORT or "
                "localhost:PORT (for another machine, forward the port with ssh -L)"};
  }
  if (parts.has_port) {
    const std::optional<int> port = number(parts.port, 0, kLargestPort);
    if (!port) {
      return {{},
              "'" + std::string(text) +
                  "' has no valid port; expected a number from 0 (a free one) to 65535"};
    }
    address.port = *port;
  }
  return {address, {}};
}

bool is_loopback_host(std::string_view host) {
  return !host.empty() && !loopback(split(host).host).empty();
}

Options parse_options(std::span<char* const> words) {
  Options options;
  const char* live = nullptr;  // an option that only serving has
  int interval = static_cast<int>(options.interval.count());
  fa_tools::Arguments arguments(words, options);
  while (arguments.next()) {
    if (arguments.is("--serve")) {
      live = "--serve";
      const ParsedAddress parsed = parse_address(arguments.text("HOST:PORT").value_or(""));
      if (parsed.address) {
        options.address = *parsed.address;
      } else {
        arguments.complain("--serve " + parsed.complaint);
      }
    } else if (arguments.is("--interval")) {
      live = "--interval";
      arguments.number(interval, kShortestInterval, kLongestInterval);
    } else if (arguments.is("--once")) {
      options.once = arguments.text("the name of the page to write").value_or("");
    } else if (arguments.is("--directory")) {
      options.directory = arguments.text("a directory").value_or("");
    } else {
      arguments.refuse();
    }
  }
  options.interval = std::chrono::milliseconds(interval);
  if (options.wants_run() && !options.once.empty() && live != nullptr) {
    options.complaint = std::string("--once and ") + live +
                        ": the page is written once and nothing is served; leave one away";
  }
  return options;
}

std::string help_text() {
  return "fa insight [--directory DIR] [--serve HOST:PORT] [--interval MS]\n"
         "fa insight [--directory DIR] --once FILE.html\n"
         "\n"
         "Shows what a running game holds, from the snapshots that it writes: a page for the\n"
         "browser, served to this machine alone, or one file to pass on. The game needs a\n"
         "SnapshotEmitter; `fa demo --snapshots DIR` has one.\n"
         "\n"
         "  --directory DIR    where the game writes snapshots (default target/framealloc)\n"
         "  --serve HOST:PORT  where to serve the page (default 127.0.0.1:0; port 0 is a free\n"
         "                     one); 127.0.0.0/8, [::1] and localhost only\n"
         "  --interval MS      least time between two snapshots that are asked for, 50 to 60000\n"
         "                     (default 1000); nothing is asked for while no page is open\n"
         "  --once FILE.html   write the page with the snapshots that are there, and end\n"
         "  -h, --help         this text\n"
         "  --version          the version\n"
         "\n"
         "Ctrl-C ends it.\n"
         "\n"
         "Exit codes: 0 done; 2 wrong arguments; 3 the page could not be written; 4 the directory\n"
         "            cannot be read, or has no snapshot for --once; 5 the address cannot be\n"
         "            listened on.\n";
}

}  // namespace fa_insight
