// SPDX-License-Identifier: MIT OR Apache-2.0
// Threads that allocate or free but never both, the pattern of xmalloc-test (by Lever and Boreham):
// the calling thread makes blocks, writes them and passes them on by the batch; the second frees
// each of a batch. An operation is one block.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

#include "../harness/both_threads.hpp"
#include "../harness/touch.hpp"

namespace bench {

// 64 bytes, as mimalloc-bench runs it, or the test's own choice of eleven sizes.
template <class Peer, bool mixed>
class BatchWork {
 public:
  static constexpr std::size_t kBatch = 4096;
  static constexpr std::size_t kBatches = 4;  // on their way at once
  static constexpr std::size_t kOps = 2 * kBatch;
  static constexpr std::size_t kObjects = kOps;

  [[gnu::noinline]] void here(std::size_t count, Ledger* ledger = nullptr) {
    auto session = producer_.open();
    for (std::size_t done = 0; done < count; done += kBatch) {
      Batch& batch = batches_[filled_ % kBatches];
      wait([&] { return filled_ - freed_.load(std::memory_order_acquire) < kBatches; });
      for (std::size_t i = 0; i < kBatch; ++i) {
        const std::size_t size = size_of(i);
        void* const block = session.make(size, kAlignment);
        *static_cast<std::uint64_t*>(block) = i;
        escape(block);
        batch[i] = block;
        if (ledger == nullptr) continue;
        const std::lock_guard guard(lock_);
        ledger->made(block, size, kAlignment, i);
      }
      ++filled_;
      published_.store(filled_, std::memory_order_release);
    }
    producer_.close(session);
  }
  [[gnu::noinline]] void there(std::size_t count, Ledger* ledger = nullptr) {
    auto session = consumer_.open();
    std::uint64_t freed = freed_.load(std::memory_order_relaxed);
    for (std::size_t done = 0; done < count; done += kBatch) {
      wait([&] { return published_.load(std::memory_order_acquire) != freed; });
      Batch& batch = batches_[freed % kBatches];
      for (std::size_t i = 0; i < kBatch; ++i) {
        if (ledger != nullptr) {
          const std::lock_guard guard(lock_);
          ledger->gave_back(batch[i]);
        }
        session.give_back(batch[i], size_of(i), kAlignment);
      }
      freed_.store(++freed, std::memory_order_release);
    }
    consumer_.close(session);
  }

 private:
  using Batch = std::array<void*, kBatch>;
  static constexpr std::size_t kAlignment = 8;
  static constexpr std::size_t kSizes[] = {8, 16, 16, 24, 32, 48, 64, 96, 128, 192, 256};

  [[gnu::always_inline]] static std::size_t size_of(std::size_t i) {
    if constexpr (!mixed) return 64;
    return kSizes[(i * 2654435761U >> 16) % std::size(kSizes)];
  }
  template <class Done>
  static void wait(Done&& done) {
    for (unsigned spins = 0; !done(); ++spins) {
      if (spins > 20'000) std::this_thread::yield();
    }
  }

  Peer producer_;
  Peer consumer_;
  std::unique_ptr<Batch[]> batches_ = std::make_unique<Batch[]>(kBatches);
  std::uint64_t filled_ = 0;
  std::mutex lock_;  // of the ledger; timed rounds do not take it
  alignas(64) std::atomic<std::uint64_t> published_{0};
  alignas(64) std::atomic<std::uint64_t> freed_{0};
};

}  // namespace bench
