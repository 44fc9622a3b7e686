// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "interposer.hpp"
#include "malloc_assets.hpp"
#include "side.hpp"

namespace fa_demo {

/// The game's memory as C++ gives it: vectors, strings, maps and unique_ptrs of the standard
/// library, new and delete, each freed as soon as it is no longer used.
///
/// A policy is everything that the sides differ in. policy_framealloc.hpp has the same members
/// on framealloc; the game is written once, against the names below.
class MallocPolicy {
 public:
  static constexpr std::string_view kName = "malloc";

  /// Whether the end of the frame frees what make() returned. Where it does not, the game must walk
  /// its lists and drop() each element.
  static constexpr bool kFrameFreesObjects = false;

  // --- memory that lives for at most one frame
  template <class T>
  using Vec = std::vector<T>;
  template <class K, class V>
  using Map = std::unordered_map<K, V>;
  using String = std::string;

  /// `size()` uninitialized elements of a trivial type.
  template <class T>
  class Array {
   public:
    explicit Array(std::size_t count)
        : elements_(std::make_unique_for_overwrite<T[]>(count)), size_(count) {}
    T* data() noexcept { return elements_.get(); }
    std::size_t size() const noexcept { return size_; }
    T& operator[](std::size_t index) noexcept { return elements_[index]; }

   private:
    std::unique_ptr<T[]> elements_;
    std::size_t size_;
  };

  /// What a thread allocates through while it runs one piece of work: nothing to hold here.
  class Local {
   public:
    template <class T>
    T* make(const T& value) {
      return new T(value);
    }
    template <class T>
    void drop(T* object) noexcept {
      delete object;
    }
    template <class T>
    Vec<T> vec() {
      return {};
    }
    template <class T>
    Array<T> array(std::size_t count) {
      return Array<T>(count);
    }
    template <class K, class V>
    Map<K, V> map(std::size_t capacity) {
      Map<K, V> map;
      map.reserve(capacity);
      return map;
    }
    String string() { return {}; }
  };
  Local local() noexcept { return {}; }

  template <class K, class V>
  static V& at_or_insert(Map<K, V>& map, const K& key) {
    return map[key];
  }
  template <class K, class V>
  static const V* find(const Map<K, V>& map, const K& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
  }

  // --- memory with a life of its own
  template <class T>
  using Pooled = std::unique_ptr<T>;
  template <class T>
  Pooled<T> pooled(const T& value) {
    return std::make_unique<T>(value);
  }
  template <class T>
  using Lasting = std::unique_ptr<T>;
  template <class T, class... Arguments>
  Lasting<T> lasting(Arguments&&... arguments) {
    return std::make_unique<T>(std::forward<Arguments>(arguments)...);
  }
  template <class T>
  using LastingVec = std::vector<T>;
  template <class T>
  LastingVec<T> lasting_vec() {
    return {};
  }

  // --- accounting, which malloc does not have
  struct Scope {
    ~Scope() {}  // user-provided, so that an unused scope is not taken for a forgotten variable
  };
  Scope tag(std::string_view) noexcept { return {}; }
  Scope phase(std::string_view) noexcept { return {}; }
  Scope scratch() noexcept { return {}; }
  /// Box2D's blocks stay malloc's. The function that hands its requests on stands in this program;
  /// they are counted as Box2D's all the same.
  CountAs physics_memory() noexcept { return CountAs(Caller::Box2d); }
  void begin_frame() noexcept {}
  /// `at_end(hand_over)` is called when the frame is over; hand_over(Retained<T>&) gives what was
  /// to be kept, and null for the rest.
  template <class AtEnd>
  void end_frame(AtEnd&& at_end) {
    at_end([]<class T>(Retained<T>& retained) {
      Pooled<T> kept;
      if (retained.keep) kept = std::make_unique<T>(*retained.object);
      retained.object.reset();
      return kept;
    });
  }

  // --- memory of the frame, some of which is kept beyond it
  template <class T>
  struct Retained {
    std::unique_ptr<T> object;
    bool keep = false;
  };
  template <class T>
  Retained<T> retain(const T& value, bool keep) {
    return {std::make_unique<T>(value), keep};
  }

  // --- objects behind handles, and assets within a budget
  template <class T>
  using Table = IndexTable<T>;
  template <class T>
  Table<T> table() {
    return {};
  }
  void tidy_handles() noexcept {}
  HandleUse handle_use() const noexcept { return {}; }
  BehaviorUse behavior_use() const { return {}; }
  using Store = LruStore;
  Store store(std::size_t budget) { return Store(budget); }

  void begin_inspection() noexcept {}
  std::string begin_trace(const std::string&) { return "malloc has no trace to write"; }
  std::string end_trace() { return {}; }
  void note_fullest() noexcept {}
  MemoryReport end_inspection() { return {}; }
};

}  // namespace fa_demo
