// SPDX-License-Identifier: MIT OR Apache-2.0
// Budgets under threads that charge and give back at random.
#include <framealloc/budget.hpp>

#include <framealloc/detail/account/tag_table.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace framealloc {
namespace {

constexpr std::size_t kThreads = 8;
constexpr unsigned kSeed = 20240611;

class BudgetThreadsTest : public testing::Test {
 protected:
  BudgetThreadsTest() { RecordProperty("seed", std::to_string(kSeed)); }
  TagId tag(std::string_view path) { return tags_->intern(TagId::Untagged, path); }

  // Runs body(thread number) on every thread, all let go at once.
  template <class Body>
  static void on_all_threads(const Body& body) {
    std::atomic<std::size_t> ready{0};
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        ready.fetch_add(1);
        while (ready.load() < kThreads) std::this_thread::yield();
        body(t);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  std::unique_ptr<detail::TagTable> tags_ = std::make_unique<detail::TagTable>();
  std::unique_ptr<BudgetManager> budgets_ = std::make_unique<BudgetManager>(*tags_);
};

TEST_F(BudgetThreadsTest, NoByteIsLostAndNoLimitIsPassed) {
  const std::vector<TagId> leaves = {tag("game::physics::solver"), tag("game::physics"),
                                     tag("game::ai"), tag("audio"), TagId::Untagged};
  budgets_->register_tag_budget("game", 3000, 5000);
  budgets_->register_tag_budget("game::physics", 0, 4000);
  budgets_->register_tag_budget("audio", 100, 1500);
  budgets_->set_global_budget(0, 6000);
  std::atomic<std::size_t> events{0};
  budgets_->set_event_handler(
      [](const BudgetEvent&, void* context) {
        static_cast<std::atomic<std::size_t>*>(context)->fetch_add(1);
      },
      &events);

  std::atomic<std::size_t> over_limit{0};
  std::atomic<std::size_t> outside_request{0};
  std::atomic<std::size_t> granted{0};
  std::atomic<std::size_t> denied{0};
  on_all_threads([&](std::size_t t) {
    std::mt19937 random(kSeed + static_cast<unsigned>(t));
    std::vector<std::pair<TagId, std::size_t>> held;
    for (int step = 0; step < 3000; ++step) {
      if (held.empty() || random() % 2 == 0) {
        const TagId leaf = leaves[random() % leaves.size()];
        const std::size_t need = 1 + random() % 300;
        const std::size_t want = need + random() % 1000;
        const std::size_t grant = budgets_->charge(leaf, need, want, nullptr);
        if (grant == 0) {
          denied.fetch_add(1);
        } else {
          granted.fetch_add(1);
          if (grant < need || grant > want) outside_request.fetch_add(1);
          held.emplace_back(leaf, grant);
        }
      } else {
        std::swap(held[random() % held.size()], held.back());
        budgets_->uncharge(held.back().first, held.back().second);
        held.pop_back();
      }
      if (budgets_->current_usage() > 6000) over_limit.fetch_add(1);
      if (budgets_->get_tag_budget("game")->current_usage > 5000) over_limit.fetch_add(1);
    }
    for (const auto& [leaf, bytes] : held) budgets_->uncharge(leaf, bytes);
  });

  EXPECT_EQ(over_limit.load(), 0U);
  EXPECT_EQ(outside_request.load(), 0U);
  EXPECT_GT(granted.load(), 0U);
  EXPECT_GT(denied.load(), 0U);
  EXPECT_GT(events.load(), 0U);
  EXPECT_EQ(budgets_->current_usage(), 0U);
  std::uint64_t denials = budgets_->get_global_budget().denials;
  for (const TagBudget& budget : budgets_->get_all_tag_budgets()) {
    EXPECT_EQ(budget.current_usage, 0U) << budget.name;
    if (budget.hard_limit != 0) {
      EXPECT_LE(budget.peak_usage, budget.hard_limit) << budget.name;
    }
    denials += budget.denials;
  }
  EXPECT_EQ(denials, denied.load());
}

// With one byte at a time the last byte of the limit must be given to somebody, however many try.
TEST_F(BudgetThreadsTest, TheLimitIsUsedToTheLastByte) {
  budgets_->register_tag_budget("game", 0, 1000);
  const TagId leaf = tag("game::physics");
  std::atomic<std::size_t> granted{0};
  on_all_threads([&](std::size_t) {
    for (int i = 0; i < 500; ++i) granted.fetch_add(budgets_->charge(leaf, 1, 1, nullptr));
  });
  EXPECT_EQ(granted.load(), 1000U);
  EXPECT_EQ(budgets_->get_tag_budget("game")->current_usage, 1000U);
  EXPECT_EQ(budgets_->get_tag_budget("game")->denials, kThreads * 500 - 1000);
}

// A deep chain and a tight outer limit: a thread often finds room, charges the inner budgets and
// then comes too late at the outer one. What it charged on the way must be given back.
TEST_F(BudgetThreadsTest, WhoComesTooLateGivesEverythingBack) {
  std::string path = "d";
  for (int depth = 1; depth < 80; ++depth) path += "::d";
  const TagId leaf = tag(path);
  budgets_->set_global_budget(0, 2);
  on_all_threads([&](std::size_t) {
    for (int i = 0; i < 20000; ++i) {
      const std::size_t grant = budgets_->charge(leaf, 1, 2, nullptr);
      if (grant != 0) budgets_->uncharge(leaf, grant);
    }
  });
  for (TagId level = leaf; level != TagId::Untagged; level = tags_->parent(level)) {
    const auto budget = budgets_->get_tag_budget(tags_->path(level));
    ASSERT_TRUE(budget.has_value());
    EXPECT_EQ(budget->current_usage, 0U);
  }
  EXPECT_EQ(budgets_->current_usage(), 0U);
}

TEST_F(BudgetThreadsTest, OneCrossingIsOneEventHoweverManyThreadsCross) {
  budgets_->register_tag_budget("game", 1000, 0);
  std::atomic<std::size_t> soft{0};
  budgets_->set_event_handler(
      [](const BudgetEvent& event, void* context) {
        if (event.kind == BudgetEvent::Kind::SoftLimitExceeded) {
          static_cast<std::atomic<std::size_t>*>(context)->fetch_add(1);
        }
      },
      &soft);
  const TagId game = tag("game");
  for (std::size_t round = 1; round <= 20; ++round) {
    on_all_threads([&](std::size_t) {
      for (int i = 0; i < 200; ++i) (void)budgets_->charge(game, 1, 1, nullptr);
    });
    EXPECT_EQ(soft.load(), round);
    budgets_->uncharge(game, kThreads * 200);
  }
  EXPECT_EQ(budgets_->current_usage(), 0U);
}

// Handler and context are one: a call must never pair the one with the other's.
TEST_F(BudgetThreadsTest, TheHandlerCanBeReplacedWhileThreadsCharge) {
  struct Context {
    BudgetHandler expected;
    std::atomic<std::size_t> calls{0};
    std::atomic<std::size_t> mixed_up{0};
  };
  static constexpr auto kRecord = [](BudgetHandler self, void* pointer) {
    auto& context = *static_cast<Context*>(pointer);
    context.calls.fetch_add(1);
    if (context.expected != self) context.mixed_up.fetch_add(1);
  };
  struct Handlers {
    static void first(const BudgetEvent&, void* context) { kRecord(&first, context); }
    static void second(const BudgetEvent&, void* context) { kRecord(&second, context); }
  };
  Context first{&Handlers::first};
  Context second{&Handlers::second};
  budgets_->set_global_budget(0, 1);
  budgets_->set_event_handler(&Handlers::first, &first);
  on_all_threads([&](std::size_t t) {
    for (int i = 0; i < 1000; ++i) {
      if (t == 0 && i % 2 == 0) {
        budgets_->set_event_handler(&Handlers::second, &second);
      } else if (t == 0) {
        budgets_->set_event_handler(&Handlers::first, &first);
      } else {
        (void)budgets_->charge(TagId::Untagged, 2, 2, nullptr);
      }
    }
  });
  EXPECT_EQ(first.mixed_up.load() + second.mixed_up.load(), 0U);
  EXPECT_EQ(first.calls.load() + second.calls.load(), (kThreads - 1) * 1000);
}

}  // namespace
}  // namespace framealloc
