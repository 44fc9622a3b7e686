// SPDX-License-Identifier: MIT OR Apache-2.0 The result of a function that can fail for more than
// one reason: a value, or a code and a message.
#pragma once

#include <framealloc/codes.hpp>
#include <framealloc/text.hpp>

#include <optional>
#include <utility>

namespace framealloc {

/// A failure: a code, and one sentence saying what, where, what was expected and what to do.
struct Error {
  Code code = Code::None;
  Text<192> message;
};

/// A value or an Error. Never throws: value() of a failure is a precondition violation, so test
/// first. Thread contract: an ordinary value.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}  ///< implicit, so `return value;` works
  Result(Error error) : error_(std::move(error)) {}

  [[nodiscard]] bool has_value() const noexcept { return value_.has_value(); }
  [[nodiscard]] explicit operator bool() const noexcept { return value_.has_value(); }
  [[nodiscard]] T& value() & noexcept { return *value_; }
  [[nodiscard]] const T& value() const& noexcept { return *value_; }
  [[nodiscard]] T&& value() && noexcept { return std::move(*value_); }
  [[nodiscard]] const T&& value() const&& noexcept { return std::move(*value_); }
  [[nodiscard]] T& operator*() & noexcept { return *value_; }
  [[nodiscard]] const T& operator*() const& noexcept { return *value_; }
  /// An expiring result yields its value by move: `T value = *allocator.allocate(...)` moves.
  [[nodiscard]] T&& operator*() && noexcept { return std::move(*value_); }
  [[nodiscard]] const T&& operator*() const&& noexcept { return std::move(*value_); }
  [[nodiscard]] T* operator->() noexcept { return &*value_; }
  [[nodiscard]] const T* operator->() const noexcept { return &*value_; }
  [[nodiscard]] const Error& error() const noexcept { return error_; }
  template <class U>
  [[nodiscard]] T value_or(U&& other) const& {
    return value_ ? *value_ : static_cast<T>(std::forward<U>(other));
  }
  template <class U>
  [[nodiscard]] T value_or(U&& other) && {
    return value_ ? std::move(*value_) : static_cast<T>(std::forward<U>(other));
  }

 private:
  std::optional<T> value_;
  Error error_;
};

/// Success, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  [[nodiscard]] bool has_value() const noexcept { return error_.code == Code::None; }
  [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }
  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

}  // namespace framealloc
