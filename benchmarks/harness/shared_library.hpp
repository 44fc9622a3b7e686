// SPDX-License-Identifier: MIT OR Apache-2.0
// A peer that would replace malloc for the whole process if it were linked: it is loaded for
// itself, keeps its own symbols, and is called through function pointers, which costs what a call
// into a shared library costs anyway.
#pragma once

#include <dlfcn.h>

#include <string>

namespace bench {

class SharedLibrary {
 public:
  // Effect: loads `file`; on failure ok() is false and error() says why. Never unloaded: a malloc
  // has per-thread state whose destructors must stay in memory.
  explicit SharedLibrary(const char* file)
      : handle_(dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND)) {
    if (handle_ == nullptr) error_ = dlerror();
  }

  [[nodiscard]] bool ok() const { return handle_ != nullptr && error_.empty(); }
  [[nodiscard]] const std::string& error() const { return error_; }

  // Effect: sets `function` to the symbol `name`; a missing one makes ok() false.
  template <class Function>
  void find(Function*& function, const char* name) {
    if (handle_ == nullptr) return;
    function = reinterpret_cast<Function*>(dlsym(handle_, name));
    if (function == nullptr) error_ = std::string("no symbol ") + name;
  }

 private:
  void* handle_;
  std::string error_;
};

}  // namespace bench
