// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/frame/retention_book.hpp>

#include <cstring>
#include <mutex>
#include <new>

namespace framealloc::detail {

RetentionBook::~RetentionBook() {
  while (Name* const name = names_) {
    names_ = name->next;
    metadata_.deallocate(name, sizeof(Name) + name->length);
  }
}

std::optional<std::string_view> RetentionBook::find(std::string_view name) noexcept {
  for (Name* known = names_; known != nullptr; known = known->next) {
    const std::string_view text(known->text(), known->length);
    if (text == name) return text;
  }
  return std::nullopt;
}

std::optional<std::string_view> RetentionBook::keep(std::string_view name) noexcept {
  if (name.empty()) return std::string_view();
  {
    const std::lock_guard guard(lock_);
    if (const auto known = find(name)) return known;
  }
  void* const home = metadata_.allocate(sizeof(Name) + name.size());
  if (home == nullptr) return std::nullopt;
  Name* const fresh = ::new (home) Name{nullptr, name.size()};
  std::memcpy(fresh->text(), name.data(), name.size());
  std::optional<std::string_view> kept;
  {
    const std::lock_guard guard(lock_);
    kept = find(name);  // another thread may have been faster
    if (!kept) {
      fresh->next = names_;
      names_ = fresh;
      return std::string_view(fresh->text(), fresh->length);
    }
  }
  metadata_.deallocate(home, sizeof(Name) + name.size());
  return kept;
}

std::string_view RetentionBook::path(TagId tag) noexcept {
  if (tag == TagId::Untagged) return {};
  const auto index = static_cast<std::size_t>(tag);
  {
    const std::lock_guard guard(lock_);
    if (index < paths_.size() && !paths_[index].empty()) return paths_[index];
  }
  const std::optional<std::string_view> kept = keep(tags_.path(tag).view());
  if (!kept) return tags_.name(tag);
  // The list grows under the lock, and the memory source may be called then: rarely, and never
  // while another lock of the library is held.
  const std::lock_guard guard(lock_);
  while (paths_.size() <= index && paths_.push_back({})) {
  }
  if (index < paths_.size()) paths_[index] = *kept;
  return *kept;
}

}  // namespace framealloc::detail
