// SPDX-License-Identifier: MIT OR Apache-2.0
// As much of EnTT's public interface as the module uses, made for its tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <type_traits>
#include <typeindex>
#include <utility>
#include <vector>

namespace entt {

enum class entity : std::uint32_t {};

template <class Entity, class Allocator = std::allocator<Entity>>
class basic_registry {
  template <class T>
  using Rebound = typename std::allocator_traits<Allocator>::template rebind_alloc<T>;
  struct PoolBase {
    virtual ~PoolBase() = default;
    virtual void drop(Entity entity) = 0;
  };
  template <class C>
  struct Pool : PoolBase {
    using Entry = std::pair<const Entity, C>;
    explicit Pool(const Allocator& allocator) : held(Rebound<Entry>(allocator)) {}
    void drop(Entity entity) override { held.erase(entity); }
    std::map<Entity, C, std::less<Entity>, Rebound<Entry>> held;
  };

 public:
  using allocator_type = Allocator;
  using entity_type = Entity;

  basic_registry() : basic_registry(allocator_type()) {}
  explicit basic_registry(const allocator_type& allocator)
      : allocator_(allocator), alive_(Rebound<bool>(allocator)) {}
  basic_registry(basic_registry&&) = default;

  [[nodiscard]] entity_type create() {
    alive_.push_back(true);
    return entity_type(static_cast<std::uint32_t>(alive_.size() - 1));
  }
  [[nodiscard]] bool valid(entity_type entity) const {
    return alive_[static_cast<std::size_t>(entity)];
  }
  void destroy(entity_type entity) {
    for (auto& [type, pool] : pools_) pool->drop(entity);
    alive_[static_cast<std::size_t>(entity)] = false;
  }
  template <class C, class... A>
  void emplace_or_replace(entity_type entity, A&&... arguments) {
    pool<C>().held.insert_or_assign(entity, C{std::forward<A>(arguments)...});
  }
  template <class C>
  std::size_t remove(entity_type entity) {
    return pool<C>().held.erase(entity);
  }
  template <class C>
  [[nodiscard]] bool all_of(entity_type entity) const {
    const Pool<C>* const found = find<C>();
    return found != nullptr && found->held.count(entity) != 0;
  }
  template <class C>
  [[nodiscard]] const C& get(entity_type entity) const {
    return find<C>()->held.at(entity);
  }
  template <class... C>
  [[nodiscard]] std::vector<entity_type> view() const {
    std::vector<entity_type> found;
    for (std::uint32_t i = 0; i < alive_.size(); ++i) {
      if (alive_[i] && (all_of<std::remove_const_t<C>>(entity_type(i)) && ...)) {
        found.push_back(entity_type(i));
      }
    }
    return found;
  }

 private:
  template <class C>
  [[nodiscard]] const Pool<C>* find() const {
    const auto found = pools_.find(std::type_index(typeid(C)));
    return found == pools_.end() ? nullptr : static_cast<const Pool<C>*>(found->second.get());
  }
  template <class C>
  [[nodiscard]] Pool<C>& pool() {
    auto& held = pools_[std::type_index(typeid(C))];
    if (held == nullptr) held = std::make_unique<Pool<C>>(allocator_);
    return static_cast<Pool<C>&>(*held);
  }

  Allocator allocator_;
  std::vector<bool, Rebound<bool>> alive_;
  std::map<std::type_index, std::unique_ptr<PoolBase>> pools_;
};

}  // namespace entt
