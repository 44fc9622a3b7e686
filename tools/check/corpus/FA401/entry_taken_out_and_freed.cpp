// SPDX-License-Identifier: MIT OR Apache-2.0
// An entry that is taken out of its container is the same handle.
#include <framealloc/framealloc.hpp>

#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fa = framealloc;

struct Shot {
  int damage = 1;
};
struct Entry {
  fa::Handle<Shot> shot;
  int team = 0;
};
int from_queue(fa::HandleAllocator& shots) {
  std::deque<Entry> queue;
  queue.push_back({shots.alloc<Shot>(), 1});
  const Entry entry = queue.front();
  shots.free(entry.shot);
  queue.pop_front();
  return shots.resolve(entry.shot)->damage;  // expect: FA401
}
int from_map(fa::HandleAllocator& shots, int key) {
  std::unordered_map<int, fa::Handle<Shot>> by_key;
  by_key[key] = shots.alloc<Shot>();
  auto node = by_key.extract(key);
  shots.free(node.mapped());
  return shots.resolve(node.mapped())->damage;  // expect: FA401
}
int by_reference(fa::HandleAllocator& shots) {
  std::vector<Entry> list;
  list.push_back({shots.alloc<Shot>(), 1});
  list.push_back({shots.alloc<Shot>(), 2});
  const fa::Handle<Shot> first = list.front().shot;
  shots.free(first);
  list.erase(list.begin());
  return shots.resolve(first)->damage;  // expect: FA401
}
