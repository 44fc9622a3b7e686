// SPDX-License-Identifier: MIT OR Apache-2.0
// What version 3 of a snapshot adds: pools, handles, streaming, allocation sites.
#pragma once

#include "formats/json_taker.hpp"

#include <framealloc/snapshot.hpp>

#include <string>

namespace fa_formats {

// Result: the member `alloc_kind`.
framealloc::AllocKind take_kind(Taker& take, const Json& parent, const std::string& where);
// Effect: the members `pools`, `handles`, `streaming` and `sites`.
void take_parts(Taker& take, const Json& root, framealloc::Snapshot& snapshot);

}  // namespace fa_formats
