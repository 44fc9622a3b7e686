// SPDX-License-Identifier: MIT OR Apache-2.0
// Functions that call themselves, or are called by what they call.
#pragma once

#include "facts/bodies.hpp"

#include <map>
#include <set>

namespace fa_check {

class Recursion {
 public:
  explicit Recursion(const Bodies& bodies) : bodies_(bodies) {}
  // Whether the number that the function has in the parameter `index` is another one when it is called again, before
  // it has returned.
  [[nodiscard]] bool changes(const clang::FunctionDecl& function, unsigned index);
  // Whether the function is called again before it has returned, and a frame ends in it or in what it calls.
  [[nodiscard]] bool ends_frame(const clang::FunctionDecl& function);

 private:
  struct Facts {
    std::set<unsigned> changed;
    bool is_recursive = false;
    bool ends_frame = false;
  };
  const Facts& facts(const clang::FunctionDecl& function);

  const Bodies& bodies_;
  std::map<const clang::FunctionDecl*, Facts> known_;
};

}  // namespace fa_check
