// SPDX-License-Identifier: MIT OR Apache-2.0
// The one that is freed is the one that is taken off.
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <vector>

namespace fa = framealloc;

struct Shot {
  int damage = 1;
};
int explode(fa::HandleAllocator& shots, int count) {
  std::vector<fa::Handle<Shot>> fired;
  for (int i = 0; i < count; ++i) fired.push_back(shots.alloc<Shot>());
  shots.free(fired.back());
  fired.pop_back();
  int sum = 0;
  for (const auto shot : fired) sum += shots.resolve(shot)->damage;
  return sum;
}
int explode_first(fa::HandleAllocator& shots, int count) {
  std::vector<fa::Handle<Shot>> fired;
  for (int i = 0; i < count; ++i) fired.push_back(shots.alloc<Shot>());
  for (auto at = fired.begin(); at != fired.end(); ++at) {
    if (shots.resolve(*at)->damage > 0) continue;
    shots.free(*at);
    fired.erase(at);
    break;
  }
  int sum = 0;
  for (const auto shot : fired) sum += shots.resolve(shot)->damage;
  return sum;
}
int explode_weak(fa::HandleAllocator& shots, int count) {
  std::vector<fa::Handle<Shot>> fired;
  for (int i = 0; i < count; ++i) fired.push_back(shots.alloc<Shot>());
  for (const auto shot : fired)
    if (shots.resolve(shot)->damage == 0) shots.free(shot);
  std::erase_if(fired, [&](const auto shot) { return !shots.is_valid(shot); });
  int sum = 0;
  for (const auto shot : fired) sum += shots.resolve(shot)->damage;
  return sum;
}
int explode_each(fa::HandleAllocator& shots, int count) {
  std::vector<fa::Handle<Shot>> fired;
  for (int i = 0; i < count; ++i) fired.push_back(shots.alloc<Shot>());
  while (!fired.empty()) {
    shots.free(fired.back());
    fired.pop_back();
  }
  for (int i = 0; i < count; ++i) fired.push_back(shots.alloc<Shot>());
  int sum = 0;
  for (const auto shot : fired) sum += shots.resolve(shot)->damage;
  return sum;
}
int explode_all(fa::HandleAllocator& shots, int count) {
  std::vector<fa::Handle<Shot>> fired;
  for (int i = 0; i < count; ++i) fired.push_back(shots.alloc<Shot>());
  for (const auto shot : fired) shots.free(shot);
  fired.erase(fired.begin(), fired.end());
  fired.push_back(shots.alloc<Shot>());
  return shots.resolve(fired.front())->damage;
}
int explode_others(fa::HandleAllocator& shots, int count) {
  std::vector<fa::Handle<Shot>> fired;
  for (int i = 0; i < count; ++i) fired.push_back(shots.alloc<Shot>());
  for (const auto shot : fired) shots.free(shot);
  fired.clear();
  fired.push_back(shots.alloc<Shot>());
  fired.pop_back();
  int sum = 0;
  for (const auto shot : fired) sum += shots.resolve(shot)->damage;
  return sum;
}
