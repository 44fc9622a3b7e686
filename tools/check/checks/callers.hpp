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
  Callers(const Bodies& bodies, const Solver& solver);
  // Whether a frame ends in the function, or in one that it calls.
  [[nodiscard]] bool ends_frame(const clang::FunctionDecl& function) const;
  // Whether `caller` runs `callee`, itself or by what it calls.
  [[nodiscard]] bool run(const clang::FunctionDecl& caller,
                         const clang::FunctionDecl& callee) const;
  // Whether the function that stores the loan was run wherever the unit calls it, to the end of the frame, and the
  // memory was taken out of `keeper` before that, or was told of. Objects that are older than the frame and keep it to
  // their own end, though nobody looks at them, are told of where they store it.
  [[nodiscard]] bool judge(const CheckInput& input, const Event& event, PlaceId keeper,
                           const Loan& loan) const;

 private:
  // Whether the function has callers, all in functions that end frames, are followed by one or only called from such
  // ones, and ends none itself: then what becomes of what it stores was seen where it is called.
  [[nodiscard]] bool end_frames(const clang::FunctionDecl& function) const;
  // Whether those who run the function and end frames end that of the allocator which the memory is of, that is made at
  // `made`.
  [[nodiscard]] bool end_frame_of(const CheckInput& input, const clang::FunctionDecl& function,
                                  const clang::Stmt* made) const;
  // Whether another method of its class ends frames: that is run after it.
  [[nodiscard]] bool is_followed(const clang::FunctionDecl& function) const;
  bool all_end_frames(const clang::FunctionDecl* function,
                      std::set<const clang::FunctionDecl*>& seen) const;

  std::map<const clang::FunctionDecl*, std::vector<const clang::FunctionDecl*>> callers_;
  std::set<const clang::FunctionDecl*> ends_;
};

}  // namespace fa_check
