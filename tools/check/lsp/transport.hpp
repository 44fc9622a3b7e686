// SPDX-License-Identifier: MIT OR Apache-2.0
// Messages of the Language Server Protocol: a header with the length, an empty line, JSON.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fa_check::lsp {

class MessageReader {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{64} << 20;

  void add(std::string_view bytes) { buffer_ += bytes; }
  // Result: the body of the next message that is whole. Bytes that are no message are passed over.
  [[nodiscard]] std::optional<std::string> next();
  // Whether what came can never become a message again.
  [[nodiscard]] bool is_broken() const { return broken_; }

 private:
  std::string buffer_;
  bool broken_ = false;
};

[[nodiscard]] std::string framed(std::string_view body);

}  // namespace fa_check::lsp
