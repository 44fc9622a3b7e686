// SPDX-License-Identifier: MIT OR Apache-2.0
// Serves the page and the snapshots to this machine.
#pragma once

#include "options.hpp"
#include "snapshot_store.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

namespace httplib {
class Server;
struct Request;
struct Response;
}  // namespace httplib

namespace fa_insight {

// GET /                  the page
// GET /api/snapshots     the snapshots after `since` (0 unless given), as
// SnapshotStore::json_since().
//                        `wait` (milliseconds, 30000 at most): answers when there is one, or then.
//                        `ask=1`: asks the game for one, at most once in an interval.
class Server {
 public:
  Server(SnapshotStore& store, std::chrono::milliseconds interval);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Effect: takes the address. Result: false when it cannot be had; else address() has the port.
  [[nodiscard]] bool bind(const Address& address);
  [[nodiscard]] const Address& address() const noexcept { return address_; }
  // Effect: serves until stop(). Requirement: bind() was true. Result: false when listening failed.
  [[nodiscard]] bool run();
  // Effect: run() returns soon, also one that begins only now. Any thread, not a signal handler.
  void stop();

 private:
  void answer_page(httplib::Response& response) const;
  void answer_snapshots(const httplib::Request& request, httplib::Response& response);
  void ask();

  SnapshotStore& store_;
  const std::chrono::milliseconds interval_;
  std::unique_ptr<httplib::Server> http_;
  Address address_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::chrono::steady_clock::rep> asked_{0};
};

}  // namespace fa_insight
