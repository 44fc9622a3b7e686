// SPDX-License-Identifier: MIT OR Apache-2.0
// The storage under FrameVec: a run of objects in frame memory that grows where it stands as long
// as nothing newer follows it.
#pragma once

#include <framealloc/align.hpp>
#include <framealloc/detail/base/exchange.hpp>
#include <framealloc/detail/container/relocate.hpp>
#include <framealloc/frame_arena.hpp>
#include <framealloc/frame_new.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

namespace framealloc::detail {

// Without the function objects of std::ranges: they are unique symbols, see FRAMEALLOC_OWN_COPY.
template <std::forward_iterator I, std::sentinel_for<I> S>
[[nodiscard]] constexpr std::size_t count_between(I first, S last) {
  if constexpr (std::sized_sentinel_for<S, I>) {
    return static_cast<std::size_t>(last - first);
  } else {
    std::size_t count = 0;
    for (; first != last; ++first) ++count;
    return count;
  }
}

// Elements that need destroying are destroyed when the buffer dies or when its frame ends,
// whichever comes first. For that the arena keeps a finalizer that points back at the buffer; it
// empties the buffer, which is then unattached and may be filled anew in a later frame. Elements
// that need no destroying cost no finalizer, and the buffer then knows nothing of the end of its
// frame. Thread contract: the thread of the arena.
template <class T>
class FrameBuffer {
 public:
  explicit FrameBuffer(FrameArena& arena) noexcept : arena_(&arena) {}
  FrameBuffer(const FrameBuffer&) = delete;
  FrameBuffer& operator=(const FrameBuffer&) = delete;
  FrameBuffer(FrameBuffer&& other) noexcept : arena_(other.arena_) { take(other); }
  FrameBuffer& operator=(FrameBuffer&& other) noexcept {
    if (this != &other) {
      dispose();
      arena_ = other.arena_;
      take(other);
    }
    return *this;
  }
  ~FrameBuffer() { dispose(); }
  void swap(FrameBuffer& other) noexcept {
    FrameBuffer before(std::move(*this));
    *this = std::move(other);
    other = std::move(before);
  }

  [[nodiscard]] T* begin() const noexcept { return begin_; }
  [[nodiscard]] T* end() const noexcept { return end_; }
  [[nodiscard]] T* limit() const noexcept { return limit_; }
  void set_end(T* end) noexcept { end_ = end; }
  [[nodiscard]] std::size_t size() const noexcept {
    return static_cast<std::size_t>(end_ - begin_);
  }
  [[nodiscard]] std::size_t capacity() const noexcept {
    return static_cast<std::size_t>(limit_ - begin_);
  }
  [[nodiscard]] FrameArena& arena() const noexcept { return *arena_; }

  // Memory for elements that are not in it yet.
  struct None {};
  static constexpr bool kOwes = !std::is_trivially_destructible_v<T>;
  using Owed = std::conditional_t<kOwes, Finalizer*, None>;
  struct Storage {
    T* begin = nullptr;
    std::size_t capacity = 0;
    [[no_unique_address]] Owed finalizer{};
  };

  // Small values travel in registers: a reference to a loop's variable would keep it in memory.
  static constexpr bool kByValue =
      std::is_trivially_copyable_v<T> && sizeof(T) <= 2 * sizeof(void*);

  // Effect: appends T(arguments...), which may refer to an element. Result: null when denied; then
  // nothing changed and no argument was moved from.
  template <class... A>
  FRAMEALLOC_ALWAYS_INLINE T* append_growing(const CallSite& site, A&&... arguments) {
    const auto append = [&](FrameBuffer& growing) {
      return growing.append_out_of_line(site.file, site.function, site.line,
                                        std::forward<A>(arguments)...);
    };
    // A constructor might read the vector, or throw; a copy of the bytes does neither.
    if constexpr (std::is_trivially_copyable_v<T> && sizeof...(A) == 1 &&
                  (std::is_same_v<std::remove_cvref_t<A>, T> && ...)) {
      return apart(append);
    } else {
      return append(*this);
    }
  }

