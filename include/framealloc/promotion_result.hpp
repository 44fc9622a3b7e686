// SPDX-License-Identifier: MIT OR Apache-2.0
// The result of a frame that ended with promotions: the promoted objects, and the summary.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/exchange.hpp>
#include <framealloc/detail/frame/retention_record.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/frame_retained.hpp>
#include <framealloc/frame_summary.hpp>
#include <framealloc/promoted_box.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace framealloc {

/// One retained object whose policy was to leave the frame, and what happened to it. Owns an object
/// in the pool or the heap until you take it, and frees it if you do not. Views are valid while the
/// allocator lives. Requirement: it is destroyed before the allocator. Move-only.
/// Thread contract: any thread, one at a time.
class FRAMEALLOC_API PromotedAllocation {
 public:
  using Kind = PromotionKind;

  PromotedAllocation() noexcept = default;
  PromotedAllocation(const PromotedAllocation&) = delete;
  PromotedAllocation& operator=(const PromotedAllocation&) = delete;
  PromotedAllocation(PromotedAllocation&& other) noexcept
      : facts_(other.facts_), object_(detail::exchange_value(other.object_, nullptr)) {}
  PromotedAllocation& operator=(PromotedAllocation&& other) noexcept {
    if (this != &other) {
      reset();
      facts_ = other.facts_;
      object_ = detail::exchange_value(other.object_, nullptr);
    }
    return *this;
  }
  ~PromotedAllocation() { reset(); }

  [[nodiscard]] bool is_success() const noexcept { return facts_.kind != Kind::Failed; }
  [[nodiscard]] Kind kind() const noexcept { return facts_.kind; }
  /// Result: why it failed, None if it did not. A failed object was destroyed with its frame.
  [[nodiscard]] PromotionFailure reason() const noexcept { return facts_.reason; }
  [[nodiscard]] std::size_t size() const noexcept {
    return facts_.type == nullptr ? 0 : facts_.type->size;
  }
  [[nodiscard]] std::size_t alignment() const noexcept {
    return facts_.type == nullptr ? 0 : facts_.type->alignment;
  }
  [[nodiscard]] std::string_view type_name() const noexcept {
    return facts_.type == nullptr ? std::string_view() : facts_.type->name;
  }
  [[nodiscard]] std::string_view tag() const noexcept { return facts_.tag; }  ///< path
  [[nodiscard]] std::string_view phase() const noexcept { return facts_.phase; }
  /// Result: name of the scratch pool that the policy names; "" for other policies.
  [[nodiscard]] std::string_view pool_name() const noexcept { return facts_.scratch; }
  /// Result: FrameRetained::id() of the handle that it was made with.
  [[nodiscard]] std::uint64_t id() const noexcept { return facts_.id; }

  /// Result: the object; null when the promotion failed or the object has been taken.
  [[nodiscard]] void* get() const noexcept { return object_; }
  /// The same, but null if it is not a T.
  template <class T>
  [[nodiscard]] T* as() const noexcept {
    return holds<T>() ? static_cast<T*>(object_) : nullptr;
  }
  /// Effect: hands the object over. Result: its owner, which converts to PoolBox<T> or HeapBox<T>;
  /// null when it is not a T, has been taken, or the promotion failed.
  template <class T>
  [[nodiscard]] PromotedBox<T> take() noexcept {
    if (!holds<T>()) return {};
    T* const object = static_cast<T*>(detail::exchange_value(object_, nullptr));
    return PromotedBox<T>(facts_.instance, object, facts_.kind);
  }
  /// Effect: destroys the object, unless it is in a scratch pool or has been taken.
  void reset() noexcept;

  /// For the library.
  struct Facts {
    detail::Instance* instance = nullptr;
    const detail::RetainedType* type = nullptr;
    std::uint64_t id = 0;
    std::string_view tag;
    std::string_view phase;
    std::string_view scratch;
    Kind kind = Kind::Failed;
    PromotionFailure reason = PromotionFailure::None;
  };
  PromotedAllocation(const Facts& facts, void* object) noexcept : facts_(facts), object_(object) {}

 private:
  template <class T>
  [[nodiscard]] bool holds() const noexcept {
    return object_ != nullptr && detail::same_type(facts_.type, &detail::retained_type<T>);
  }

  Facts facts_;
  void* object_ = nullptr;
};

/// The promoted and the failed objects, in order of creation. In memory of the allocator, so a
/// frame that promotes does not call malloc. Move-only; destroyed before the allocator.
class FRAMEALLOC_API PromotionList {
 public:
  PromotionList() noexcept = default;
  /// For the library. Effect: room for `capacity` items; none when memory is denied.
  PromotionList(detail::MetadataAllocator& metadata, std::size_t capacity) noexcept;
  PromotionList(const PromotionList&) = delete;
  PromotionList& operator=(const PromotionList&) = delete;
  PromotionList(PromotionList&& other) noexcept { swap(other); }
  PromotionList& operator=(PromotionList&& other) noexcept {
    PromotionList taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~PromotionList();
  void swap(PromotionList& other) noexcept {
    detail::swap_values(metadata_, other.metadata_);
    detail::swap_values(items_, other.items_);
    detail::swap_values(size_, other.size_);
    detail::swap_values(capacity_, other.capacity_);
  }

  [[nodiscard]] PromotedAllocation* begin() noexcept { return items_; }
  [[nodiscard]] PromotedAllocation* end() noexcept { return items_ + size_; }
  [[nodiscard]] const PromotedAllocation* begin() const noexcept { return items_; }
  [[nodiscard]] const PromotedAllocation* end() const noexcept { return items_ + size_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] PromotedAllocation& operator[](std::size_t i) noexcept { return items_[i]; }
  [[nodiscard]] const PromotedAllocation& operator[](std::size_t i) const noexcept {
    return items_[i];
  }
  /// Result: false when there is no room; then the item is still the caller's.
  bool push_back(PromotedAllocation&& item) noexcept;

 private:
  detail::MetadataAllocator* metadata_ = nullptr;
  PromotedAllocation* items_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// Move-only; destroyed before the allocator. Destroys the objects that were not taken.
struct FRAMEALLOC_API PromotionResult {
  PromotionList promoted;  ///< failures too: see PromotedAllocation::is_success()
  FrameSummary summary;

  /// Result: what became of the object with that id; null when its policy was Discard or it is not
  /// of this frame. Time: the logarithm of the number of items.
  [[nodiscard]] PromotedAllocation* find(std::uint64_t id) noexcept;
  /// Effect: hands over what the handle pointed at. Result: as PromotedAllocation::take().
  template <class T>
  [[nodiscard]] PromotedBox<T> take(const FrameRetained<T>& handle) noexcept {
    PromotedAllocation* const item = find(handle.id());
    return item == nullptr ? PromotedBox<T>() : item->template take<T>();
  }
};

/// Called for each promoted object after its frame has ended; it may take the object. Called on the
/// thread that ended the frame, with no library lock held.
using PromotionHandler = void (*)(PromotedAllocation& promoted, void* context);

}  // namespace framealloc
