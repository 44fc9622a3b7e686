// SPDX-License-Identifier: MIT OR Apache-2.0
// A snapshot in the text format that Prometheus reads.
#pragma once

#include "formats/snapshot_reader.hpp"

#include <string>

namespace fa_export {

// Result: metrics under the names that the module prometheus uses, where a snapshot has them, each
// with HELP and TYPE. docs/exporters.md lists them.
std::string to_prometheus(const fa_formats::SnapshotFile& file);

}  // namespace fa_export
