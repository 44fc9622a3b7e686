// SPDX-License-Identifier: MIT OR Apache-2.0
// Bodies of FrameVec that are too long for the class. Included by frame_vec.hpp.
#pragma once

#include <framealloc/detail/base/bytes.hpp>
#include <framealloc/frame_vec.hpp>

namespace framealloc {

template <class T>
template <std::input_iterator I, std::sentinel_for<I> S>
std::size_t FrameVec<T>::extend_from_iter(I first, S last, Here here) {
  const std::size_t before = size();
  if constexpr (std::forward_iterator<I>) {
    std::size_t count = detail::count_between(first, last);
    if constexpr (std::contiguous_iterator<I> && std::is_trivially_copyable_v<T> &&
                  std::same_as<T, std::iter_value_t<I>>) {
      if (count != 0 && buffer_.make_room(count, here.site)) {
        detail::copy_bytes(static_cast<void*>(buffer_.end()), std::to_address(first),
                           count * sizeof(T));
        buffer_.set_end(buffer_.end() + count);
        return count;
      }
    } else {
      // Elements of the vector must be read before they move: all at once, or as many as there is
      // memory for. What is trivially copied is still there to be read.
      if (buffer_.append_copies(first, count, here.site)) return count;
      if constexpr (!std::is_trivially_copyable_v<T>) {
        while (count > 1) {
          count = std::max(count / 2, std::min(count - 1, remaining()));
          if (buffer_.append_copies(first, count, here.site)) return count;
        }
        return 0;
      }
    }
  }
  for (; first != last; ++first) {
    if (emplace_back_at(here.site, *first) == nullptr) break;
  }
  return size() - before;
}

template <class T>
template <std::input_iterator I>
typename FrameVec<T>::iterator FrameVec<T>::insert(const_iterator at, I first, I last, Here here) {
  const std::size_t index = index_of(at);
  const std::size_t before = size();
  if constexpr (std::forward_iterator<I>) {
    const std::size_t count = detail::count_between(first, last);
    if (!buffer_.append_copies(first, count, here.site)) return end();
  } else {
    for (; first != last; ++first) {
      if (emplace_back_at(here.site, *first) != nullptr) continue;
      erase(begin() + before, end());
      return end();
    }
  }
  return turn_in(index, before);
}

template <class T>
template <std::input_iterator I, std::sentinel_for<I> S>
bool FrameVec<T>::assign(I first, S last, Here here) {
  if constexpr (std::forward_iterator<I> && std::is_reference_v<std::iter_reference_t<I>>) {
    // Elements of the vector are copied before they go.
    if (first != last && buffer_.holds(std::addressof(*first))) {
      const std::size_t before = size();
      if (buffer_.append_copies(first, detail::count_between(first, last), here.site)) {
        erase(begin(), begin() + before);
        return true;
      }
      clear();
      return false;
    }
  }
  clear();
  for (; first != last; ++first) {
    if (emplace_back_at(here.site, *first) != nullptr) continue;
    clear();
    return false;
  }
  return true;
}

}  // namespace framealloc
