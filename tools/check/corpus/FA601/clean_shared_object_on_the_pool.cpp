// SPDX-License-Identifier: MIT OR Apache-2.0
// The same on the pool.
#include <framealloc/framealloc.hpp>
#include <memory>
#include <memory_resource>
namespace fa = framealloc;
struct Quest {
  int id;
  float progress;
};
class Journal {
 public:
  void note(fa::SmartAlloc& alloc, int id) {
    alloc.begin_frame();
    std::pmr::polymorphic_allocator<Quest> pool(alloc.pool_resource());
    auto quest = std::allocate_shared<Quest>(pool, Quest{id, 0});
    const auto draft = std::allocate_shared<Quest>(fa::FrameAllocator<Quest>(alloc), *quest);
    quest->progress = draft->progress;
    current_ = quest;
    alloc.end_frame();
  }
  float progress() const { return current_->progress; }

 private:
  std::shared_ptr<Quest> current_;
};
