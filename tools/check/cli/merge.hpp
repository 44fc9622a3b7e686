// SPDX-License-Identifier: MIT OR Apache-2.0
// Joining the reports of shards without double findings.
#pragma once

#include "report/render.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace fa_check {

// Effect: puts all parts into `whole`. Result: "", or why they do not belong together.
[[nodiscard]] std::string merge_reports(std::vector<Report> parts, Report& whole);
// Effect: the same with SARIF documents.
[[nodiscard]] std::string merge_sarif(const std::vector<nlohmann::ordered_json>& parts,
                                      nlohmann::ordered_json& whole);

}  // namespace fa_check
