// SPDX-License-Identifier: MIT OR Apache-2.0
// Who calls a function of the unit, and whether a frame ends there.
#pragma once

#include "checks/findings.hpp"
#include "facts/bodies.hpp"

#include <map>
#include <set>
#include <vector>

namespace fa_check {

class Callers {
 public:
  explicit Callers(const Bodies& bodies);
  // Whether the function has callers, all in functions that end frames or are only called from such ones, and ends none
  // itself: then what becomes of what it stores was seen where it is called.
  [[nodiscard]] bool end_frames(const clang::FunctionDecl& function) const;

  // Whether a frame ends in the function, or in one that it calls.
  [[nodiscard]] bool ends_frame(const clang::FunctionDecl& function) const;
  // Whether those who run the function and end frames end that of the allocator which the memory is of, that is made at
  // `made`.
  [[nodiscard]] bool end_frame_of(const CheckInput& input, const clang::FunctionDecl& function,
                                  const clang::Stmt* made) const;

 private:
  bool all_end_frames(const clang::FunctionDecl* function,
                      std::set<const clang::FunctionDecl*>& seen) const;

  std::map<const clang::FunctionDecl*, std::vector<const clang::FunctionDecl*>> callers_;
  std::set<const clang::FunctionDecl*> ends_;
};

}  // namespace fa_check
