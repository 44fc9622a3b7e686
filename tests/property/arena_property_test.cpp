// SPDX-License-Identifier: MIT OR Apache-2.0
// Random programs against a model: live blocks do not overlap and keep their bytes, positions and
// the sums by tag are the model's, checkpoints are taken and refused as the model says.
#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace framealloc {
namespace {

constexpr std::array<const char*, 4> kTags{"", "a", "a::b", "c"};

struct Block {
  unsigned char* at;
  std::size_t size;  // as asked for
  unsigned char pattern;
};
// Bytes of one allocation (or growth) under one tag, in order.
struct Charge {
  std::size_t tag;
  std::size_t bytes;
};
struct Mark {
  FrameCheckpoint at;
  std::size_t blocks, charges, finalizers;
  std::size_t position;
  std::size_t last_size;  // of the newest block, which may grow afterward
  bool valid;             // stands in the present frame and nothing was rewound to below it
};

struct Model {
  std::vector<Block> blocks;
  std::vector<Charge> charges;
  std::vector<int> finalizers;
  std::vector<Mark> marks;
  [[nodiscard]] std::size_t position() const {
    std::size_t sum = 0;
    for (const Charge& each : charges) sum += each.bytes;
    return sum;
  }
};

std::vector<int>* destroyed;
struct Noisy {
  int id;
  explicit Noisy(int i) : id(i) {}
  ~Noisy() { destroyed->push_back(id); }
};

class Machine {
 public:
  explicit Machine(FrameOverflow overflow, bool budgets)
      : alloc_(AllocConfig::minimal()
                   .with_budgets(budgets)
                   .with_frame_arena_size(std::size_t{64} << 10)
                   .with_frame_chunk_size(std::size_t{64} << 10)
                   .with_frame_overflow(overflow)
                   .with_report_handler([](const Report&, void*) {})),
        falls_back_(overflow == FrameOverflow::HeapFallback) {
    destroyed = &destroyed_;
    alloc_.begin_frame();
  }

  void step(int kind, std::size_t value) {
    switch (kind) {
      case 0:
      case 1:
      case 2:
        return allocate(value);
      case 3:
        return extend(value);
      case 4:
        return shrink(value);
      case 5:
        return make_object();
      case 6:
        return take_mark();
      case 7:
        return rewind(value);
      case 8:
        return set_tag(value % kTags.size());
      case 9:
        return next_frame();
      default:
        return value % 4 == 0 ? next_frame() : allocate(value);
    }
  }

  void check() {
    std::vector<const Block*> sorted;
    for (const Block& block : model_.blocks) {
      for (std::size_t i = 0; i < block.size; i += 13) RC_ASSERT(block.at[i] == block.pattern);
      if (block.size != 0) {
        RC_ASSERT(block.at[block.size - 1] == block.pattern);
        sorted.push_back(&block);
      }
    }
    std::sort(sorted.begin(), sorted.end(), [](auto* x, auto* y) { return x->at < y->at; });
    for (std::size_t i = 1; i < sorted.size(); ++i) {
      RC_ASSERT(sorted[i - 1]->at + sorted[i - 1]->size <= sorted[i]->at);
    }
    RC_ASSERT(destroyed_ == expected_destroyed_);
    if (falls_back_) return;  // what the heap serves is counted there
    RC_ASSERT(alloc_.frame_arena().position() == model_.position());
    RC_ASSERT(alloc_.stats().frame_allocated == model_.position());
    peak_ = std::max(peak_, model_.position());  // a step only adds or only takes
    RC_ASSERT(alloc_.frame_stats().peak_bytes == peak_);
    std::array<std::size_t, kTags.size()> by_tag{};
    for (const Charge& each : model_.charges) by_tag[each.tag] += each.bytes;
    for (std::size_t i = 0; i < kTags.size(); ++i) {
      RC_ASSERT(alloc_.tag_stats(kTags[i]).frame_bytes == by_tag[i]);
    }
    if (alloc_.budgets() != nullptr) check_budgets(by_tag);
  }

  void finish() {
    end_frame();
    RC_ASSERT(destroyed_ == expected_destroyed_);
    RC_ASSERT(alloc_.stats().frame_allocated == 0u);
    RC_ASSERT(alloc_.stats().heap_allocated == 0u);
  }

