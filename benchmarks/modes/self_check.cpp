// SPDX-License-Identifier: MIT OR Apache-2.0
#include "self_check.hpp"

#include <cstdio>
#include <map>

namespace bench {
namespace {

// Result: what was wrong with the row; empty when nothing was.
std::string check(const Row& row, std::uint64_t& objects) {
  const auto state = row.make();
  for (std::size_t round = 0; round < row.checked_rounds; ++round) {
    // Timed rounds in between: what they leave behind must not disturb the checked ones.
    state->run(2);
    Ledger ledger(row.guarantee);
    state->check(ledger);
    if (!ledger.failure().empty()) return ledger.failure();
    objects = ledger.objects();
    if (objects != row.expected_objects) {
      return std::to_string(objects) + " objects, not " + std::to_string(row.expected_objects);
    }
  }
  return {};
}

}  // namespace

int self_check(const Rows& rows, std::string_view filter) {
  int wrong = 0;
  int checked = 0;
  std::map<std::string, std::pair<int, std::uint64_t>> workloads;  // rows and objects a round
  for (const Row& row : rows.all()) {
    if (row.name().find(filter) == std::string::npos) continue;
    std::uint64_t objects = 0;
    const std::string failure = check(row, objects);
    ++checked;
    if (!failure.empty()) {
      ++wrong;
      std::printf("FAILED  %s: %s\n", row.name().c_str(), failure.c_str());
    }
    auto& [peers, sum] = workloads[row.workload];
    ++peers;
    sum = objects;
  }
  for (const auto& [workload, seen] : workloads) {
    std::printf("%-14s %2d peers, each %6llu objects and %7llu bytes written a round\n",
                workload.c_str(), seen.first, static_cast<unsigned long long>(seen.second),
                static_cast<unsigned long long>(seen.second * sizeof(std::uint64_t)));
  }
  std::printf("%d rows checked, %d wrong\n", checked, wrong);
  return checked == 0 ? 1 : wrong;
}

}  // namespace bench
