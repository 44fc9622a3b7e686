// SPDX-License-Identifier: MIT OR Apache-2.0
// Pool and heap against a model: any sequence of calls, by several members, keeps every block's
// bytes, the totals by tag and kind, and the budget sums as the model has them.
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "pool/pool_rig.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <ostream>
#include <vector>

namespace framealloc::test {
namespace {

constexpr std::size_t kMembers = 3;
constexpr std::size_t kTags = 4;

struct Step {
  enum class What { Allocate, Free, FreeUnattached, Resize, Select, Flush, Drain, Collect, Leave };
  What what;
  std::size_t member;
  std::size_t size;
  std::size_t alignment;
  AllocKind kind;
  std::size_t pick;
};

// For the report of a counterexample.
std::ostream& operator<<(std::ostream& out, const Step& step) {
  static constexpr const char* kNames[] = {"allocate", "free",    "free unattached",
                                           "resize",   "select",  "flush",
                                           "drain",    "collect", "leave"};
  return out << kNames[static_cast<std::size_t>(step.what)] << " member " << step.member << " size "
             << step.size << " alignment " << step.alignment
             << (step.kind == AllocKind::Pool ? " pool" : " heap") << " pick " << step.pick;
}

rc::Gen<std::size_t> any_size() {
  return rc::gen::oneOf(rc::gen::inRange<std::size_t>(0, 300),
                        rc::gen::inRange<std::size_t>(300, 8193),
                        rc::gen::inRange<std::size_t>(8193, 300000));
}

rc::Gen<Step> any_step() {
  using What = Step::What;
  return rc::gen::build<Step>(
      rc::gen::set(&Step::what, rc::gen::weightedElement<What>({{12, What::Allocate},
                                                                {8, What::Free},
                                                                {1, What::FreeUnattached},
                                                                {1, What::Resize},
                                                                {3, What::Select},
                                                                {1, What::Flush},
                                                                {1, What::Drain},
                                                                {1, What::Collect},
                                                                {1, What::Leave}})),
      rc::gen::set(&Step::member, rc::gen::inRange<std::size_t>(0, kMembers)),
      rc::gen::set(&Step::size, any_size()),
      rc::gen::set(&Step::alignment,
                   rc::gen::weightedElement<std::size_t>(
                       {{6, 16}, {1, 1}, {1, 32}, {1, 64}, {1, 256}, {1, 4096}, {1, 16384}})),
      rc::gen::set(&Step::kind, rc::gen::element(AllocKind::Pool, AllocKind::Heap)),
      rc::gen::set(&Step::pick, rc::gen::inRange<std::size_t>(0, 1000000)));
}

struct Block {
  unsigned char* address;
  std::size_t size;
  std::size_t accounted;
  AllocKind kind;
  std::size_t tag;
  unsigned char mark;
};

// Several members used in turn from one thread: what differs between threads is the word that names
// them, and that is made up here. Races are the stress tests' matter.
class Model {
 public:
  explicit Model(const RigOptions& options) : rig_(options) {
    for (const char* const name : {"", "a", "a::b", "c"}) tags_.push_back(rig_.tag(name));
    for (std::size_t i = 0; i < kMembers; ++i) {
      members_.push_back(&rig_.add_member());
      attach(i);
    }
  }

  void apply(const Step& step) {
    PoolThread& pool = members_[step.member]->pool;
    switch (step.what) {
      case Step::What::Allocate:
        return allocate(step, pool);
      case Step::What::Free:
        return free_one(step, &pool);
      case Step::What::FreeUnattached:
        return free_one(step, nullptr);
      case Step::What::Resize:
        return resize(step, pool);
      case Step::What::Select:
        current_[step.member] = step.pick % kTags;
        pool.select(tags_[current_[step.member]]);
        return;
      case Step::What::Flush:
        return pool.flush();
      case Step::What::Drain:
        RC_ASSERT(pool.drain(step.pick % 20) <= step.pick % 20);
        return;
      case Step::What::Collect:
        (void)pool.collect(step.pick % 2 == 0 ? PoolThread::kEverything : step.pick % 100);
        (void)rig_.shared().trim();
        return;
      case Step::What::Leave:
        pool.detach();
        attach(step.member);
        return;
    }
  }

  void check() {
    std::size_t pool_sum = 0;
    std::size_t heap_sum = 0;
    for (std::size_t tag = 0; tag < kTags; ++tag) {
      std::size_t pool_bytes = 0;
      std::size_t heap_bytes = 0;
      for (const Block& block : blocks_) {
        if (block.tag != tag) continue;
        (block.kind == AllocKind::Pool ? pool_bytes : heap_bytes) += block.accounted;
      }
      const PoolTotals totals = rig_.shared().totals(tags_[tag]);
      RC_ASSERT(totals.pool_bytes == pool_bytes);
      RC_ASSERT(totals.heap_bytes == heap_bytes);
      RC_ASSERT(totals.allocations - totals.frees ==
                static_cast<std::uint64_t>(
                    std::count_if(blocks_.begin(), blocks_.end(),
                                  [tag](const Block& block) { return block.tag == tag; })));
      pool_sum += pool_bytes;
      heap_sum += heap_bytes;
      // What is charged covers what is in use; the rest is ready somewhere.
      const auto budget = rig_.budgets().get_tag_budget(rig_.tags().path(tags_[tag]));
      RC_ASSERT(budget.has_value());
      RC_ASSERT(budget->current_usage >= pool_bytes + heap_bytes);
    }
    RC_ASSERT(rig_.shared().totals().pool_bytes == pool_sum);
    RC_ASSERT(rig_.shared().totals().heap_bytes == heap_sum);
    for (const Block& block : blocks_) check_bytes(block);
  }

