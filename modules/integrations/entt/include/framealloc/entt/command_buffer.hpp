// SPDX-License-Identifier: MIT OR Apache-2.0
// Changes of a registry that a system requests and that must wait until no view iterates it.
#pragma once

#include <framealloc/smart_alloc.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace framealloc::entt {

/// Keeps changes of a registry in frame memory of the thread that asks for them, in their order. A
/// command that is denied its memory is dropped and counted. Requirement: it is applied, or ends,
/// before its frame does. Thread contract: one thread, until the thread that applies it has
/// synchronized with it; each worker has one of its own.
template <class R>
class CommandBuffer {
 public:
  using Entity = typename R::entity_type;

  /// The registry says only what is meant; it is not kept.
  CommandBuffer(const R&, SmartAlloc& alloc) noexcept : alloc_(alloc) {}
  CommandBuffer(CommandBuffer&& other) noexcept
      : alloc_(other.alloc_),
        first_(std::exchange(other.first_, nullptr)),
        last_(std::exchange(other.last_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        dropped_(other.dropped_) {}
  CommandBuffer& operator=(CommandBuffer&&) = delete;
  /// Commands that were not applied are forgotten, and their components destroyed.
  ~CommandBuffer() { run(nullptr); }

  /// Effect: when applied, the entity gets C(arguments...), or has its C replaced by it. The
  /// component is made now.
  template <class C, class... A>
  void emplace(Entity entity, A&&... arguments) {
    struct Emplace : Command {
      explicit Emplace(Entity to, A&&... with)
          : Command{&apply, nullptr, to}, value(make(with...)) {}
      static C make(std::remove_reference_t<A>&... with) {
        if constexpr (std::is_constructible_v<C, A...>) {
          return C(std::forward<A>(with)...);
        } else {
          return C{std::forward<A>(with)...};
        }
      }
      static void apply(Command& command, R* registry) {
        auto& self = static_cast<Emplace&>(command);
        struct Ended {
          Emplace& command;
          ~Ended() { std::destroy_at(&command); }
        } const ended{self};
        if (registry != nullptr && registry->valid(self.entity)) {
          // EnTT stores nothing of an empty component, and takes nothing for it.
          if constexpr (std::is_empty_v<C> && std::is_default_constructible_v<C>) {
            registry->template emplace_or_replace<C>(self.entity);
          } else {
            registry->template emplace_or_replace<C>(self.entity, std::move(self.value));
          }
        }
      }
      C value;
    };
    add<Emplace>(entity, std::forward<A>(arguments)...);
  }
  /// Effect: when applied, the entity loses its C, if it has one.
  template <class C>
  void remove(Entity entity) {
    struct Remove : Command {
      explicit Remove(Entity from) : Command{&apply, nullptr, from} {}
      static void apply(Command& command, R* registry) {
        if (registry != nullptr && registry->valid(command.entity)) {
          registry->template remove<C>(command.entity);
        }
      }
    };
    add<Remove>(entity);
  }
  /// Effect: when applied, the entity is destroyed.
  void destroy(Entity entity) {
    struct Destroy : Command {
      explicit Destroy(Entity what) : Command{&apply, nullptr, what} {}
      static void apply(Command& command, R* registry) {
        if (registry != nullptr && registry->valid(command.entity)) {
          registry->destroy(command.entity);
        }
      }
    };
    add<Destroy>(entity);
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }        ///< commands that wait
  [[nodiscard]] std::size_t dropped() const noexcept { return dropped_; }  ///< denied, ever

  /// Effect: applies the commands in their order and forgets them. A command whose entity does not
  /// exist any more does nothing. What is asked for meanwhile, by a listener of the registry, waits
  /// for the next call. Errors: what a command throws, std::bad_alloc where the registry is denied
  /// memory; that command is dropped and counted, and those behind it wait.
  void apply(R& registry) { run(&registry); }

 private:
  struct Command {
    void (*apply)(Command&, R*);  // on no registry it is forgotten
    Command* next;
    Entity entity;
  };
  template <class Made, class... A>
  void add(Entity entity, A&&... arguments) {
    void* const memory = alloc_.frame_alloc_layout(sizeof(Made), alignof(Made));
    if (memory == nullptr) {
      ++dropped_;
      return;
    }
    Command* const made = ::new (memory) Made(entity, std::forward<A>(arguments)...);
    (last_ != nullptr ? last_->next : first_) = made;
    last_ = made;
    ++size_;
  }
  void run(R* registry) {
    // What is left of the commands when one throws comes before those that were made meanwhile.
    struct Rest {
      explicit Rest(CommandBuffer& buffer) noexcept
          : to(buffer),
            next(std::exchange(buffer.first_, nullptr)),
            last(std::exchange(buffer.last_, nullptr)),
            size(std::exchange(buffer.size_, 0)) {}
      ~Rest() {
        if (!thrown) return;
        ++to.dropped_;
        if (next == nullptr) return;
        last->next = to.first_;
        to.first_ = next;
        if (to.last_ == nullptr) to.last_ = last;
        to.size_ += size;
      }
      CommandBuffer& to;
      Command* next;
      Command* last;
      std::size_t size;
      bool thrown = true;
    } rest(*this);
    while (rest.next != nullptr) {
      Command& command = *std::exchange(rest.next, rest.next->next);
      --rest.size;
      command.apply(command, registry);
    }
    rest.thrown = false;
  }

  SmartAlloc alloc_;
  Command* first_ = nullptr;
  Command* last_ = nullptr;
  std::size_t size_ = 0;
  std::size_t dropped_ = 0;
};

}  // namespace framealloc::entt
