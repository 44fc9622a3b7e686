// SPDX-License-Identifier: MIT OR Apache-2.0
#include "requests.hpp"

#include <array>
#include <random>

namespace bench {
namespace {

// The engine's sequence is fixed by the standard; that of the distributions is not.
class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  // Result: a number below `bound`.
  std::uint32_t operator()(std::uint32_t bound) {
    return static_cast<std::uint32_t>(engine_() % bound);
  }

 private:
  std::mt19937 engine_;
};

// Result: `count` sizes of 16 to 512 bytes, mostly small, that add up to exactly `total`.
template <std::size_t count>
std::array<Request, count> frame_of(std::size_t total, unsigned seed) {
  Random random(seed);
  std::array<Request, count> requests{};
  std::size_t sum = 0;
  for (Request& r : requests) {
    // A product of two uniform numbers: many small objects, a few large ones.
    const std::uint32_t skewed = random(32) * random(32) / 31;
    r = {16 + 16 * skewed, 16};
    sum += r.size;
  }
  while (sum != total) {
    Request& r = requests[random(count)];
    if (sum < total && r.size < 512) r.size += 16, sum += 16;
    if (sum > total && r.size > 16) r.size -= 16, sum -= 16;
  }
  return requests;
}

}  // namespace

std::span<const Request> mixed_requests() {
  static const auto requests = [] {
    Random random(1);
    std::array<Request, 1000> result{};
    for (Request& r : result) {
      const std::uint32_t alignment = 8u << random(3);
      // As for every C++ type, the size is a multiple of the alignment; malloc(8) need not give 16.
      r = {(8 + 8 * random(64) + alignment - 1) / alignment * alignment, alignment};
    }
    return result;
  }();
  return requests;
}

std::span<const Request> physics_requests() {
  static const auto requests = frame_of<800>(95 * 1024, 2);
  return requests;
}

std::span<const Request> ui_requests() {
  static const auto requests = frame_of<200>(32 * 1024, 3);
  return requests;
}

std::span<const std::uint16_t> churn_slots() {
  static const auto slots = [] {
    Random random(4);
    std::array<std::uint16_t, 8192> result{};
    for (auto& slot : result) slot = static_cast<std::uint16_t>(random(1000));
    return result;
  }();
  return slots;
}

}  // namespace bench