  // Frees the rest; nothing may be held then.
  void finish() {
    while (!blocks_.empty()) {
      free_one(Step{Step::What::Free, 0, 0, 0, AllocKind::Pool, 0},
               &members_[blocks_.size() % kMembers]->pool);
    }
    for (Rig::Member* const member : members_) member->pool.flush();
    for (Rig::Member* const member : members_) member->pool.detach();
    RC_ASSERT(rig_.shared().orphaned_slabs() == 0U);
    RC_ASSERT(rig_.budgets().current_usage() == 0U);
    RC_ASSERT(rig_.reports().empty());
    const PoolTotals totals = rig_.shared().totals();
    RC_ASSERT(totals.pool_bytes + totals.heap_bytes == 0U);
    RC_ASSERT(totals.allocations == totals.frees);
  }

 private:
  void attach(std::size_t member) {
    // No thread of this program has such a word.
    members_[member]->pool.attach(0x1000 + 8 * ++words_, os::current_thread_id());
    current_[member] = 0;
  }
  void allocate(const Step& step, PoolThread& pool) {
    auto* const address = static_cast<unsigned char*>(
        pool.allocate(step.size, step.alignment, step.kind, CallSite::current()));
    RC_ASSERT(address != nullptr);
    RC_ASSERT(is_aligned(address, step.alignment));
    Block block{address, step.size, 0, step.kind, current_[step.member], ++mark_};
    block.accounted = rig_.heap().usable_size(address);
    RC_ASSERT(block.accounted >= step.size);
    for (const Block& other : blocks_) {
      RC_ASSERT(address + block.accounted <= other.address ||
                other.address + other.accounted <= address);
    }
    std::memset(address, block.mark, block.accounted);
    blocks_.push_back(block);
  }
  void free_one(const Step& step, PoolThread* pool) {
    if (blocks_.empty()) return;
    std::swap(blocks_[step.pick % blocks_.size()], blocks_.back());
    const Block block = blocks_.back();
    blocks_.pop_back();
    check_bytes(block);
    PoolThread::free(rig_.shared(), pool, block.address, block.kind, CallSite::current());
  }
  void resize(const Step& step, PoolThread& pool) {
    if (blocks_.empty()) return;
    Block& block = blocks_[step.pick % blocks_.size()];
    if (!rig_.heap().try_resize(&pool, block.address, step.size)) return;
    const std::size_t common = std::min(block.size, step.size);
    for (std::size_t i = 0; i < common; i += 509) RC_ASSERT(block.address[i] == block.mark);
    block.size = step.size;
    block.accounted = rig_.heap().usable_size(block.address);
    std::memset(block.address, block.mark, block.accounted);
  }
  static void check_bytes(const Block& block) {
    // Both ends and a sample of the rest, which is what an overlap or a stray link would hit.
    for (std::size_t i = 0; i < block.size; i += i < 64 ? 1 : 1021) {
      RC_ASSERT(block.address[i] == block.mark);
    }
    if (block.size != 0) RC_ASSERT(block.address[block.size - 1] == block.mark);
  }

  Rig rig_;
  std::vector<TagId> tags_;
  std::vector<Rig::Member*> members_;
  std::size_t current_[kMembers] = {};
  std::vector<Block> blocks_;
  std::uintptr_t words_ = 0;
  unsigned char mark_ = 0;
};

void run_model(const std::vector<Step>& steps, bool checked, std::size_t page) {
  RigOptions options;
  options.budgets = true;
  options.chunk_size = std::size_t{256} << 10;
  options.pool.page_size = page;
  options.pool.pages_per_class = 1;
  options.pool.checked = checked;
  Model model(options);
  std::size_t count = 0;
  for (const Step& step : steps) {
    model.apply(step);
    if (++count % 16 == 0) model.check();
  }
  model.check();
  model.finish();
}

RC_GTEST_PROP(PoolModel, HoldsForAnySequence, ()) {
  run_model(*rc::gen::container<std::vector<Step>>(any_step()), false, kMinSlabPage);
}

RC_GTEST_PROP(PoolModel, HoldsWhileVerified, ()) {
  run_model(*rc::gen::container<std::vector<Step>>(any_step()), true, std::size_t{64} << 10);
}

}  // namespace
}  // namespace framealloc::test
