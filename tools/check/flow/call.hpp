// SPDX-License-Identifier: MIT OR Apache-2.0
// What the solver knows of a running call, of a loan and of a thread besides the state.
#pragma once

#include "facts/place.hpp"
#include "flow/value.hpp"

#include <map>
#include <set>
#include <vector>

namespace fa_check {

// A running call.
struct Call {
  const clang::FunctionDecl* function = nullptr;
  ChainId chain = 0;
  PlaceId self = 0;  // the object of a method, the closure of a lambda
  const clang::CXXRecordDecl* closure = nullptr;
  const Call* caller = nullptr;
  bool on_thread = false;  // this call, or one around it, runs on another thread
  bool coroutine = false;
  const std::map<const clang::Stmt*, Value>* outer = nullptr;  // values of the caller's expressions
};

// What does not change with the path: of a loan.
struct Loan {
  SiteId made = 0;
  const clang::FunctionDecl* maker = nullptr;  // the function of the API
  clang::QualType type;                        // of the result
  bool retained = false;
  bool discards = false;  // retained with a policy that drops it
  bool promotes = false;
  bool grown = false;     // by the growth of a container
  bool resolved = false;  // of a handle
  bool on_thread = false;
  bool of_thread = false;  // of the thread's own frame
  bool raw = false;
  PlaceId container = 0;
};

// What a thread does, as far as its body is in sight.
struct Thread {
  SiteId started = 0;    // the closure, else what starts it
  SiteId allocates = 0;  // the first allocation of any memory; 0 is none
  SiteId issues = 0;     // the first from a frame that it shares
  bool is_made = false;  // for this work, not one that is there already
  bool arrives = false;  // takes part in a FrameBarrier
  bool sets_budget = false;
  std::vector<PlaceId> owners;   // of the frames that it shares and allocates from
  std::vector<PlaceId> signals;  // objects that others wait for
  std::set<PlaceId> uses;        // loans of others
  // Effect: this stands for both.
  void join(const Thread& other);
};

}  // namespace fa_check
