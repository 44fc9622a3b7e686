// SPDX-License-Identifier: MIT OR Apache-2.0
// Which calls start threads or hand work to them, and which signal and wait.
#pragma once

#include "model/model.hpp"

#include <optional>

namespace fa_check {

enum class Sync {
  None,
  Signals,  // lets threads that wait for the object go on
  Waits,    // returns once threads have signaled the object
  Both,
};

// What a member of barriers, latches, semaphores, condition variables, promises and atomics of std
// does for the threads that share the object.
[[nodiscard]] Sync sync_of(const clang::CXXMethodDecl& method);

enum class WorkKind {
  Thread,  // a thread or a task of std is made for it
  Handed,  // a thread that is there runs it, some time
  Joined,  // threads run it, and are done when the call returns
};

struct Work {
  unsigned index = 0;  // of the argument that is called
  WorkKind kind = WorkKind::Thread;
};

// Result: the argument of the call that another thread runs; nothing when there is none.
[[nodiscard]] std::optional<Work> work_of(const Model& model, const clang::FunctionDecl& function,
                                          llvm::ArrayRef<const clang::Expr*> arguments);

// Whether the type is std::thread or std::jthread.
[[nodiscard]] bool is_thread(clang::QualType type);
// Whether an object of the type waits for its thread when it is destroyed.
[[nodiscard]] bool joins_at_end(clang::QualType type);
// Whether the function waits for the thread or the task that its object stands for.
[[nodiscard]] bool waits_for_thread(const clang::FunctionDecl& function);
// The functions that a call of the value runs, as far as the expression names them: the bodies of
// lambdas in it, functions whose address is taken.
[[nodiscard]] std::vector<const clang::FunctionDecl*> functions_named_in(
    const clang::Expr* expression);

}  // namespace fa_check
