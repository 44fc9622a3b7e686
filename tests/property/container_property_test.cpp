// SPDX-License-Identifier: MIT OR Apache-2.0
// Random operations on the containers of the frame and on those of the standard library, side by
// side.
#include <framealloc/frame_map.hpp>
#include <framealloc/frame_string.hpp>
#include <framealloc/frame_vec.hpp>

#include "container/test_arena.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace framealloc::test {
namespace {

// One operation: which, and two numbers that it takes from.
struct Step {
  int kind;
  std::size_t a;
  int b;
};

rc::Gen<std::vector<Step>> steps(int kinds) {
  return rc::gen::container<std::vector<Step>>(rc::gen::construct<Step>(
      rc::gen::inRange(0, kinds), rc::gen::inRange<std::size_t>(0, 64), rc::gen::inRange(0, 40)));
}

std::ostream& operator<<(std::ostream& out, const Step& step) {
  return out << '{' << step.kind << ", " << step.a << ", " << step.b << '}';
}

// Changes both vectors alike; both hold T, made from an int.
template <class T>
void apply(const Step& step, FrameVec<T>& ours, std::vector<T>& theirs, TestArena& arena) {
  const std::size_t at = step.a % (theirs.size() + 1);
  const auto offset = static_cast<std::ptrdiff_t>(at);
  switch (step.kind) {
    case 0:
      RC_ASSERT(ours.push_back(T(step.b)));
      theirs.push_back(T(step.b));
      break;
    case 1:
      RC_ASSERT(*ours.insert(ours.begin() + offset, T(step.b)) == T(step.b));
      theirs.insert(theirs.begin() + offset, T(step.b));
      break;
    case 2: {
      if (theirs.empty()) break;
      const auto place = offset % static_cast<std::ptrdiff_t>(theirs.size());
      ours.erase(ours.begin() + place);
      theirs.erase(theirs.begin() + place);
      break;
    }
    case 3:
      ours.erase(ours.begin() + offset, ours.end());
      theirs.erase(theirs.begin() + offset, theirs.end());
      break;
    case 4:
      RC_ASSERT(ours.resize(step.a, T(step.b)));
      theirs.resize(step.a, T(step.b));
      break;
    case 5:  // something newer, so that the next growth has to move
      (void)arena->template alloc<int>();
      break;
    case 6:
      ours.shrink_to_fit();
      break;
    case 7:
      RC_ASSERT(ours.reserve(step.a));
      RC_ASSERT(ours.capacity() >= step.a);
      break;
    case 8: {
      const std::vector<T> more(step.a, T(step.b));
      RC_ASSERT(ours.extend_from_iter(more) == more.size());
      theirs.insert(theirs.end(), more.begin(), more.end());
      break;
    }
    case 9:
      ours.insert(ours.begin() + offset, step.a % 5, T(step.b));
      theirs.insert(theirs.begin() + offset, step.a % 5, T(step.b));
      break;
    case 10:
      RC_ASSERT(ours.retain([&](const T& v) { return !(v == T(step.b)); }) ==
                std::erase(theirs, T(step.b)));
      break;
    case 11:
      if (theirs.empty()) break;
      RC_ASSERT(ours.push_back(ours[at % theirs.size()]));
      theirs.push_back(T(theirs[at % theirs.size()]));
      break;
    case 12: {
      const bool room = !ours.is_full();
      RC_ASSERT(ours.try_push(T(step.b)) == room);
      if (room) theirs.push_back(T(step.b));
      break;
    }
    case 13: {
      FrameVec<T> moved(std::move(ours));
      RC_ASSERT(ours.empty());
      ours.swap(moved);
      break;
    }
    default:
      RC_ASSERT(ours.assign(step.a, T(step.b)));
      theirs.assign(step.a, T(step.b));
      break;
  }
  RC_ASSERT(ours.size() == theirs.size());
  RC_ASSERT(std::equal(theirs.begin(), theirs.end(), ours.begin()));
}

RC_GTEST_PROP(ContainerProperty, FrameVecOfIntsIsAVector, ()) {
  TestArena arena;
  FrameVec<int> ours(*arena);
  std::vector<int> theirs;
  const auto script = *steps(15);
  for (const Step& step : script) apply(step, ours, theirs, arena);
}

RC_GTEST_PROP(ContainerProperty, FrameVecOfObjectsIsAVector, ()) {
  const auto script = *steps(15);
  Counted::start();
  {
    TestArena arena;
    FrameVec<Counted> ours(*arena);
    std::vector<Counted> theirs;
    for (const Step& step : script) {
      apply(step, ours, theirs, arena);
      RC_ASSERT(Counted::living() == static_cast<int>(ours.size() + theirs.size()));
    }
    arena.end();
    RC_ASSERT(ours.empty());
    RC_ASSERT(Counted::living() == static_cast<int>(theirs.size()));
  }
  RC_ASSERT(Counted::living() == 0);
  RC_ASSERT(Counted::wrong == 0);
}

// Checkpoints and rewinds in between: whatever is lost, each object dies once, and what the vector
// still shows is its own.
RC_GTEST_PROP(ContainerProperty, RewindsDestroyEachElementOnce, ()) {
  const auto script = *steps(8);
  Counted::start();
  {
    TestArena arena;
    std::vector<FrameVec<Counted>> vectors;
    for (int i = 0; i < 3; ++i) vectors.emplace_back(*arena);
    std::vector<FrameCheckpoint> checkpoints;
    for (const Step& step : script) {
      FrameVec<Counted>& vector = vectors[step.a % vectors.size()];
      if (step.kind < 4) {
        for (int i = 0; i < step.b; ++i) RC_ASSERT(vector.push_back(Counted(i)));
      } else if (step.kind == 4) {
        checkpoints.push_back(arena->checkpoint());
      } else if (step.kind == 5 && !checkpoints.empty()) {
        (void)arena->rewind(checkpoints[step.a % checkpoints.size()]);
      } else if (step.kind == 6) {
        vector.clear();
        vector.shrink_to_fit();
      } else {
        vector = FrameVec<Counted>(*arena);
      }
      std::size_t shown = 0;
      for (const auto& v : vectors) {
        shown += v.size();
        for (const Counted& c : v) RC_ASSERT(c.alive == Counted::kAlive);
      }
      RC_ASSERT(Counted::living() == static_cast<int>(shown));
    }
  }
  RC_ASSERT(Counted::living() == 0);
  RC_ASSERT(Counted::wrong == 0);
}

struct WeakHash {
  std::size_t operator()(int key) const noexcept { return static_cast<std::size_t>(key % 7); }
};

template <class Hash>
void compare_maps(const std::vector<Step>& script) {
  TestArena arena;
  FrameMap<int, std::string, Hash> ours(*arena);
  std::unordered_map<int, std::string> theirs;
  for (const Step& step : script) {
    const int key = step.b;
    const std::string value = "the value of this step is " + std::to_string(step.a);
    switch (step.kind) {
      case 0:
      case 1:
        RC_ASSERT(ours.insert(key, value).second == theirs.emplace(key, value).second);
        break;
      case 2:
        RC_ASSERT(ours.insert_or_assign(key, value).second ==
                  theirs.insert_or_assign(key, value).second);
        break;
      case 3:
        RC_ASSERT(ours.erase(key) == theirs.erase(key));
        break;
      case 4:
        RC_ASSERT(*ours.get_or_insert(key, value) == theirs.try_emplace(key, value).first->second);
        break;
      case 5:
        RC_ASSERT(ours.reserve(step.a * 4));
        break;
      case 6:
        RC_ASSERT(ours.retain([&](int k, const std::string&) { return k % 3 != key % 3; }) ==
                  std::erase_if(theirs, [&](const auto& e) { return e.first % 3 == key % 3; }));
        break;
      default:
        if (step.a % 8 == 0) {
          ours.clear();
          theirs.clear();
        }
        break;
    }
    RC_ASSERT(ours.size() == theirs.size());
    for (int k = 0; k < 40; ++k) {
      const std::string* const value_here = ours.get(k);
      const auto there = theirs.find(k);
      RC_ASSERT((value_here != nullptr) == (there != theirs.end()));
      if (value_here != nullptr) RC_ASSERT(*value_here == there->second);
    }
    std::size_t met = 0;
    for (const auto& [k, v] : ours) met += theirs.at(k) == v ? 1 : 0;
    RC_ASSERT(met == theirs.size());
  }
}

RC_GTEST_PROP(ContainerProperty, FrameMapIsAnUnorderedMap, ()) {
  compare_maps<FrameHash<int>>(*steps(8));
}
RC_GTEST_PROP(ContainerProperty, FrameMapWithAWeakHashIsAnUnorderedMap, ()) {
  compare_maps<WeakHash>(*steps(8));
}

RC_GTEST_PROP(ContainerProperty, FrameStringIsAString, ()) {
  TestArena arena;
  FrameString ours(*arena);
  std::string theirs;
  for (const Step& step : *steps(7)) {
    const std::size_t at = step.a % (theirs.size() + 1);
    const auto count = static_cast<std::size_t>(step.b) % 9;
    // Half of the texts are part of the string itself.
    const bool own = step.b % 2 == 0;
    const std::string text = own ? theirs.substr(at, count) : std::string(count, 't');
    const std::string_view source = own ? ours.substr(at, count) : std::string_view(text);
    switch (step.kind) {
      case 0:
        RC_ASSERT(ours.push_back(static_cast<char>('a' + step.b % 26)));
        theirs.push_back(static_cast<char>('a' + step.b % 26));
        break;
      case 1:
        RC_ASSERT(ours.append(source));
        theirs.append(text);
        break;
      case 2:
        RC_ASSERT(ours.insert(at, source));
        theirs.insert(at, text);
        break;
      case 3:
        RC_ASSERT(ours.replace(at, step.a % 7, source));
        theirs.replace(at, step.a % 7, text);
        break;
      case 4:
        ours.erase(at, count);
        theirs.erase(at, count);
        break;
      case 5:
        RC_ASSERT(ours.resize(step.a, '.'));
        theirs.resize(step.a, '.');
        break;
      default:
        (void)arena->alloc<int>();
        ours.shrink_to_fit();
        break;
    }
    RC_ASSERT(ours.view() == theirs);
    RC_ASSERT(ours.c_str()[ours.size()] == '\0');
  }
}

}  // namespace
}  // namespace framealloc::test
