// SPDX-License-Identifier: MIT OR Apache-2.0
// flecs under a tag, and frames in its pipeline. Headers only, against the C interface of flecs 4.
#pragma once

#include <framealloc/c_hooks/c_hooks.hpp>
#include <framealloc/ecs/plugin.hpp>

#include <flecs.h>

#include <cstddef>

namespace framealloc::flecs {

// flecs counts in int32_t; what is negative there was too large.
struct Hook : c_hooks::GlobalOrSystem<Hook> {
  [[nodiscard]] static std::size_t bytes(::ecs_size_t size) noexcept {
    return size < 0 ? static_cast<std::size_t>(-1) : static_cast<std::size_t>(size);
  }
  static void* allocate(::ecs_size_t size) { return GlobalOrSystem::malloc(bytes(size)); }
  static void* allocate_zeroed(::ecs_size_t size) { return GlobalOrSystem::calloc(1, bytes(size)); }
  static void* reallocate(void* block, ::ecs_size_t size) {
    return GlobalOrSystem::realloc(block, bytes(size));
  }
  static void release(void* block) { GlobalOrSystem::free(block); }
};

/// Effect: flecs allocates from `memory` from now on; its threading, time and logging functions stay
/// what they are. Blocks that it made before go to the Fallback of `memory`. Result: true when it is
/// installed; false, and nothing changes, when another Memory is, or the program has set an OS
/// interface of its own: flecs takes one and ignores every later one. Requirement: before the first
/// world; `memory` outlives the last one and what flecs keeps at exit. flecs takes no null: a request
/// that `memory` denies, which is reported and counted, is served by the C library. Thread contract:
/// one thread.
inline bool install_memory(c_hooks::Memory& memory) noexcept {
  const bool again = Hook::memory() == &memory;
  if (!Hook::install(memory)) return false;
  ::ecs_os_set_api_defaults();
  ::ecs_os_api_t api = ::ecs_os_get_api();
  api.malloc_ = &Hook::allocate;
  api.calloc_ = &Hook::allocate_zeroed;
  api.realloc_ = &Hook::reallocate;
  api.free_ = &Hook::release;
  ::ecs_os_set_api(&api);
  if (::ecs_os_get_api().malloc_ == &Hook::allocate) return true;
  if (!again) (void)Hook::uninstall();
  return false;
}

/// Effect: adds two systems to the world: one in the phase PreFrame that calls first(), one in
/// PostFrame that calls last(). Both run on the thread that calls ecs_progress(), with no worker
/// beside them. Requirement: other systems of these two phases that use frame memory are added after
/// the one, and before the other; `plugin` outlives the world.
inline void add_frame_systems(::ecs_world_t* world, ecs::FramePlugin& plugin) {
  const auto add = [&](const char* name, ::ecs_entity_t phase, ::ecs_iter_action_t run) {
    const ::ecs_id_t ids[] = {ecs_pair(::EcsDependsOn, phase), phase, 0};
    ::ecs_entity_desc_t entity{};
    entity.name = name;
    entity.add = ids;
    ::ecs_system_desc_t system{};
    system.entity = ::ecs_entity_init(world, &entity);
    system.callback = run;
    system.ctx = &plugin;
    (void)::ecs_system_init(world, &system);
  };
  add("FrameallocFirst", ::EcsPreFrame,
      [](::ecs_iter_t* it) { static_cast<ecs::FramePlugin*>(it->ctx)->first(); });
  add("FrameallocLast", ::EcsPostFrame,
      [](::ecs_iter_t* it) { static_cast<ecs::FramePlugin*>(it->ctx)->last(); });
}

}  // namespace framealloc::flecs