  // Result: storage for `capacity` elements, more than there are, for append_into(); no begin when
  // denied. It may be the present one made longer. `quiet`: a denial is not reported.
  [[nodiscard]] Storage storage_for(std::size_t capacity, const CallSite& site,
                                    bool quiet) noexcept {
    if (capacity <= this->capacity()) return {begin_, this->capacity(), {}};
    if (!extend_in_place(capacity)) return allocate(capacity, site, quiet);
    limit_ = begin_ + capacity;
    return {begin_, capacity, {}};
  }
  // Result: whether something stands in the buffer.
  [[nodiscard]] bool holds(const volatile void* address) const noexcept {
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    return at >= reinterpret_cast<std::uintptr_t>(begin_) &&
           at < reinterpret_cast<std::uintptr_t>(end_);
  }
  // Effect: gives storage that was not used back.
  void drop(const Storage& storage) noexcept {
    if (storage.begin == begin_) return;
    arena_->shrink_top(storage.begin, bytes(storage.capacity), 0);
    if constexpr (kOwes) arena_->shrink_top(storage.finalizer, sizeof(Finalizer), 0);
  }
  // Effect: appends T(arguments...), which may refer to an element, in `storage`, and has the
  // others follow.
  template <class... A>
  T* append_into(const Storage& storage, A&&... arguments) {
    T* const made = construct<T>(storage.begin + size(), std::forward<A>(arguments)...);
    adopt(storage);
    end_ = made + 1;
    return made;
  }
  // Effect: appends `count` values from `first` on, which may be elements. Result: false when
  // denied; then nothing changed.
  template <class I>
  bool append_copies(I first, std::size_t count, const CallSite& site) {
    const bool fits = static_cast<std::size_t>(limit_ - end_) >= count;
    const Storage storage = fits ? Storage{begin_, capacity(), {}} : enlarge(count, site);
    if (storage.begin == nullptr) return count == 0;
    struct Copies {
      ~Copies() { destroy_backwards(begin, end); }  // a copy may throw
      T* begin;
      T* end;
    } copies{storage.begin + size(), storage.begin + size()};
    for (; count != 0; --count, ++copies.end, ++first) construct<T>(copies.end, *first);
    adopt(storage);
    end_ = copies.end;
    copies.begin = copies.end;
    return true;
  }

  // As append_growing().
  FRAMEALLOC_ALWAYS_INLINE T* append_value_growing(T value, const CallSite& site) noexcept
    requires kByValue
  {
    return apart([&](FrameBuffer& growing) {
      return growing.append_value_out_of_line(value, site.file, site.function, site.line);
    });
  }

  // Effect: room for `more` elements after the present ones, growing in proportion. Result: false
  // when denied; then nothing changed.
  FRAMEALLOC_NOINLINE bool make_room(std::size_t more, const CallSite& site) noexcept {
    if (static_cast<std::size_t>(limit_ - end_) >= more) return true;
    const Storage storage = enlarge(more, site);
    if (storage.begin == nullptr) return false;
    adopt(storage);
    return true;
  }

  // Effect: room for `capacity` elements in all and no more. Result: as above.
  FRAMEALLOC_ALWAYS_INLINE bool reserve_exactly(std::size_t capacity,
                                                const CallSite& site) noexcept {
    if (capacity <= this->capacity()) return true;
    const auto grow = [&](FrameBuffer& growing) {
      return growing.reserve_out_of_line(capacity, site.file, site.function, site.line);
    };
    if constexpr (kOwes) {
      return grow(*this);
    } else {
      return apart(grow);
    }
  }

  // Effect: gives memory beyond the elements back, if it is the newest of its arena.
  void shrink() noexcept {
    if (begin_ == nullptr || !arena_->holds(epoch_)) return;
    if (!arena_->shrink_top(begin_, bytes(capacity()), bytes(size()))) return;
    limit_ = end_;
    // Checkpoints are compared with it: one taken from here on may lie lower than before.
    if constexpr (kOwes) finalizer_->position = arena_->position();
  }

