// SPDX-License-Identifier: MIT OR Apache-2.0
#include "workloads.hpp"

#include <random>

namespace bench {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::size_t kPairs = 10'000;

class Sizes {
 public:
  std::uint32_t operator()() {
    return 256 + static_cast<std::uint32_t>(engine_() % (16384 - 256 + 1));
  }
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(engine_() % bound); }

 private:
  std::mt19937_64 engine_{1};
};

// Each range is freed before the next is allocated.
Workload make_pairs() {
  Workload workload{"pair, freed at once", 256 * kMiB, 256, 1, {}, {}, kPairs};
  Sizes size;
  for (std::size_t i = 0; i < kPairs; ++i) {
    workload.steps.push_back({0, size()});
    workload.steps.push_back({0, 0});
  }
  return workload;
}

// As in a frame: many are allocated, then all are freed in the same order.
Workload make_in_order(std::uint32_t batch) {
  Workload workload{batch == 100 ? "in order, 100 at a time" : "in order, 1000 at a time",
                    256 * kMiB,
                    256,
                    batch,
                    {},
                    {},
                    kPairs};
  Sizes size;
  for (std::size_t i = 0; i < kPairs; i += batch) {
    for (std::uint32_t slot = 0; slot < batch; ++slot) workload.steps.push_back({slot, size()});
    for (std::uint32_t slot = 0; slot < batch; ++slot) workload.steps.push_back({slot, 0});
  }
  return workload;
}

// 4,000 live; one of them, whichever, goes and another comes.
Workload make_churn(std::string_view name, std::uint64_t range) {
  constexpr std::uint32_t kLive = 4000;
  Workload workload{name, range, 256, kLive, {}, {}, kPairs};
  Sizes size;
  for (std::uint32_t slot = 0; slot < kLive; ++slot) workload.fill.push_back({slot, size()});
  // Until the free regions look as they will look from then on.
  for (std::size_t i = 0; i < 100'000; ++i) workload.fill.push_back({size.below(kLive), size()});
  for (std::size_t i = 0; i < kPairs; ++i) workload.steps.push_back({size.below(kLive), size()});
  return workload;
}

}  // namespace

std::vector<Workload> make_workloads() {
  std::vector<Workload> all;
  all.push_back(make_pairs());
  all.push_back(make_in_order(100));
  all.push_back(make_in_order(1000));
  all.push_back(make_churn("churn, 4000 live in 256 MiB", 256 * kMiB));
  all.push_back(make_churn("churn, 4000 live in 64 MiB", 64 * kMiB));
  all.push_back(make_churn("churn, 4000 live in 40 MiB", 40 * kMiB));
  return all;
}

}  // namespace bench
