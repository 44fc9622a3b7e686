// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jobs.hpp"
#include "policy_malloc.hpp"

namespace fa_demo {

/// Containers that are not in use, of one thread: borrowed, used, cleared and put back, so that
/// they keep their capacity from frame to frame. Thread contract: one thread at a time; the job
/// crew's batches order those that take turns.
class Shelf {
 public:
  template <class Container>
  std::unique_ptr<Container> borrow() {
    auto& row = row_of<Container>();
    if (row.empty()) return std::make_unique<Container>();
    std::unique_ptr<Container> container = std::move(row.back());
    row.pop_back();
    return container;
  }
  template <class Container>
  void put_back(std::unique_ptr<Container> container) {
    row_of<Container>().push_back(std::move(container));
  }
  /// What it holds for the frame, by type.
  template <class Kept>
  Kept& only() {
    auto& row = row_of<Kept>();
    if (row.empty()) row.push_back(std::make_unique<Kept>());
    return *row.front();
  }

 private:
  struct AnyRow {
    virtual ~AnyRow() = default;
  };
  template <class Container>
  struct Row : AnyRow {
    std::vector<std::unique_ptr<Container>> containers;
  };
  static std::size_t next_type() {
    static std::atomic<std::size_t> next{0};
    return next++;
  }
  template <class Container>
  static std::size_t type() {
    static const std::size_t number = next_type();
    return number;
  }
  template <class Container>
  std::vector<std::unique_ptr<Container>>& row_of() {
    std::unique_ptr<AnyRow>& row = rows_[type<Container>()];
    if (row == nullptr) row = std::make_unique<Row<Container>>();
    return static_cast<Row<Container>&>(*row).containers;
  }

  std::array<std::unique_ptr<AnyRow>, 32> rows_;
};

/// A container that goes back to its shelf, cleared, when its user is done with it.
template <class Container>
class Borrowed {
 public:
  explicit Borrowed(Shelf& shelf) : shelf_(&shelf), kept_(shelf.borrow<Container>()) {}
  Borrowed(Borrowed&&) noexcept = default;
  Borrowed& operator=(Borrowed&& other) noexcept {
    give_back();
    shelf_ = other.shelf_;
    kept_ = std::move(other.kept_);
    return *this;
  }
  ~Borrowed() { give_back(); }

 protected:
  Container& kept() noexcept { return *kept_; }
  const Container& kept() const noexcept { return *kept_; }

 private:
  void give_back() {
    if (kept_ == nullptr) return;
    kept_->clear();
    shelf_->put_back(std::move(kept_));
  }
  Shelf* shelf_;
  std::unique_ptr<Container> kept_;
};

template <class T>
class KeptVec : public Borrowed<std::vector<T>> {
 public:
  using Borrowed<std::vector<T>>::Borrowed;
  void push_back(const T& value) { this->kept().push_back(value); }
  void push_back(T&& value) { this->kept().push_back(std::move(value)); }
  void pop_back() { this->kept().pop_back(); }
  void reserve(std::size_t capacity) { this->kept().reserve(capacity); }
  bool empty() const noexcept { return this->kept().empty(); }
  std::size_t size() const noexcept { return this->kept().size(); }
  T& operator[](std::size_t index) noexcept { return this->kept()[index]; }
  const T& operator[](std::size_t index) const noexcept { return this->kept()[index]; }
  T& back() noexcept { return this->kept().back(); }
  auto begin() noexcept { return this->kept().begin(); }
  auto end() noexcept { return this->kept().end(); }
  auto begin() const noexcept { return this->kept().begin(); }
  auto end() const noexcept { return this->kept().end(); }
};

class KeptString : public Borrowed<std::string> {
 public:
  using Borrowed::Borrowed;
  void append(std::string_view text) { kept().append(text); }
  std::size_t size() const noexcept { return kept().size(); }
  char operator[](std::size_t index) const noexcept { return kept()[index]; }
};

/// Room for uninitialized elements.
template <class T>
struct Room {
  std::unique_ptr<T[]> elements;
  std::size_t capacity = 0;
  void clear() noexcept {}
};

template <class T>
class KeptArray : public Borrowed<Room<T>> {
 public:
  KeptArray(Shelf& shelf, std::size_t count) : Borrowed<Room<T>>(shelf), size_(count) {
    Room<T>& room = this->kept();
    if (room.capacity >= count) return;
    room.elements = std::make_unique_for_overwrite<T[]>(count);
    room.capacity = count;
  }
  T* data() noexcept { return this->kept().elements.get(); }
  std::size_t size() const noexcept { return size_; }
  T& operator[](std::size_t index) noexcept { return data()[index]; }