  // Effect: the memory is the frame's, and the buffer has none.
  void give_up() noexcept
    requires(!kOwes)
  {
    begin_ = end_ = limit_ = nullptr;
  }

  void clear() noexcept {
    destroy_backwards(begin_, end_);
    end_ = begin_;
  }

 private:
  // Effect: change(FrameBuffer&), a call out of line, on another buffer that holds the memory
  // during the call. If this one's address left the function that uses it, its begin and end could
  // not stay in registers there: any write to memory might change them.
  template <class Change>
  FRAMEALLOC_ALWAYS_INLINE auto apart(const Change& change) noexcept {
    static_assert(!kOwes, "a finalizer points at the buffer");
    FrameBuffer other(std::move(*this));
    const auto result = change(other);
    take(other);
    return result;
  }
  // The parts of a call site by value, here and below: an object would be built on the stack where
  // the vector is full or not.
  template <class... A>
  FRAMEALLOC_NOINLINE T* append_out_of_line(const char* file, const char* function,
                                            std::uint32_t line, A&&... arguments) {
    const CallSite site{file, function, line};
    const Storage storage = extend_a_quarter() ? Storage{begin_, capacity(), {}} : enlarge(1, site);
    if (storage.begin == nullptr) return nullptr;
    // Before the others move, because the arguments may refer to one of them.
    T* made = construct<T>(storage.begin + size(), std::forward<A>(arguments)...);
    adopt(storage);
    end_ = made + 1;
    return made;
  }
  FRAMEALLOC_NOINLINE bool reserve_out_of_line(std::size_t capacity, const char* file,
                                               const char* function, std::uint32_t line) noexcept {
    if (extend_in_place(capacity)) {
      limit_ = begin_ + capacity;
      return true;
    }
    const Storage storage = allocate(capacity, CallSite{file, function, line});
    if (storage.begin == nullptr) return false;
    adopt(storage);
    return true;
  }
  FRAMEALLOC_NOINLINE T* append_value_out_of_line(T value, const char* file, const char* function,
                                                  std::uint32_t line) noexcept {
    if (!extend_a_quarter() && !make_room(1, CallSite{file, function, line})) return nullptr;
    return construct<T>(end_++, value);
  }

  // Elements by which a vector grows where it stands, at least. A quarter of its size is the other
  // bound: small steps cost little in place, and what is not used in the end stays small.
  static constexpr std::size_t kLeastStep = sizeof(T) <= 4     ? 64 / sizeof(T)
                                            : sizeof(T) <= 64  ? 16
                                            : sizeof(T) < 1024 ? 1024 / sizeof(T)
                                                               : 1;

  [[nodiscard]] std::size_t step() const noexcept {
    return capacity() / 4 > kLeastStep ? capacity() / 4 : kLeastStep;
  }
  static constexpr std::size_t bytes(std::size_t count) noexcept {
    return saturating_bytes(count, sizeof(T));
  }
  // A block is rounded up to the granule; what the rounding adds is capacity too.
  static constexpr std::size_t fill_granule(std::size_t count) noexcept {
    return count > kMaxRequest / sizeof(T) ? count : align_up(bytes(count), kGranule) / sizeof(T);
  }
  static constexpr std::size_t sum(std::size_t a, std::size_t b) noexcept {
    return a > SIZE_MAX - b ? SIZE_MAX : a + b;
  }

  [[nodiscard]] bool extend_in_place(std::size_t capacity) noexcept {
    // Rewinding to a checkpoint must not take the tail of a buffer that owes destructors and leave
    // it the rest: a buffer older than a checkpoint moves to a block, and a finalizer, of its own.
    if constexpr (kOwes) {
      if (finalizer_ == nullptr || finalizer_->position <= arena_->highest_checkpoint())
        return false;
    }
    return begin_ != nullptr && capacity <= kMaxRequest / sizeof(T) && arena_->epoch() == epoch_ &&
           arena_->try_extend(begin_, bytes(this->capacity()), bytes(capacity));
  }