 private:
  // All that is held is charged, and besides at most what one arena may keep ready and what blocks
  // gave back that shrank: their arena keeps that ready, too.
  void check_budgets(const std::array<std::size_t, kTags.size()>& by_tag) {
    const std::size_t shrunk = alloc_.frame_stats().peak_bytes - model_.position();
    const std::size_t most = std::max(std::size_t{64} << 10, last_frame_) + shrunk;
    const auto agrees = [&](const TagBudget& budget, std::size_t held) {
      RC_ASSERT(budget.current_usage >= held);
      RC_ASSERT(budget.current_usage <= held + most);
      RC_ASSERT(budget.peak_usage >= budget.current_usage);
    };
    for (std::size_t i = 1; i < kTags.size(); ++i) {
      const auto budget = alloc_.budgets()->get_tag_budget(kTags[i]);
      if (budget) agrees(*budget, by_tag[i] + (i == 1 ? by_tag[2] : 0));  // a::b is in a
    }
    agrees(alloc_.budgets()->get_global_budget(), model_.position());
  }
  // What a request took, alignment padding included.
  void charge(std::size_t before) {
    const std::size_t now = alloc_.frame_arena().position();
    RC_ASSERT(now >= before);
    model_.charges.push_back({tag_, now - before});
  }
  void allocate(std::size_t value) {
    const std::size_t size = value % 11 == 0 ? value * 40 : value;
    const std::size_t alignment = std::size_t{16} << (value % 5);
    const std::size_t before = alloc_.frame_arena().position();
    auto* at = static_cast<unsigned char*>(alloc_.frame_alloc_layout(size, alignment));
    RC_ASSERT(at != nullptr);
    RC_ASSERT(is_aligned(at, alignment));
    RC_ASSERT(alloc_.frame_arena().position() - before <= align_up(size, 16) + alignment);
    charge(before);
    const auto pattern = static_cast<unsigned char>(++serial_);
    std::memset(at, pattern, size);
    model_.blocks.push_back({at, size, pattern});
  }
  void extend(std::size_t value) {
    if (model_.blocks.empty()) return;
    Block& block = model_.blocks.back();
    const std::size_t before = alloc_.frame_arena().position();
    if (!alloc_.frame_arena().try_extend(block.at, block.size, block.size + value)) {
      RC_ASSERT(alloc_.frame_arena().position() == before);
      return;
    }
    charge(before);
    std::memset(block.at + block.size, block.pattern, value);
    block.size += value;
  }
  // Only blocks newer than the newest checkpoint shrink here, as containers do it.
  void shrink(std::size_t value) {
    if (model_.blocks.empty()) return;
    Block& block = model_.blocks.back();
    for (const Mark& mark : model_.marks) {
      if (mark.valid && mark.blocks >= model_.blocks.size()) return;
    }
    const std::size_t less = block.size == 0 ? 0 : value % (block.size + 1);
    const std::size_t before = alloc_.frame_arena().position();
    if (!alloc_.frame_arena().shrink_top(block.at, block.size, less)) return;
    std::size_t given = before - alloc_.frame_arena().position();
    RC_ASSERT(given == align_up(block.size, 16) - align_up(less, 16));
    block.size = less;
    while (given != 0) {
      Charge& top = model_.charges.back();
      const std::size_t part = std::min(given, top.bytes);
      top.bytes -= part;
      given -= part;
      if (top.bytes == 0) model_.charges.pop_back();
    }
  }
  void make_object() {
    const std::size_t before = alloc_.frame_arena().position();
    const int id = ++serial_;
    RC_ASSERT(alloc_.frame_new<Noisy>(id) != nullptr);
    charge(before);
    model_.finalizers.push_back(id);
    model_.blocks.push_back({nullptr, 0, 0});  // the newest block is no longer one to extend
    model_.blocks.back().at = reinterpret_cast<unsigned char*>(this);
  }
  void take_mark() {
    const FrameCheckpoint at = alloc_.frame_checkpoint();
    RC_ASSERT(at.position() == alloc_.frame_arena().position());
    model_.marks.push_back({at, model_.blocks.size(), model_.charges.size(),
                            model_.finalizers.size(), at.position(),
                            model_.blocks.empty() ? 0 : model_.blocks.back().size, true});
  }
  void rewind(std::size_t value) {
    if (model_.marks.empty()) return;
    const std::size_t index = value % model_.marks.size();
    const Mark mark = model_.marks[index];
    const std::size_t before = alloc_.frame_arena().position();
    const bool done = alloc_.rollback_to(mark.at);
    RC_ASSERT(done == mark.valid);
    if (!done) {
      RC_ASSERT(alloc_.frame_arena().position() == before);
      return;
    }
    RC_ASSERT(alloc_.frame_arena().position() == mark.position);
    while (model_.finalizers.size() > mark.finalizers) {
      expected_destroyed_.push_back(model_.finalizers.back());
      model_.finalizers.pop_back();
    }
    model_.blocks.resize(mark.blocks);
    if (!model_.blocks.empty()) {
      model_.blocks.back().size = std::min(model_.blocks.back().size, mark.last_size);
    }
    model_.charges.resize(mark.charges);
    for (Mark& each : model_.marks) {
      // At the same position (empty blocks, or the heap serves) one stays good, for less.
      if (each.position > mark.position) each.valid = false;
      if (each.blocks >= mark.blocks) {
        each.last_size =
            each.blocks > mark.blocks ? mark.last_size : std::min(each.last_size, mark.last_size);
        each.blocks = mark.blocks;
      }
      each.charges = std::min(each.charges, mark.charges);
      each.finalizers = std::min(each.finalizers, mark.finalizers);
    }
  }
  void set_tag(std::size_t tag) {
    framealloc::detail::HandleAccess::instance(alloc_)->state()->set_tag(
        framealloc::detail::HandleAccess::instance(alloc_)->tags().intern(TagId::Untagged,
                                                                          kTags[tag]));
    tag_ = tag;
  }
  void end_frame() {
    alloc_.end_frame();
    while (!model_.finalizers.empty()) {
      expected_destroyed_.push_back(model_.finalizers.back());
      model_.finalizers.pop_back();
    }
    model_.blocks.clear();
    model_.charges.clear();
    for (Mark& mark : model_.marks) mark.valid = false;
    if (alloc_.budgets() == nullptr) return;
    RC_ASSERT(alloc_.budgets()->current_usage() == 0u);
    for (const TagBudget& budget : alloc_.budgets()->get_all_tag_budgets()) {
      RC_ASSERT(budget.current_usage == 0u);
    }
  }
  void next_frame() {
    last_frame_ = alloc_.frame_arena().position();
    peak_ = 0;
    end_frame();
    alloc_.begin_frame();
    if (!falls_back_) RC_ASSERT(alloc_.frame_stats().last_frame_bytes == last_frame_);
  }

