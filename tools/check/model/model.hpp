// SPDX-License-Identifier: MIT OR Apache-2.0
// What functions do with memory, and what values of a type can hold. Decided by declarations, in
// this order: annotations, the table model.def, model.functions of the configuration, the kind of
// the type. A name alone decides nothing.
#pragma once

#include "model/clang.hpp"
#include "model/settings.hpp"

#include <string>
#include <unordered_map>

namespace fa_check {

enum class Effect {
  None,
  Frame,         // result: memory of the frame of the object's allocator
  FrameRaw,      // the same, uninitialized
  FrameFree,     // the same of the arena that is the first argument
  FrameOfScope,  // the same of the arena that the scope is on
  ThreadFrame,   // result: memory of the thread's own frame
  Interior,      // result: part of what the object holds
  Retain,        // memory of the frame that may be promoted
  BeginFrame,
  EndFrame,
  NextFrame,  // ends the frame that is open, if one is, and begins the next
  BeginThreadFrame,
  EndThreadFrame,
  OpenFrame,   // begins a frame; the result ends it
  OpenScope,   // result: rewinds when it is destroyed
  Checkpoint,  // result: a mark
  SameMark,    // result: what the object holds
  Rewind,      // ends what was made since the mark
  Commit,      // the guard rewinds nothing
  Speculate,
  RunNow,        // calls its last argument before it returns
  Owner,         // result: another face of the same allocator
  Arena,         // result: the arena of the thread that calls
  OwnerOfScope,  // the same of a scope
  Resource,      // result: a memory resource on the frame
  Unmanaged,     // result: nothing of interest
  Lasting,       // result: memory that lives until it is freed
  Free,
  Box,   // result: owns an object that lives until the box ends
  Part,  // result: an allocator that belongs to this one, by name
  Scratch,
  ScratchReset,
  ScratchResetNamed,  // of the pool of that name
  Borrow,
  EndOfBorrow,
  GroupNew,
  GroupAlloc,
  GroupFree,
  GroupRelease,
  HandleNew,
  HandleFree,
  Resolve,
  TryResolve,
  Pin,
  TryPin,
  Unpin,
  Compact,
  Waits,         // the threads of the frame are done
  BarrierWaits,  // those that take part in the barrier are
  Arrives,       // the thread takes part in the barrier
  UsesBarrier,
  SetBudget,  // of the thread that calls
  ConfigureDeferred,
  ProcessDeferred,
  Suspends,
};

/// Result: whether a call with the effect gives memory of a frame, and no scratch, group or handle.
[[nodiscard]] constexpr bool gives_frame_memory(Effect effect) noexcept {
  switch (effect) {
    case Effect::Frame:
    case Effect::FrameRaw:
    case Effect::FrameFree:
    case Effect::FrameOfScope:
    case Effect::ThreadFrame:
    case Effect::Retain:
      return true;
    default:
      return false;
  }
}

enum class Kind {
  Plain,           // numbers, enumerations
  Pointer,         // pointers and references
  Allocator,       // SmartAlloc: a handle to an owner
  Owner,           // FrameArena and the like: is the owner itself
  ArenaContainer,  // FrameVec, FrameMap, FrameString: its buffer is of the arena
  Box,             // FrameBox: knows when its frame ended if T has a destructor
  Retained,        // FrameRetained
  View,            // spans, iterators, smart pointers: share what they point at
  Container,       // std: what it contains is part of it
  PmrContainer,    // std, with an allocator that may be of the frame
  Mark,            // checkpoints, group ids, handles: names something that can end
  FrameGuard,      // ScopedFrame
  ScopeGuard,      // FrameScope, ArenaScope, CheckpointGuard
  Borrow,          // ScratchBorrow
  Group,           // GroupHandle
  Pinned,          // PinGuard
  Thread,          // std::thread, jthread, future
  Library,         // another class that is not the user's
  User,
};

class Model {
 public:
  explicit Model(const Settings& settings) : settings_(settings) {}
  [[nodiscard]] Effect effect_of(const clang::FunctionDecl& function);
  [[nodiscard]] Kind kind_of(clang::QualType type);
  // Whether a value of this type can hold an address of somebody else's memory.
  [[nodiscard]] bool can_hold(clang::QualType type);
  // Whether the declaration carries framealloc::WORD.
  [[nodiscard]] bool has_word(const clang::Decl* declaration, llvm::StringRef word) const;
  // The same of the parameter, or of that of the template that the function is made of.
  [[nodiscard]] bool has_word(const clang::FunctionDecl& function, unsigned parameter,
                              llvm::StringRef word) const;

 private:
  [[nodiscard]] Effect find_effect(const clang::FunctionDecl& function) const;
  [[nodiscard]] Kind find_kind(const clang::CXXRecordDecl& record) const;
  [[nodiscard]] bool find_can_hold(clang::QualType type, unsigned depth);

  const Settings& settings_;
  std::unordered_map<const clang::FunctionDecl*, Effect> effects_;
  std::unordered_map<const clang::CXXRecordDecl*, Kind> kinds_;
  std::unordered_map<const void*, bool> holds_;
};

// "framealloc::FrameVec", without template arguments and inline namespaces.
[[nodiscard]] std::string plain_name(const clang::Decl& declaration);
[[nodiscard]] bool is_in_std(const clang::Decl& declaration);
[[nodiscard]] bool is_in_framealloc(const clang::Decl& declaration);
// Whether the function of the library says if there is room left: who takes memory while there is ends.
[[nodiscard]] bool tells_of_room(const clang::FunctionDecl& function);
[[nodiscard]] const clang::CXXRecordDecl* record_of(clang::QualType type);
// The first argument of the template that the class is made of: what a box, a view or a container is of.
[[nodiscard]] clang::QualType first_type_of(clang::QualType type);
// Whether the class is one of the library's configurations: a value without behavior.
[[nodiscard]] bool is_configuration(const clang::CXXRecordDecl& record);

}  // namespace fa_check
