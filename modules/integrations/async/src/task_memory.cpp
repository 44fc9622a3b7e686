// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/async/task_memory.hpp>

#include <framealloc/align.hpp>
#include <framealloc/report.hpp>
#include <framealloc/text.hpp>

#include <algorithm>

namespace framealloc::async::detail {

BlockRecord* TaskMemory::make(Kind kind, std::size_t bytes, std::size_t alignment,
                              const CallSite& site) noexcept {
  alignment = std::max(alignment, alignof(BlockRecord));
  // The data stands right behind the record and must be aligned.
  const std::size_t offset = align_up(sizeof(BlockRecord), alignment) - sizeof(BlockRecord);
  const std::size_t head = offset + sizeof(BlockRecord);
  const std::size_t whole = bytes > kMaxRequest - head ? kMaxRequest + 1 : head + bytes;
  void* const block = kind == Kind::Pool ? alloc_.pool_alloc_bytes(whole, alignment, site)
                                         : alloc_.heap_alloc_bytes(whole, alignment, site);
  if (block == nullptr) return nullptr;
  auto* const record = ::new (static_cast<std::byte*>(block) + offset) BlockRecord;
  record->offset = offset;
  record->block_bytes = kind == Kind::Pool ? whole : 0;
  record->alignment = alignment;
  record->bytes = bytes;
  record->site = site;
  return record;
}

void TaskMemory::add(BlockRecord& record) noexcept {
  (last_ == nullptr ? first_ : last_->next) = &record;
  last_ = &record;
  ++count_;
  bytes_ += record.bytes;
}

void TaskMemory::discard(BlockRecord& record) noexcept {
  std::byte* const block = reinterpret_cast<std::byte*>(&record) - record.offset;
  if (record.block_bytes != 0) {
    alloc_.pool_free_bytes(block, record.block_bytes, record.alignment);
  } else {
    alloc_.heap_free_bytes(block);
  }
}

void TaskMemory::end(const char* what, std::mutex* mutex) noexcept {
  // A destructor may make new blocks, which end in the next round.
  while (BlockRecord* const batch = std::exchange(first_, nullptr)) {
    last_ = nullptr;
    end_batch(batch, what, mutex);
  }
  bytes_ = 0;
}

void TaskMemory::end_batch(BlockRecord* batch, const char* what, std::mutex* mutex) noexcept {
  const auto locked = [mutex](auto&& change) {
    std::unique_lock<std::mutex> lock;
    if (mutex != nullptr) lock = std::unique_lock(*mutex);
    change();
  };
  const auto each = [batch](auto&& visit) {
    for (BlockRecord *record = batch, *next = nullptr; record != nullptr; record = next) {
      next = record->next;
      visit(*record);
    }
  };
  locked([&] {
    each([](BlockRecord& record) {
      if (record.holder != nullptr) record.holder->ending_ = true;
    });
  });
  // Boxes that lie in the objects take themselves off here.
  each([](BlockRecord& record) {
    if (record.destroy != nullptr) record.destroy(record);
    record.destroy = nullptr;
  });
  locked([&] {
    each([](BlockRecord& record) {
      record.outlived = record.holder != nullptr;
      if (record.outlived) std::exchange(record.holder, nullptr)->drop_ended();
    });
  });
  each([&](BlockRecord& record) {
    if (record.outlived) report(record, what);
    discard(record);
  });
}

std::size_t TaskMemory::held() const noexcept {
  std::size_t count = 0;
  for (const BlockRecord* record = first_; record != nullptr; record = record->next) {
    if (record->holder != nullptr) ++count;
  }
  return count;
}

void TaskMemory::report(const BlockRecord& record, const char* what) const noexcept {
  Text<512> message;
  message.append("memory of a task is still held now that its owner has ").append(what);
  message.append(": '").append(record.site.type_name()).append("' of ").append(record.bytes);
  message.append(" bytes; the box is empty from here on");
  Report report;
  report.code = Code::FA704;
  report.message = message.view();
  report.requested = record.bytes;
  report.address = &record + 1;
  report.site = record.site;
  const TagPath tag = alloc_.path_of(alloc_.current_tag_id());
  report.tag = tag.view();
  alloc_.report(report);
}

}  // namespace framealloc::async::detail
