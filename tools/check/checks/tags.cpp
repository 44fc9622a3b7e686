// SPDX-License-Identifier: MIT OR Apache-2.0
#include "checks/findings.hpp"

namespace fa_check {

void check_tags(const CheckInput& input, std::vector<Finding>& findings) {
  (void)input;
  (void)findings;
}

}  // namespace fa_check
