// SPDX-License-Identifier: MIT OR Apache-2.0
// A short program that uses every part of the allocator, tolerates every denial, and checks that
// what it was given stays its own.
#pragma once

#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace framealloc::testing {

// Memory with a pattern in it.
struct Owned {
  unsigned char* at;
  std::size_t size;
  unsigned char pattern;
  Owned(void* p, std::size_t n, unsigned char c)
      : at(static_cast<unsigned char*>(p)), size(n), pattern(c) {
    if (at != nullptr) std::memset(at, c, n);
  }
  // Looks at one byte in each 61, and at the last: enough to meet whatever else lies in the block.
  [[nodiscard]] bool intact() const {
    if (at == nullptr) return true;
    for (std::size_t i = 0; i < size; i += 61) {
      if (at[i] != pattern) return false;
    }
    return at[size - 1] == pattern;
  }
};

inline int scene_objects_alive = 0;
struct SceneObject {
  explicit SceneObject(int v) : value(v) { ++scene_objects_alive; }
  SceneObject(const SceneObject& o) : value(o.value) { ++scene_objects_alive; }
  ~SceneObject() { --scene_objects_alive; }
  SceneObject& operator=(const SceneObject&) = default;
  int value;
};

class Scene {
 public:
  explicit Scene(SmartAlloc& alloc, bool with_thread = true)
      : alloc_(alloc), with_thread_(with_thread) {}

  void run() {
    std::optional<PoolBox<SceneObject>> boxes[4];
    for (int frame = 0; frame < 3; ++frame) {
      alloc_.begin_frame();
      frame_memory(frame);
      containers(frame);
      boxes[frame].emplace(alloc_.pool_box<SceneObject>(frame));
      pool_and_heap(frame);
      if (with_thread_) std::thread([&] { worker(frame); }).join();
      check();
      alloc_.end_frame();
      frame_blocks_.clear();
      own_frame();
      if (frame == 1) alloc_.trim();
    }
    check();
    for (auto& box : boxes) box.reset();
    free_all();
  }

 private:
  void frame_memory(int frame) {
    const TagScope scope = alloc_.tag_scope("scene::frame");
    for (std::size_t i = 0; i < 30; ++i) {
      const std::size_t size = 100 + i * 1500;
      frame_blocks_.emplace_back(alloc_.frame_alloc_layout(size, std::size_t{16} << (i % 6)), size,
                                 static_cast<unsigned char>(frame * 50 + static_cast<int>(i)));
    }
    // More than a chunk.
    frame_blocks_.emplace_back(alloc_.frame_alloc_layout(600000, 64), 600000, 0x77);
    {
      const FrameScope inner = alloc_.frame_scope();
      for (int i = 0; i < 20; ++i) {
        const Owned rolled_back(alloc_.frame_alloc<char[20000]>(), 20000, 0xEE);
        (void)alloc_.frame_new<SceneObject>(i);
      }
    }
    for (int i = 0; i < 10; ++i) (void)alloc_.frame_new<SceneObject>(i);
    alloc_.begin_phase("scene");
    (void)alloc_.frame_alloc<int>();
    (void)alloc_.end_phase();
  }

  void containers(int frame) {
    auto numbers = alloc_.frame_vec<int>();
    int pushed = 0;
    while (pushed < 1500 && push(numbers, pushed)) ++pushed;
    for (int i = 0; i < pushed; ++i) ASSERT_EQ(numbers[static_cast<std::size_t>(i)], i);
    auto map = alloc_.frame_map<int, int>();
    std::size_t inserted = 0;
    for (int i = 0; i < 200; ++i) {
      try {
        map.insert(i, i * frame);
        if (map.contains_key(i)) ++inserted;
      } catch (const std::bad_alloc&) {
        break;
      }
    }
    ASSERT_EQ(map.size(), inserted);
    const auto box = alloc_.frame_box<SceneObject>(5);
    if (box) {
      ASSERT_EQ(box->value, 5);
    }
    try {
      std::vector<int, PoolAllocator<int>> pooled = alloc_.pool_vec<int>();
      for (int i = 0; i < 1500; ++i) pooled.push_back(i);
      auto text = std::pmr::string(300, 'x', alloc_.heap_resource());
      ASSERT_EQ(text.size(), 300u);
    } catch (const std::bad_alloc&) {
      // what a standard container says when it is denied
    }
  }

  static bool push(FrameVec<int>& numbers, int value) { return numbers.try_push(value); }

  void pool_and_heap(int frame) {
    const TagScope scope = alloc_.tag_scope(frame % 2 == 0 ? "scene::even" : "scene::odd");
    for (int i = 0; i < 300; ++i) {
      const auto pattern = static_cast<unsigned char>(i + frame);
      pool_small_.emplace_back(alloc_.pool_alloc<char[48]>(), 48, pattern);
      pool_large_.emplace_back(alloc_.pool_alloc<char[2000]>(), 2000, pattern);
    }
    for (std::size_t i = 0; i < 10; ++i) {
      const std::size_t size = std::size_t{1000} << i;
      heap_.emplace_back(alloc_.heap_alloc<char>(size), size, static_cast<unsigned char>(i));
    }
  }

  void worker(int frame) {
    const TagScope scope = alloc_.tag_scope("scene::worker");
    for (int i = 0; i < 50; ++i) {
      frame_blocks_.emplace_back(alloc_.frame_alloc<char[700]>(), 700,
                                 static_cast<unsigned char>(frame + i));
      (void)alloc_.frame_new<SceneObject>(i);
    }
    // Frees of what the main thread allocated.
    for (std::size_t i = 0; i < pool_small_.size(); i += 2) {
      alloc_.pool_free(reinterpret_cast<char(*)[48]>(pool_small_[i].at));
      pool_small_[i].at = nullptr;
    }
    for (std::size_t i = 0; i < heap_.size(); i += 2) {
      alloc_.heap_free(heap_[i].at);
      heap_[i].at = nullptr;
    }
  }

  void own_frame() {
    alloc_.begin_thread_frame();
    const Owned block(alloc_.frame_alloc<char[3000]>(), 3000, 0x42);
    (void)alloc_.frame_new<SceneObject>(1);
    ASSERT_TRUE(block.intact());
    if (framealloc::detail::HandleAccess::instance(alloc_) != nullptr) alloc_.end_thread_frame();
  }

  void check() {
    for (const auto* each : {&frame_blocks_, &pool_small_, &pool_large_, &heap_}) {
      for (const Owned& block : *each) ASSERT_TRUE(block.intact()) << block.size;
    }
  }

  void free_all() {
    for (const Owned& block : pool_small_)
      alloc_.pool_free(reinterpret_cast<char(*)[48]>(block.at));
    for (const Owned& block : pool_large_)
      alloc_.pool_free(reinterpret_cast<char(*)[2000]>(block.at));
    for (const Owned& block : heap_) alloc_.heap_free(block.at);
    pool_small_.clear();
    pool_large_.clear();
    heap_.clear();
  }

  SmartAlloc& alloc_;
  bool with_thread_;
  std::vector<Owned> frame_blocks_, pool_small_, pool_large_, heap_;
};

}  // namespace framealloc::testing
