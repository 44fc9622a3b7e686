// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory whose lifetime is known. `namespace fa = framealloc;` is the customary short name.
#pragma once

#include <framealloc/base/literals.hpp>
#include <framealloc/container/transfer_channel.hpp>
#include <framealloc/smart_alloc.hpp>
