// SPDX-License-Identifier: MIT OR Apache-2.0
// Bodies of FrameVec that are too long for the class. Included by frame_vec.hpp.
#pragma once

#include <framealloc/frame_vec.hpp>

namespace framealloc {

template <class T>
template <std::input_iterator I, std::sentinel_for<I> S>
std::size_t FrameVec<T>::extend_from_iter(I first, S last, Here here) {
  const std::size_t before = size();
  if constexpr (std::forward_iterator<I>) {
    const std::size_t count = detail::count_between(first, last);
    if constexpr (std::contiguous_iterator<I> && std::is_trivially_copyable_v<T> &&
                  std::same_as<T, std::iter_value_t<I>>) {
      if (count != 0 && buffer_.make_room(count, here.site)) {
        std::memcpy(static_cast<void*>(buffer_.end()), std::to_address(first), count * sizeof(T));
        buffer_.set_end(buffer_.end() + count);
        return count;
      }
    } else {
      (void)buffer_.make_room(count, here.site);
    }
  }
  for (; first != last; ++first) {
    if (emplace_back_at(here.site, *first) == nullptr) break;
  }
  return size() - before;
}

}  // namespace framealloc