 private:
  std::size_t size_;
};

/// A flat table: a std::unordered_map frees its nodes when it is cleared.
template <class K, class V>
class FlatTable {
 public:
  void clear() noexcept {
    ++round_;
    size_ = 0;
  }
  void reserve(std::size_t count) {
    while (slots_.size() < count * 2) grow();
  }
  V& at_or_insert(const K& key) {
    if (slots_.size() < (size_ + 1) * 2) grow();
    Slot& slot = slots_[place_of(key)];
    if (slot.round != round_) {
      slot = {key, V{}, round_};
      ++size_;
    }
    return slot.value;
  }
  const V* find(const K& key) const {
    if (slots_.empty()) return nullptr;
    const Slot& slot = slots_[place_of(key)];
    return slot.round == round_ ? &slot.value : nullptr;
  }

 private:
  struct Slot {
    K key{};
    V value{};
    std::uint64_t round = 0;
  };
  std::size_t place_of(const K& key) const {
    std::size_t place = std::hash<K>{}(key) * 0x9E37'79B9'7F4A'7C15U >> 32U;
    for (;; ++place) {
      const Slot& slot = slots_[place & (slots_.size() - 1)];
      if (slot.round != round_ || slot.key == key) return place & (slots_.size() - 1);
    }
  }
  void grow() {
    std::vector<Slot> old(slots_.empty() ? 16 : slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.round == round_) slots_[place_of(slot.key)] = slot;
    }
  }
  std::vector<Slot> slots_;
  std::size_t size_ = 0;
  std::uint64_t round_ = 1;
};

template <class K, class V>
class KeptMap : public Borrowed<FlatTable<K, V>> {
 public:
  KeptMap(Shelf& shelf, std::size_t capacity) : Borrowed<FlatTable<K, V>>(shelf) {
    this->kept().reserve(capacity);
  }
  V& at_or_insert(const K& key) { return this->kept().at_or_insert(key); }
  const V* find(const K& key) const { return this->kept().find(key); }
};

/// Objects in blocks that are used again from the first one in each frame.
template <class T>
class KeptNodes {
 public:
  T* make(const T& value) {
    if (used_ == blocks_.size() * kBlock) {
      blocks_.push_back(std::make_unique<std::array<T, kBlock>>());
    }
    T& place = (*blocks_[used_ / kBlock])[used_ % kBlock];
    ++used_;
    place = value;
    return &place;
  }
  /// In the first call of a frame: what the last one made is over.
  void begin(std::uint64_t frame) noexcept {
    if (frame_ != frame) used_ = 0;
    frame_ = frame;
  }

 private:
  static constexpr std::size_t kBlock = 256;
  std::vector<std::unique_ptr<std::array<T, kBlock>>> blocks_;
  std::size_t used_ = 0;
  std::uint64_t frame_ = 0;
};

/// The game's memory as a careful programmer writes it without an allocator for frames: vectors,
/// strings, tables and lists are kept and cleared between frames. Whatever has a life of its own is
/// MallocPolicy's.
class KeptPolicy : public MallocPolicy {
 public:
  static constexpr std::string_view kName = "kept";
  static constexpr bool kFrameFreesObjects = true;

  template <class T>
  using Vec = KeptVec<T>;
  template <class K, class V>
  using Map = KeptMap<K, V>;
  using String = KeptString;
  template <class T>
  using Array = KeptArray<T>;

  class Local {
   public:
    Local(Shelf& shelf, std::uint64_t frame) : shelf_(shelf), frame_(frame) {}
    template <class T>
    T* make(const T& value) {
      auto& nodes = shelf_.only<KeptNodes<T>>();
      nodes.begin(frame_);
      return nodes.make(value);
    }
    template <class T>
    void drop(T*) noexcept {}
    template <class T>
    Vec<T> vec() {
      return Vec<T>(shelf_);
    }
    template <class T>
    Array<T> array(std::size_t count) {
      return Array<T>(shelf_, count);
    }
    template <class K, class V>
    Map<K, V> map(std::size_t capacity) {
      return Map<K, V>(shelf_, capacity);
    }
    String string() { return String(shelf_); }

   private:
    Shelf& shelf_;
    std::uint64_t frame_;
  };
  Local local() noexcept { return {shelves_[JobCrew::current_worker()], frame_}; }

  template <class K, class V>
  static V& at_or_insert(Map<K, V>& map, const K& key) {
    return map.at_or_insert(key);
  }
  template <class K, class V>
  static const V* find(const Map<K, V>& map, const K& key) {
    return map.find(key);
  }

  void begin_frame() noexcept { ++frame_; }
  template <class T>
  struct Retained {
    T object{};
    bool keep = false;
  };
  template <class T>
  Retained<T> retain(const T& value, bool keep) {
    return {value, keep};
  }
  template <class AtEnd>
  void end_frame(AtEnd&& at_end) {
    at_end([]<class T>(Retained<T>& retained) {
      return retained.keep ? std::make_unique<T>(retained.object) : std::unique_ptr<T>();
    });
  }

 private:
  std::array<Shelf, JobCrew::kMaxThreads + 1> shelves_;  // of the driving thread and the workers
  std::uint64_t frame_ = 0;
};

}  // namespace fa_demo
