// SPDX-License-Identifier: MIT OR Apache-2.0
// Asio on framealloc's pools: operations that a coroutine awaits, handlers, executors.
#pragma once

#include <framealloc/asio/pooled.hpp>
#include <framealloc/asio/pooled_executor.hpp>
#include <framealloc/asio/use_pool.hpp>
#include <framealloc/async/async.hpp>

#include <asio.hpp>
