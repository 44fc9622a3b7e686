// SPDX-License-Identifier: MIT OR Apache-2.0
// The durations and clocks of <chrono>. libstdc++'s <chrono> brings calendars along, which every unit
// of a program would compile only for a timeout.
#pragma once

#include <cstddef>

#if defined(__GLIBCXX__) && __has_include(<bits/chrono.h>)
#include <bits/chrono.h>
#else
#include <chrono>
#endif
