// SPDX-License-Identifier: MIT OR Apache-2.0
// Containers in frame memory, owners in the pool, and the standard library's containers on both.
#include <framealloc/framealloc.hpp>

#include <cstdio>
#include <memory_resource>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fa = framealloc;

namespace {

struct Contact {
  int body_a, body_b;
  float depth;
};

struct Enemy {
  std::string name;
  int health;
};

void gather_contacts(fa::SmartAlloc& alloc) {
  // Grows in place while nothing newer follows; freed with the frame.
  auto contacts = alloc.frame_vec<Contact>();
  for (int i = 0; i < 1000; ++i) contacts.push_back({i, i + 1, 0.01F * static_cast<float>(i)});
  const auto shallow = contacts.retain([](const Contact& c) { return c.depth > 5.0F; });

  auto by_body = alloc.frame_map<int, int>(contacts.size());
  for (const Contact& c : contacts) ++*by_body.get_or_insert(c.body_a % 10, 0);

  auto line = alloc.frame_string();
  line += "contacts of body 3: ";
  line += std::to_string(*by_body.get(3));
  std::printf("%s (%zu were shallow)\n", line.c_str(), shallow);
}

void share_enemies(fa::SmartAlloc& alloc) {
  // Has one owner and is freed with it, on any thread.
  auto boss = alloc.pool_box<Enemy>("boss", 500);
  boss->health -= 120;
  // Shared: the last owner frees it; a weak reference does not keep it alive.
  auto leader = alloc.pool_arc<Enemy>("leader", 80);
  const auto target = leader.downgrade();
  const auto follower = leader;
  std::printf("%s has %d, %s has %zu owners\n", boss->name.c_str(), boss->health,
              leader->name.c_str(), leader.use_count());
  leader.reset();
  std::printf("the target is %s\n", target.expired() ? "gone" : "still there");
}

void use_the_standard_library(fa::SmartAlloc& alloc) {
  std::vector<int, fa::FrameAllocator<int>> ids(alloc);
  ids.reserve(100);
  for (int i = 0; i < 100; ++i) ids.push_back(i);

  std::pmr::unordered_map<int, std::pmr::string> names(alloc.pool_resource());
  names.emplace(1, "a name that is too long to be stored inside the string");
  std::printf("%zu ids, name 1 is \"%s\"\n", ids.size(), names.at(1).c_str());
}

}  // namespace

int main() {
  fa::SmartAlloc alloc;
  for (int frame = 0; frame < 2; ++frame) {
    const auto scope = alloc.scoped_frame();
    gather_contacts(alloc);
    share_enemies(alloc);
    use_the_standard_library(alloc);
  }
  const auto stats = alloc.stats();
  std::printf("in use at the end: %zu bytes\n", stats.total_allocated);
  return stats.total_allocated == 0 ? 0 : 1;
}
