// SPDX-License-Identifier: MIT OR Apache-2.0
// Random trees of limits and random charges against a model that adds up plainly.
#include <framealloc/budget.hpp>

#include <framealloc/detail/account/tag_table.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace framealloc {
namespace {

constexpr std::array<std::string_view, 7> kPaths = {
    "", "game", "game::physics", "game::physics::solver", "game::ai", "audio", "audio::music"};

// What a charge to kPaths[i] must pass, innermost first; "*" is the whole.
std::vector<std::string> chain_of(std::size_t i) {
  std::vector<std::string> chain;
  for (std::string path(kPaths[i]);;) {
    chain.push_back(path);
    const std::size_t cut = path.rfind("::");
    if (cut == std::string::npos) break;
    path.resize(cut);
  }
  chain.emplace_back("*");
  return chain;
}

// A limit that random charges of up to 1000 bytes reach; 0, that is none, in about a third.
rc::Gen<std::size_t> limits() {
  return rc::gen::weightedOneOf<std::size_t>(
      {{1, rc::gen::just(std::size_t{0})}, {2, rc::gen::inRange<std::size_t>(1, 5000)}});
}

struct Model {
  std::map<std::string, std::size_t> used;
  std::map<std::string, std::size_t> hard;

  std::size_t room(const std::string& path) {
    if (hard[path] == 0) return SIZE_MAX;
    return hard[path] - std::min(used[path], hard[path]);
  }
};

void set_limits(BudgetManager& budgets, Model& model) {
  for (const std::string_view path : kPaths) {
    const std::size_t hard = *limits();
    RC_ASSERT(budgets.register_tag_budget(path, 0, hard));
    model.hard[std::string(path)] = hard;
  }
  model.hard["*"] = *limits();
  budgets.set_global_budget(0, model.hard["*"]);
}

void check_against(BudgetManager& budgets, Model& model) {
  for (const std::string_view path : kPaths) {
    const auto budget = budgets.get_tag_budget(path);
    RC_ASSERT(budget.has_value());
    RC_ASSERT(budget->current_usage == model.used[std::string(path)]);
    RC_ASSERT(budget->peak_usage >= budget->current_usage);
    RC_ASSERT(budget->hard_limit == 0 || budget->peak_usage <= budget->hard_limit);
  }
  RC_ASSERT(budgets.current_usage() == model.used["*"]);
  // What children hold is part of what their parent holds, and that is within its limit.
  RC_ASSERT(model.used["game::physics"] + model.used["game::ai"] <= model.used["game"]);
  RC_ASSERT(model.used["game"] + model.used["audio"] + model.used[""] == model.used["*"]);
}

TEST(BudgetPropertyTest, ChargesFollowTheModel) {
  EXPECT_TRUE(rc::check("charge and uncharge agree with plain sums", [] {
    const auto tags = std::make_unique<detail::TagTable>();
    const auto budgets = std::make_unique<BudgetManager>(*tags);
    Model model;
    set_limits(*budgets, model);
    std::vector<std::pair<std::size_t, std::size_t>> held;  // index of the path, bytes

    const auto steps =
        *rc::gen::container<std::vector<std::tuple<bool, unsigned, unsigned, unsigned>>>(
            rc::gen::tuple(rc::gen::arbitrary<bool>(), rc::gen::inRange(0U, 1000U),
                           rc::gen::inRange(1U, 400U), rc::gen::inRange(0U, 800U)));
    for (const auto& [give_back, pick, need_bytes, more] : steps) {
      if (give_back && !held.empty()) {
        std::swap(held[pick % held.size()], held.back());
        const auto [i, bytes] = held.back();
        held.pop_back();
        budgets->uncharge(tags->find_path(kPaths[i]), bytes);
        for (const std::string& path : chain_of(i)) model.used[path] -= bytes;
      } else {
        const std::size_t i = pick % kPaths.size();
        const std::size_t need = need_bytes;
        const std::size_t want = need + more;
        std::size_t expected = want;
        std::string denier;
        for (const std::string& path : chain_of(i)) {
          if (model.room(path) < need && denier.empty()) denier = path.empty() ? "untagged" : path;
          expected = std::min(expected, model.room(path));
        }
        detail::Denial denial;
        const std::size_t grant = budgets->charge(tags->find_path(kPaths[i]), need, want, &denial);
        if (!denier.empty()) {
          RC_ASSERT(grant == 0U);
          RC_ASSERT(denial.whole == (denier == "*"));
          if (!denial.whole) {
            const std::string named(tags->path(denial.tag).view());
            RC_ASSERT((named.empty() ? "untagged" : named) == denier);
            RC_ASSERT(denial.available == model.room(named));
          }
        } else {
          RC_ASSERT(grant == expected);
          for (const std::string& path : chain_of(i)) model.used[path] += grant;
          held.emplace_back(i, grant);
        }
      }
      check_against(*budgets, model);
    }
    for (const auto& [i, bytes] : held) budgets->uncharge(tags->find_path(kPaths[i]), bytes);
    RC_ASSERT(budgets->current_usage() == 0U);
    for (const TagBudget& budget : budgets->get_all_tag_budgets()) {
      RC_ASSERT(budget.current_usage == 0U);
    }
  }));
}

// Threads charge what they were told to, in whatever order they come: the sums must still hold.
TEST(BudgetPropertyTest, SumsHoldUnderThreads) {
  constexpr std::size_t kThreads = 4;
  EXPECT_TRUE(rc::check("sums hold under threads", [] {
    const auto tags = std::make_unique<detail::TagTable>();
    const auto budgets = std::make_unique<BudgetManager>(*tags);
    Model model;
    set_limits(*budgets, model);
    using Plan = std::vector<std::pair<unsigned, unsigned>>;  // path, bytes
    const auto plans = *rc::gen::container<std::vector<Plan>>(
        kThreads, rc::gen::container<Plan>(
                      20, rc::gen::pair(rc::gen::inRange(0U, static_cast<unsigned>(kPaths.size())),
                                        rc::gen::inRange(1U, 500U))));
    std::array<Plan, kThreads> held;
    std::atomic<bool> go{false};
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        while (!go.load()) std::this_thread::yield();
        for (const auto& [i, bytes] : plans[t]) {
          const TagId tag = tags->find_path(kPaths[i]);
          const std::size_t grant = budgets->charge(tag, bytes, 2 * bytes, nullptr);
          if (grant != 0) held[t].emplace_back(i, static_cast<unsigned>(grant));
          if (held[t].size() % 3 == 2) {
            const auto [last, last_bytes] = held[t].back();
            held[t].pop_back();
            budgets->uncharge(tags->find_path(kPaths[last]), last_bytes);
          }
        }
      });
    }
    go.store(true);
    for (std::thread& thread : threads) thread.join();

    for (const Plan& plan : held) {
      for (const auto& [i, bytes] : plan) {
        for (const std::string& path : chain_of(i)) model.used[path] += bytes;
      }
    }
    check_against(*budgets, model);
    for (const Plan& plan : held) {
      for (const auto& [i, bytes] : plan) budgets->uncharge(tags->find_path(kPaths[i]), bytes);
    }
    RC_ASSERT(budgets->current_usage() == 0U);
  }));
}

}  // namespace
}  // namespace framealloc
