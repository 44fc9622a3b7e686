// SPDX-License-Identifier: MIT OR Apache-2.0
// Objects of 64 bytes that one thread makes, writes and sends, and another receives, reads and
// ends, in order. The channel holds 1024; who finds it full or empty waits.
//
//   struct Peer { template <class Write> void send(Write); template <class Read> void
//   receive(Read);
//   };
// Each is called on a thread of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>

#include "../harness/both_threads.hpp"
#include "../harness/touch.hpp"

namespace bench {

inline constexpr std::size_t kChannelCapacity = 1024;

template <class Peer>
class ChannelWork {
 public:
  using Object = Block<64>;
  static constexpr std::size_t kOps = 8192;
  static constexpr std::size_t kObjects = kOps;

  [[gnu::noinline]] void here(std::size_t count, Ledger* ledger = nullptr) {
    for (std::size_t i = 0; i < count; ++i) {
      peer_.send([&](Object& made) {
        made.words[0] = i;
        escape(&made);
        if (ledger == nullptr) return;
        const std::lock_guard guard(lock_);
        ledger->made(&made, sizeof made, alignof(Object), i);
      });
    }
  }
  [[gnu::noinline]] void there(std::size_t count, Ledger* ledger = nullptr) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
      peer_.receive([&](Object& received) {
        sum += received.words[0];
        if (ledger == nullptr) return;
        const std::lock_guard guard(lock_);
        if (received.words[0] != i) ledger->fail("an object arrived out of order or changed");
        ledger->gave_back(&received);
      });
    }
    escape(&sum);
  }

 private:
  Peer peer_;
  std::mutex lock_;  // of the ledger; timed rounds do not take it
};

}  // namespace bench
