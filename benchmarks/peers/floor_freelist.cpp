// SPDX-License-Identifier: MIT OR Apache-2.0
// Floor: an intrusive free list for one object size, written by hand, never safe between threads.
//   floor-freelist-reg  head in a local variable
//   floor-freelist-tls  head in thread-local memory
#include "../harness/register.hpp"
#include "peers.hpp"

namespace bench {
namespace {

struct Node {
  Node* next;
};

// Result: the list of all objects of `size` bytes in `memory`, in address order.
Node* thread_nodes(const WarmBuffer& memory, std::size_t size) {
  Node* head = nullptr;
  for (std::size_t n = memory.size() / size; n > 0; --n) {
    head = new (memory.begin() + (n - 1) * size) Node{head};
  }
  return head;
}

template <class Object>
[[gnu::always_inline]] inline Object* pop(Node*& head) {
  Node* node = head;
  if (__builtin_expect(node == nullptr, 0)) return static_cast<Object*>(out_of_buffer());
  head = node->next;
  return reinterpret_cast<Object*>(node);
}
template <class Object>
[[gnu::always_inline]] inline void push(Node*& head, Object* object) {
  Node* node = reinterpret_cast<Node*>(object);
  node->next = head;
  head = node;
}

template <std::size_t size>
class RegisterList {
 public:
  static constexpr bool kFreesEach = true;

  struct Session {
    template <class T>
    [[gnu::always_inline]] T* make() {
      return pop<T>(head);
    }
    template <class T>
    [[gnu::always_inline]] void give_back(T* p) {
      push(head, p);
    }
    Node* head;
  };

  Session open() { return {head_}; }
  void close(Session& session) { head_ = session.head; }

 private:
  WarmBuffer memory_{kArenaBytes};
  Node* head_ = thread_nodes(memory_, size);
};

constinit thread_local Node* thread_head = nullptr;

template <std::size_t size>
class ThreadList {
 public:
  static constexpr bool kFreesEach = true;

  struct Session {
    template <class T>
    [[gnu::always_inline]] T* make() {
      return pop<T>(*opaque(&thread_head));
    }
    template <class T>
    [[gnu::always_inline]] void give_back(T* p) {
      push(*opaque(&thread_head), p);
    }
  };

  Session open() {
    thread_head = head_;
    return {};
  }
  void close(Session&) { head_ = thread_head; }

 private:
  WarmBuffer memory_{kArenaBytes};
  Node* head_ = thread_nodes(memory_, size);
};

struct RegisterLists {
  template <std::size_t size>
  using Of = RegisterList<size>;
};
struct ThreadLists {
  template <std::size_t size>
  using Of = ThreadList<size>;
};

}  // namespace

void add_floor_freelist(Rows& rows) {
  add_fixed_pool<RegisterLists>(rows, "floor-freelist-reg");
  add_fixed_pool<ThreadLists>(rows, "floor-freelist-tls");
}

}  // namespace bench
