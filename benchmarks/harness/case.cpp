// SPDX-License-Identifier: MIT OR Apache-2.0
#include "case.hpp"

#include "quiet_slice.hpp"

namespace bench {

Slice Case::time(std::size_t rounds) {
  return quiet_slice([&] { run(rounds); });
}

void Rows::do_not_count(std::string_view peer) {
  for (Row& row : rows_) {
    if (row.peer == peer) row.countable = false;
  }
}

void Rows::leave_out(std::string_view peer, std::string_view reason) {
  left_out_.push_back(std::string(peer) + ": " + std::string(reason));
}

}  // namespace bench
