// SPDX-License-Identifier: MIT OR Apache-2.0
// Devices come and go while other threads look at them.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include "support/fake_device.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

TEST(DevicesStress, ADeviceMayEndAsSoonAsItIsRemoved) {
  SmartAlloc alloc(AllocConfig::minimal());
  constexpr int kOwners = 3;
  constexpr int kRounds = 400;
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> seen{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!stop.load(std::memory_order_relaxed)) {
        alloc.visit_devices([&](const DeviceHeapFigures& heap) {
          EXPECT_EQ(heap.device, "short-lived");
          seen.fetch_add(heap.reserved, std::memory_order_relaxed);
        });
      }
    });
  }
  std::vector<std::thread> owners;
  for (int i = 0; i < kOwners; ++i) {
    owners.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        const auto device = std::make_unique<testing::FakeDevice>("short-lived");
        (void)device->add_heap(100, 2, 1);
        EXPECT_TRUE(alloc.add_device(*device));
        if (round % 4 == 0) std::this_thread::yield();
        EXPECT_TRUE(alloc.remove_device(*device));
        device->heaps.clear();  // nobody may be in it
      }
    });
  }
  for (std::thread& owner : owners) owner.join();
  stop.store(true, std::memory_order_relaxed);
  for (std::thread& reader : readers) reader.join();
  alloc.visit_devices([](const DeviceFigures&) { ADD_FAILURE() << "all of them have gone"; });
}

}  // namespace
}  // namespace framealloc