  std::vector<int> destroyed_, expected_destroyed_;  // first: the allocator's end adds to them
  SmartAlloc alloc_;
  bool falls_back_;
  Model model_;
  std::size_t tag_ = 0;
  std::size_t last_frame_ = 0, peak_ = 0;
  int serial_ = 0;
};

using Step = std::pair<int, std::size_t>;

void run(const std::vector<Step>& steps, FrameOverflow overflow, bool budgets = false) {
  Machine machine(overflow, budgets);
  for (const Step& step : steps) {
    machine.step(step.first, step.second);
    machine.check();
  }
  machine.finish();
}

constexpr int kKinds = 11;  // of Machine::step()

auto any_steps() {
  return rc::gen::container<std::vector<Step>>(
      rc::gen::pair(rc::gen::inRange(0, kKinds), rc::gen::inRange<std::size_t>(0, 4000)));
}

// Mostly frames that are only bumped, which begin and end the short way, one after the other.
auto plain_steps() {
  const auto kind = rc::gen::weightedOneOf<int>({{10, rc::gen::just(0)},
                                                 {2, rc::gen::just(3)},
                                                 {1, rc::gen::just(4)},
                                                 {8, rc::gen::just(9)},
                                                 {1, rc::gen::inRange(0, kKinds)}});
  return rc::gen::container<std::vector<Step>>(
      rc::gen::pair(kind, rc::gen::inRange<std::size_t>(0, 4000)));
}

RC_GTEST_PROP(ArenaProperty, GrowingArenaIsItsModel, ()) { run(*any_steps(), FrameOverflow::Grow); }

RC_GTEST_PROP(ArenaProperty, ArenaWithBudgetsIsItsModel, ()) {
  run(*any_steps(), FrameOverflow::Grow, true);
}

RC_GTEST_PROP(ArenaProperty, PlainFramesAreTheirModel, ()) {
  run(*plain_steps(), FrameOverflow::Grow);
}

RC_GTEST_PROP(ArenaProperty, PlainFramesWithBudgetsAreTheirModel, ()) {
  run(*plain_steps(), FrameOverflow::Grow, true);
}

RC_GTEST_PROP(ArenaProperty, ArenaWithFallbackIsItsModel, ()) {
  run(*any_steps(), FrameOverflow::HeapFallback);
}

}  // namespace
}  // namespace framealloc