  // Effect: what growth mostly is, without the cases in which it is not possible.
  FRAMEALLOC_ALWAYS_INLINE bool extend_a_quarter() noexcept {
    const std::size_t wanted = align_up((capacity() + step()) * sizeof(T), kGranule) / sizeof(T);
    if (!extend_in_place(wanted)) return false;
    limit_ = begin_ + wanted;
    return true;
  }

  // Result: storage with room for `more` further elements, perhaps the present one made longer.
  [[nodiscard]] Storage enlarge(std::size_t more, const CallSite& site) noexcept {
    const std::size_t need = sum(size(), more);
    const std::size_t gentle = fill_granule(sum(capacity(), step()));
    const std::size_t enough = need > gentle ? fill_granule(need) : gentle;
    if (extend_in_place(enough)) return {begin_, enough, {}};
    if (enough != need && extend_in_place(need)) return {begin_, need, {}};
    const std::size_t doubled = fill_granule(sum(capacity(), capacity()));
    // Near a limit the need must do instead of the wish, and only its denial is a denial.
    const Storage storage = allocate(doubled > enough ? doubled : enough, site, true);
    return storage.begin != nullptr ? storage : allocate(need, site);
  }

  [[nodiscard]] Storage allocate(std::size_t capacity, const CallSite& site,
                                 bool quiet = false) noexcept {
    const auto memory = [&] {
      return quiet ? arena_->template alloc_batch_quietly<T>(capacity, site)
                   : arena_->template alloc_batch<T>(capacity, site);
    };
    if constexpr (kOwes) {
      Finalizer* finalizer;
      T* const begin = allocate_owing(*arena_, &frame_over, &finalizer, site, memory, quiet);
      return {begin, capacity, finalizer};
    } else {
      return {memory(), capacity, {}};
    }
  }

  // Effect: makes `storage` the buffer's, with the present elements in it.
  void adopt(const Storage& storage) noexcept {
    const std::size_t size = this->size();
    if (storage.begin != begin_) {
      relocate(begin_, size, storage.begin);
      begin_ = storage.begin;
      end_ = begin_ + size;
      if constexpr (kOwes) {
        if (finalizer_ != nullptr) finalizer_->destroy = nullptr;
        finalizer_ = storage.finalizer;
        arena_->arm(finalizer_, this, 1);
      }
    }
    limit_ = begin_ + storage.capacity;
    epoch_ = arena_->epoch();
  }

  // Called by the arena at the end of the frame, or when it is rewound past the buffer.
  static void frame_over(void* buffer, std::size_t) noexcept {
    auto* const self = static_cast<FrameBuffer*>(buffer);
    T* const begin = detail::exchange_value(self->begin_, nullptr);
    T* const end = detail::exchange_value(self->end_, nullptr);
    self->limit_ = nullptr;
    if constexpr (kOwes) self->finalizer_ = nullptr;
    destroy_backwards(begin, end);
  }

  void take(FrameBuffer& other) noexcept {
    begin_ = detail::exchange_value(other.begin_, nullptr);
    end_ = detail::exchange_value(other.end_, nullptr);
    limit_ = detail::exchange_value(other.limit_, nullptr);
    epoch_ = other.epoch_;
    if constexpr (kOwes) {
      finalizer_ = detail::exchange_value(other.finalizer_, nullptr);
      if (finalizer_ != nullptr) finalizer_->objects = this;
    }
  }

  void dispose() noexcept {
    destroy_backwards(begin_, end_);
    if constexpr (kOwes) {
      if (finalizer_ != nullptr) finalizer_->destroy = nullptr;
      finalizer_ = nullptr;
    }
    if (begin_ != nullptr) arena_->give_back(begin_, bytes(capacity()), epoch_);
    begin_ = end_ = limit_ = nullptr;
  }
  T* begin_ = nullptr;
  T* end_ = nullptr;
  T* limit_ = nullptr;
  FrameArena* arena_;
  std::uint64_t epoch_ = 0;  // of the arena when the present memory was had
  [[no_unique_address]] Owed finalizer_{};
};

}  // namespace framealloc::detail
