// SPDX-License-Identifier: MIT OR Apache-2.0
// What an allocator keeps for its user until it ends: callables that are handlers or sinks.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace framealloc {

class DiagnosticSink;

namespace detail {

class Instance;

struct Kept {
  Kept* next = nullptr;
  void (*destroy)(Instance& instance, Kept* self) noexcept = nullptr;

 protected:
  ~Kept() = default;
};

[[nodiscard]] FRAMEALLOC_API MetadataAllocator& metadata_of(Instance& instance) noexcept;
// Effect: `kept` is destroyed when the allocator ends. Thread contract: any thread.
FRAMEALLOC_API void keep(Instance& instance, Kept& kept) noexcept;
// Result: false when there is no place for it.
[[nodiscard]] FRAMEALLOC_API bool add_sink(Instance& instance, DiagnosticSink& sink) noexcept;
FRAMEALLOC_API void remove_sink(Instance& instance, DiagnosticSink& sink) noexcept;

template <class T>
struct KeptObject : Kept {
  template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, KeptObject>)
  explicit KeptObject(F&& function) : object(std::forward<F>(function)) {
    this->destroy = [](Instance& instance, Kept* self) noexcept {
      auto* const kept = static_cast<KeptObject*>(self);
      if constexpr (std::derived_from<T, DiagnosticSink>) remove_sink(instance, kept->object);
      metadata_of(instance).destroy(kept);
    };
  }
  T object;
};

// Result: a T(function) that the allocator keeps; null when there is no memory for it, or no
// allocator.
template <class T, class F>
[[nodiscard]] T* keep_object(Instance* instance, F&& function) {
  if (instance == nullptr) return nullptr;
  using Home = KeptObject<T>;
  Home* const kept = metadata_of(*instance).template create<Home>(std::forward<F>(function));
  if (kept == nullptr) return nullptr;
  keep(*instance, *kept);
  return &kept->object;
}

// Effect: keeps a sink and adds it. Result: false when there is no memory or no place for it.
template <class Sink, class F>
bool keep_sink(Instance* instance, F&& function) {
  if (instance == nullptr) return false;
  using Home = KeptObject<Sink>;
  Home* const kept = metadata_of(*instance).template create<Home>(std::forward<F>(function));
  if (kept == nullptr) return false;
  if (!add_sink(*instance, kept->object)) {
    metadata_of(*instance).destroy(kept);
    return false;
  }
  keep(*instance, *kept);
  return true;
}

}  // namespace detail
}  // namespace framealloc
