// SPDX-License-Identifier: MIT OR Apache-2.0
// A file as the editor has it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace fa_check::lsp {

// A place as the protocol counts: from 0, characters in units of the negotiated encoding.
struct Position {
  unsigned line = 0, character = 0;
};

class Document {
 public:
  Document(std::string path, int version, std::string text)
      : path_(std::move(path)), text_(std::move(text)), version_(version) {}

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] int version() const { return version_; }

  // Effect: applies an element of didChange's contentChanges. Result: whether it could be.
  [[nodiscard]] bool change(const nlohmann::json& change, bool utf16);
  void set_version(int version) { version_ = version; }

  // Result: the place of a line and a byte column, both counted from 1, in the protocol's terms.
  [[nodiscard]] Position position(unsigned line, unsigned column, bool utf16) const;
  // Result: how many units the line has.
  [[nodiscard]] unsigned length(unsigned line, bool utf16) const;
  [[nodiscard]] std::string_view line(unsigned line) const;  // from 1

 private:
  [[nodiscard]] std::optional<std::size_t> offset(const nlohmann::json& position, bool utf16) const;

  std::string path_, text_;
  int version_ = 0;
};

// Result: the path of a file: URI; empty where it is another kind.
[[nodiscard]] std::string path_of_uri(std::string_view uri);
[[nodiscard]] std::string uri_of_path(std::string_view path);

}  // namespace fa_check::lsp
