// SPDX-License-Identifier: MIT OR Apache-2.0
// The one unit that includes the HTTP library, which is large.
#include "server.hpp"

#include "page.hpp"

#include <httplib.h>

#include <algorithm>
#include <charconv>
#include <thread>

namespace fa_insight {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookAgain{20};
constexpr std::chrono::milliseconds kLongestWait{30'000};

// Result: the parameter as a number, 0 when it is none.
std::uint64_t number(const httplib::Request& request, const char* name) {
  const std::string text = request.get_param_value(name);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

void refuse(httplib::Response& response, const char* why) {
  response.status = 403;
  response.set_content(std::string(why) + "\n", "text/plain");
}

}  // namespace

Server::Server(SnapshotStore& store, std::chrono::milliseconds interval)
    : store_(store), interval_(interval), http_(std::make_unique<httplib::Server>()) {
  // A browser that waits holds a thread; a few pages may wait at a time.
  http_->new_task_queue = [] { return new httplib::ThreadPool(16); };
  http_->set_keep_alive_max_count(1000);
  http_->set_keep_alive_timeout(1);  // seconds; stop() waits for connections that idle
  http_->set_tcp_nodelay(true);
  // The library's own options would let two servers have one port.
  http_->set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  http_->set_default_headers({{"Cache-Control", "no-store"},
                              {"X-Content-Type-Options", "nosniff"},
                              {"Referrer-Policy", "no-referrer"},
                              {"X-Frame-Options", "DENY"}});
  // A site elsewhere can make a browser here send requests; it must neither read nor cause
  // anything.
  http_->set_pre_routing_handler([](const httplib::Request& request, httplib::Response& response) {
    using Answer = httplib::Server::HandlerResponse;
    if (!is_loopback_host(request.get_header_value("Host"))) {
      refuse(response, "fa insight answers to 127.0.0.1, [::1] and localhost only");
      return Answer::Handled;
    }
    if (request.get_header_value("Sec-Fetch-Site") == "cross-site" && request.path != "/") {
      refuse(response, "fa insight answers its own page only");
      return Answer::Handled;
    }
    return Answer::Unhandled;
  });
  http_->Get(
      "/", [this](const httplib::Request&, httplib::Response& response) { answer_page(response); });
  http_->Get("/api/snapshots",
             [this](const httplib::Request& request, httplib::Response& response) {
               answer_snapshots(request, response);
             });
}

Server::~Server() = default;

bool Server::bind(const Address& address) {
  address_ = address;
  if (address.port != 0) return http_->bind_to_port(address.host.c_str(), address.port);
  address_.port = http_->bind_to_any_port(address.host.c_str());
  return address_.port > 0;
}

bool Server::run() {
  if (stopping_) return true;
  // The library forgets a stop() that comes before it listens, so one thread sees to it.
  std::jthread watch([this](const std::stop_token& ended) {
    while (!ended.stop_requested()) {
      if (stopping_ && http_->is_running()) http_->stop();
      std::this_thread::sleep_for(kLookAgain);
    }
  });
  return http_->listen_after_bind() || stopping_;
}

void Server::stop() { stopping_ = true; }

void Server::answer_page(httplib::Response& response) const {
  PageData data;
  data.live = true;
  data.interval = interval_;
  data.directory = store_.directory().string();
  store_.scan();
  data.snapshots = store_.json_since(0);
  response.set_content(make_page(data), "text/html; charset=utf-8");
}

void Server::ask() {
  const Clock::rep now = Clock::now().time_since_epoch().count();
  Clock::rep before = asked_.load();
  const Clock::rep interval = Clock::duration(interval_).count();
  if (before != 0 && now - before < interval) return;
  if (asked_.compare_exchange_strong(before, now)) store_.request();
}

void Server::answer_snapshots(const httplib::Request& request, httplib::Response& response) {
  const std::uint64_t since = number(request, "since");
  const auto wait =
      std::min(kLongestWait,
               std::chrono::milliseconds(std::min<std::uint64_t>(
                   number(request, "wait"), static_cast<std::uint64_t>(kLongestWait.count()))));
  const Clock::time_point deadline = Clock::now() + wait;
  for (;;) {
    if (request.get_param_value("ask") == "1") ask();
    if (store_.scan() > since || stopping_ || Clock::now() >= deadline) break;
    std::this_thread::sleep_for(kLookAgain);
  }
  response.set_content(store_.json_since(since), "application/json");
}

}  // namespace fa_insight
