// SPDX-License-Identifier: MIT OR Apache-2.0
// What a workload knows about whoever gives it memory.
//
// A Peer belongs to one thread. open() starts a round and returns a Session, through which memory
// is asked for; close() ends the round. Sessions are held by value in a local variable, so that a
// peer whose cursor can live in registers may keep it there; for most peers a session is a
// reference.
//
//   struct Peer {
//     static constexpr bool kFreesEach;    // blocks are given back one by one; else close() takes
//     all Session open(); void close(Session&);
//   };
//   struct Session {
//     template <class T> T* make();                          // size and alignment known when
//     compiled void* make(std::size_t size, std::size_t alignment);   // known at run time template
//     <class T> T* make_batch(std::size_t count);   // one uninitialized block template <class T>
//     void give_back(T*);                 // kFreesEach only void give_back(void*, std::size_t
//     size, std::size_t alignment);
//   };
//
// A peer that has only one of the two forms registers only the workloads that use it.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

namespace bench {

// A session of any peer that has one way of asking and one of giving back, for every size: derived
// from by the peer's session, whose take() and drop() do the work.
template <class Self>
struct UniformSession {
  template <class T>
  [[nodiscard, gnu::always_inline]] T* make() {
    return static_cast<T*>(static_cast<Self*>(this)->take(sizeof(T), alignof(T)));
  }
  [[nodiscard, gnu::always_inline]] void* make(std::size_t size, std::size_t alignment) {
    return static_cast<Self*>(this)->take(size, alignment);
  }
  template <class T>
  [[nodiscard, gnu::always_inline]] T* make_batch(std::size_t count) {
    return static_cast<T*>(static_cast<Self*>(this)->take(count * sizeof(T), alignof(T)));
  }
  template <class T>
  [[gnu::always_inline]] void give_back(T* p) {
    static_cast<Self*>(this)->drop(p, sizeof(T), alignof(T));
  }
  [[gnu::always_inline]] void give_back(void* p, std::size_t size, std::size_t alignment) {
    static_cast<Self*>(this)->drop(p, size, alignment);
  }
};

// Lets a standard container take its memory from a session.
template <class T, class Session, bool frees>
struct SessionAllocator {
  using value_type = T;
  template <class U>
  struct rebind {
    using other = SessionAllocator<U, Session, frees>;
  };

  explicit SessionAllocator(Session& s) : session(&s) {}
  template <class U>
  SessionAllocator(const SessionAllocator<U, Session, frees>& other) : session(other.session) {}

  T* allocate(std::size_t n) { return static_cast<T*>(session->make(n * sizeof(T), alignof(T))); }
  void deallocate(T* p, std::size_t n) {
    if constexpr (frees) session->give_back(p, n * sizeof(T), alignof(T));
  }
  friend bool operator==(const SessionAllocator& a, const SessionAllocator& b) {
    return a.session == b.session;
  }

  Session* session;
};

// Memory that floors and reused peer buffers stand on, touched so that no page fault is left.
class WarmBuffer {
 public:
  explicit WarmBuffer(std::size_t size)
      : size_(size), data_(static_cast<std::byte*>(std::aligned_alloc(4096, size))) {
    if (data_ == nullptr) throw std::bad_alloc();
    for (std::size_t i = 0; i < size; i += 4096) data_[i] = std::byte{1};
  }
  ~WarmBuffer() { std::free(data_); }
  WarmBuffer(const WarmBuffer&) = delete;
  WarmBuffer& operator=(const WarmBuffer&) = delete;
  [[nodiscard]] std::byte* begin() const { return data_; }
  [[nodiscard]] std::byte* end() const { return data_ + size_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::size_t size_;
  std::byte* data_;
};

// Enough for every workload's round: the largest is 10,000 objects of 64 bytes.
inline constexpr std::size_t kArenaBytes = std::size_t{1} << 20;

// A floor that ran over its buffer measured nothing: it stops the program.
[[gnu::cold, gnu::noinline]] inline void* out_of_buffer() { std::abort(); }

}  // namespace bench
