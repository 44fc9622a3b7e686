// SPDX-License-Identifier: MIT OR Apache-2.0
// Changes of a registry that a system wants and that must wait until nobody walks it.
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
  CommandBuffer(const R&, SmartAlloc& alloc) noexcept : alloc_(&alloc) {}
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
        if (registry != nullptr && registry->valid(self.entity)) {
          // EnTT stores nothing of an empty component, and takes nothing for it.
          if constexpr (std::is_empty_v<C> && std::is_default_constructible_v<C>) {
            registry->template emplace_or_replace<C>(self.entity);
          } else {
            registry->template emplace_or_replace<C>(self.entity, std::move(self.value));
          }
        }
        std::destroy_at(&self);
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
  /// exist any more does nothing.
  void apply(R& registry) { run(&registry); }

 private:
  struct Command {
    void (*apply)(Command&, R*);  // on no registry it is forgotten
    Command* next;
    Entity entity;
  };
  template <class Made, class... A>
  void add(Entity entity, A&&... arguments) {
    void* const memory = alloc_->frame_alloc_layout(sizeof(Made), alignof(Made));
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
    Command* command = std::exchange(first_, nullptr);
    last_ = nullptr;
    size_ = 0;
    while (command != nullptr) {
      Command* const next = command->next;
      command->apply(*command, registry);
      command = next;
    }
  }

  SmartAlloc* alloc_;
  Command* first_ = nullptr;
  Command* last_ = nullptr;
  std::size_t size_ = 0;
  std::size_t dropped_ = 0;
};

}  // namespace framealloc::entt
