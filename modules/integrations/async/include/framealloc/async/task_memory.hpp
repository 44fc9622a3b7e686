// SPDX-License-Identifier: MIT OR Apache-2.0
// What ends with a task: the records of its blocks, of any type.
#pragma once

#include <framealloc/pool_ref.hpp>
#include <framealloc/smart_alloc.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>
#include <utility>

namespace framealloc::async::detail {

struct BlockRecord;

// What a program holds of a block, and what knows when the block has gone. While its owner is just
// ending, it is empty already, but can still be taken off the record: then it was part of what
// ends, and nothing outlives it.
class BlockHolder {
 public:
  // Result: null when it is empty.
  [[nodiscard]] BlockRecord* record() const noexcept { return ending_ ? nullptr : record_; }
  void hold(BlockRecord& record) noexcept;
  void take(BlockHolder& other) noexcept;
  void drop() noexcept;

 private:
  friend class TaskMemory;
  void drop_ended() noexcept {
    record_ = nullptr;
    ending_ = false;
  }
  BlockRecord* record_ = nullptr;
  bool ending_ = false;
};

// Stands in front of each block.
struct BlockRecord {
  void (*destroy)(BlockRecord& record) noexcept = nullptr;  // the objects, not the block
  BlockHolder* holder = nullptr;                            // null: nobody holds it any more
  BlockRecord* next = nullptr;                              // made after this one
  std::size_t offset = 0;                                   // of the record in its block
  std::size_t block_bytes = 0;                              // 0: it is a heap block
  std::size_t alignment = 0;
  std::size_t bytes = 0;  // as asked for
  bool outlived = false;  // somebody held it when its owner had ended
  CallSite site;
};

inline void BlockHolder::hold(BlockRecord& record) noexcept {
  record_ = &record;
  record.holder = this;
}
inline void BlockHolder::take(BlockHolder& other) noexcept {
  record_ = std::exchange(other.record_, nullptr);
  ending_ = std::exchange(other.ending_, false);
  if (record_ != nullptr) record_->holder = this;
}
inline void BlockHolder::drop() noexcept {
  if (record_ != nullptr) std::exchange(record_, nullptr)->holder = nullptr;
  ending_ = false;
}

// Blocks that end together, in the order in which they were made. Thread contract: one thread, or
// the lock of the owner.
class TaskMemory {
 public:
  explicit TaskMemory(const SmartAlloc& alloc) noexcept : alloc_(alloc) {}
  TaskMemory(const TaskMemory&) = delete;
  TaskMemory& operator=(const TaskMemory&) = delete;

  enum class Kind : std::uint8_t { Pool, Heap };
  // Effect: a block for `head + bytes` bytes. Result: null when denied, which is reported. The block
  // has no owner until add().
  [[nodiscard]] BlockRecord* make(Kind kind, std::size_t bytes, std::size_t alignment,
                                  const CallSite& site) noexcept;
  // Effect: the block ends with the others from now on.
  void add(BlockRecord& record) noexcept;
  // Effect: frees a block that was never added.
  void discard(BlockRecord& record) noexcept;
  // Effect: destroys and frees everything; holders that are left are empty, and FA704 names them.
  // `what` says what became of the owner; `mutex` guards the holders where threads share them.
  // Requirement: called before the end; the mutex is not held.
  void end(const char* what, std::mutex* mutex = nullptr) noexcept;

  [[nodiscard]] static void* data_of(BlockRecord& record) noexcept { return &record + 1; }
  [[nodiscard]] SmartAlloc& allocator() noexcept { return alloc_; }
  [[nodiscard]] std::uint64_t allocation_count() const noexcept { return count_; }
  [[nodiscard]] std::size_t bytes_allocated() const noexcept { return bytes_; }
  void add_bytes(std::size_t more) noexcept { bytes_ += more; }
  [[nodiscard]] std::size_t held() const noexcept;

 private:
  void end_batch(BlockRecord* batch, const char* what, std::mutex* mutex) noexcept;
  void report(const BlockRecord& record, const char* what) const noexcept;

  SmartAlloc alloc_;
  BlockRecord* first_ = nullptr;
  BlockRecord* last_ = nullptr;
  std::uint64_t count_ = 0;
  std::size_t bytes_ = 0;
};

// Frees a block again if a constructor throws.
class BlockInMaking {
 public:
  BlockInMaking(TaskMemory& memory, BlockRecord* record) noexcept
      : memory_(memory), record_(record) {}
  ~BlockInMaking() {
    if (record_ != nullptr) memory_.discard(*record_);
  }
  BlockInMaking(const BlockInMaking&) = delete;
  BlockInMaking& operator=(const BlockInMaking&) = delete;
  [[nodiscard]] BlockRecord& keep() noexcept {
    BlockRecord& record = *record_;
    record_ = nullptr;
    memory_.add(record);
    return record;
  }

 private:
  TaskMemory& memory_;
  BlockRecord* record_;
};

}  // namespace framealloc::async::detail
