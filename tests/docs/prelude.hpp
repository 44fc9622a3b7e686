// SPDX-License-Identifier: MIT OR Apache-2.0
// What a fragment of the documentation may take for granted: the library under its short name, the
// standard headers, an allocator called `alloc`, and the few game types that the examples speak of.
#pragma once

#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fa = framealloc;
using namespace framealloc::literals;

struct Vec3 {
  float x = 0;
  float y = 0;
  float z = 0;
};

struct Particle {
  Vec3 position;
  Vec3 velocity;
  float age = 0;
};

struct Contact {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  Vec3 normal;
};

struct Enemy {
  std::string name;
  Vec3 position;
  int health = 100;
};
