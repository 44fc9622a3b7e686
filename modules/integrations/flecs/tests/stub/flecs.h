// SPDX-License-Identifier: MIT OR Apache-2.0
// As much of flecs's C interface as the module uses, made for its tests: an OS interface that is taken
// once, and a world whose systems run by phase.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <vector>

using ecs_size_t = std::int32_t;
using ecs_id_t = std::uint64_t;
using ecs_entity_t = ecs_id_t;

struct ecs_os_api_t {
  void* (*malloc_)(ecs_size_t);
  void* (*calloc_)(ecs_size_t);
  void* (*realloc_)(void*, ecs_size_t);
  void (*free_)(void*);
  void (*log_)(const char*);
};
struct ecs_iter_t {
  void* ctx;
};
using ecs_iter_action_t = void (*)(ecs_iter_t*);
struct ecs_entity_desc_t {
  const char* name;
  const ecs_id_t* add;
};
struct ecs_system_desc_t {
  ecs_entity_t entity;
  ecs_iter_action_t callback;
  void* ctx;
};
struct ecs_world_t {
  struct System {
    ecs_entity_t phase;
    ecs_iter_action_t run;
    void* ctx;
  };
  std::vector<System> systems;
  std::vector<void*> blocks;
};

inline constexpr ecs_entity_t EcsDependsOn = 1;
inline constexpr ecs_entity_t EcsPreFrame = 2;
inline constexpr ecs_entity_t EcsOnUpdate = 3;
inline constexpr ecs_entity_t EcsPostFrame = 4;
#define ecs_pair(relation, target) (((relation) << 32) | (target))

namespace stub {
inline void log_nothing(const char*) {}
inline ecs_os_api_t api{};
inline bool api_is_set = false;
}  // namespace stub

inline void ecs_os_set_api_defaults() {
  if (stub::api_is_set) return;
  stub::api = {[](ecs_size_t n) { return std::malloc(static_cast<std::size_t>(n)); },
               [](ecs_size_t n) { return std::calloc(1, static_cast<std::size_t>(n)); },
               [](void* p, ecs_size_t n) { return std::realloc(p, static_cast<std::size_t>(n)); },
               [](void* p) { std::free(p); }, &stub::log_nothing};
}
inline ecs_os_api_t ecs_os_get_api() { return stub::api; }
inline void ecs_os_set_api(const ecs_os_api_t* api) {
  if (stub::api_is_set) return;
  stub::api = *api;
  stub::api_is_set = true;
}

inline ecs_world_t* ecs_init() {
  ecs_os_set_api_defaults();
  auto* const world = new ecs_world_t;
  for (int i = 1; i <= 64; ++i) {
    void* const block = stub::api.calloc_(i * 100);
    world->blocks.push_back(stub::api.realloc_(block, i * 200));
  }
  return world;
}
inline int ecs_fini(ecs_world_t* world) {
  for (void* const block : world->blocks) stub::api.free_(block);
  delete world;
  return 0;
}
// The entity stands for its phase here.
inline ecs_entity_t ecs_entity_init(ecs_world_t*, const ecs_entity_desc_t* desc) {
  return desc->add[1];
}
inline ecs_entity_t ecs_system_init(ecs_world_t* world, const ecs_system_desc_t* desc) {
  world->systems.push_back({desc->entity, desc->callback, desc->ctx});
  return desc->entity;
}
inline bool ecs_progress(ecs_world_t* world, float) {
  for (const ecs_entity_t phase : {EcsPreFrame, EcsOnUpdate, EcsPostFrame}) {
    for (const ecs_world_t::System& system : world->systems) {
      ecs_iter_t it{system.ctx};
      if (system.phase == phase) system.run(&it);
    }
  }
  return true;
}
