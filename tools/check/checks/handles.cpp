// SPDX-License-Identifier: MIT OR Apache-2.0
// FA401: a handle is resolved after it was freed.
#include "checks/findings.hpp"

#include <utility>

namespace fa_check {

void check_handles(const CheckInput& input, std::vector<Finding>& findings) {
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::StaleHandle) continue;
    const clang::Stmt* const at = input.places.expression(event.at);
    Finding finding = finding_at(input, 401, at);
    finding.message = "the handle is resolved after it was freed";
    relate(input, finding, event.other, "freed here");
    findings.push_back(std::move(finding));
  }
}

}  // namespace fa_check
