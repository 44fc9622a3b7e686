// SPDX-License-Identifier: MIT OR Apache-2.0
// The place of before of <framealloc/transfer_channel.hpp>.
#pragma once

#include <framealloc/transfer_channel.hpp>
