// SPDX-License-Identifier: MIT OR Apache-2.0
// Whatever call is denied, the report names the line on which it stands: every public call that
// allocates, against every reason for which it may be denied.
#include <framealloc/framealloc.hpp>

#include "support/report_log.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory_resource>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using framealloc::testing::ReportLog;

// More than the arena of these tests may hold.
constexpr std::size_t kMuch = std::size_t{256} << 10;

struct Big {
  Big() = default;
  Big(int, int, int) {}
  std::byte bytes[kMuch];
};
struct Owner {  // owes a destructor
  Owner() = default;
  Owner(int, int) {}
  ~Owner() { bytes[0] = std::byte{1}; }
  Owner(Owner&&) noexcept {}
  std::byte bytes[kMuch];
};

const Big& big() {
  static const Big one(1, 2, 3);
  return one;
}
const std::string& much_text() {
  static const std::string text(kMuch, 'x');
  return text;
}

struct Call {
  const char* name;
  std::uint32_t line;
  std::function<void(SmartAlloc&)> run;
};
// The call and the line that its report has to name.
#define CALL(...)                                                      \
  Call {                                                               \
    #__VA_ARGS__, __LINE__, [](SmartAlloc& a) { (void)(__VA_ARGS__); } \
  }

FrameVec<Big> bigs(SmartAlloc& a) { return FrameVec<Big>(a.frame_arena()); }
FrameVec<Owner> owners(SmartAlloc& a) { return FrameVec<Owner>(a.frame_arena()); }
FrameMap<int, Big> map(SmartAlloc& a) { return FrameMap<int, Big>(a.frame_arena()); }
FrameString text(SmartAlloc& a) { return FrameString(a.frame_arena()); }

// Frame memory.
const std::vector<Call>& frame_calls() {
  static const std::vector<Call> kCalls{
      CALL(a.frame_alloc<Big>()),
      CALL(a.try_frame_alloc<Big>()),
      CALL(a.frame_alloc_batch<int>(kMuch)),
      CALL(a.frame_alloc_2<Big>()),
      CALL(a.frame_alloc_4<Big>()),
      CALL(a.frame_alloc_8<Big>()),
      CALL(a.frame_alloc_layout(kMuch, 64)),
      CALL(a.frame_new<Big>()),
      CALL(a.frame_new<Big>(1, 2, 3)),
      CALL(a.frame_new<Owner>()),
      CALL(a.frame_new<Owner>(1, 2)),
      CALL(a.frame_box<Big>(1, 2, 3)),
      CALL(a.frame_box<Owner>(1, 2)),
      CALL(a.frame_slice<int>(kMuch)),
      CALL(a.frame_slice<Owner>(2)),
      CALL(a.frame_vec<int>(kMuch)),
      CALL(a.frame_map<int, int>(kMuch)),
      CALL(a.frame_string(kMuch)),
      CALL(a.frame_retained<Owner>(RetentionPolicy::PromoteToPool, 1, 2)),
      CALL(a.frame_with_importance<Owner>(Importance::Reusable, 1, 2)),
      CALL(a.frame_arena().alloc<Big>()),
      CALL(a.frame_arena().alloc_batch<Big>(2)),
      CALL(a.frame_arena().alloc_bytes(kMuch)),
      CALL(a.frame_arena().alloc_bytes(kMuch, 64)),
      CALL(frame_new<Big>(a.frame_arena(), 1, 2, 3)),
      CALL(frame_new<Owner>(a.frame_arena())),
      CALL(FrameBox<Owner>::make(a.frame_arena(), 1, 2)),
      CALL(FrameSlice<Big>::make(a.frame_arena(), 3)),
      CALL(FrameVec<Big>(a.frame_arena(), 3)),
      CALL(FrameMap<int, Big>(a.frame_arena(), 3)),
      CALL(FrameString(a.frame_arena(), kMuch)),
      CALL(FrameString(a.frame_arena(), much_text())),
      CALL(bigs(a).push_back(big())),
      CALL(bigs(a).push_back(Big(1, 2, 3))),
      CALL(bigs(a).emplace_back()),
      CALL(bigs(a).emplace_back(1, 2, 3)),
      CALL(owners(a).push_back(Owner())),
      CALL(owners(a).emplace_back(1, 2)),
      CALL(bigs(a).insert(nullptr, big())),
      CALL(bigs(a).insert(nullptr, 2, big())),
      CALL(bigs(a).insert(nullptr, &big(), &big() + 1)),
      CALL(bigs(a).insert(nullptr, {big()})),
      CALL(bigs(a).emplace(nullptr, 1, 2, 3)),
      CALL(bigs(a).assign(2, big())),
      CALL(bigs(a).assign(&big(), &big() + 1)),
      CALL(bigs(a).assign({big()})),
      CALL(bigs(a).resize(2)),
      CALL(bigs(a).resize(2, big())),
      CALL(bigs(a).resize(2, {})),
      CALL(bigs(a).reserve(2)),
      CALL(bigs(a).make_room(2)),
      CALL(bigs(a).extend_from_iter(&big(), &big() + 1)),
      CALL(bigs(a).append_range(std::span<const Big>(&big(), 1))),
      CALL(map(a).insert(1, big())),
      CALL(map(a).insert({1, big()})),
      CALL(map(a).insert_or_assign(1, big())),
      CALL(map(a).try_emplace(1, 1, 2, 3)),
      CALL(map(a).get_or_insert(1)),
      CALL(map(a).reserve(100)),
      CALL(text(a).append(much_text())),
      CALL(text(a).append(kMuch, 'x')),
      CALL(text(a) += much_text()),
      CALL(text(a) = much_text()),
      CALL(text(a).assign(much_text())),
      CALL(text(a).assign(kMuch, 'x')),
      CALL(text(a).insert(0, much_text())),
      CALL(text(a).insert(0, kMuch, 'x')),
      CALL(text(a).replace(0, 0, much_text())),
      CALL(text(a).resize(kMuch)),
      CALL(text(a).reserve(kMuch)),
  };
  return kCalls;
}

// Those that need no more than a character; they run out of what can be had at all, not of much.
const std::vector<Call>& small_frame_calls() {
  static const std::vector<Call> kCalls{
      CALL(a.frame_alloc<char>()),
      CALL(a.frame_new<char>('x')),
      CALL(a.frame_box<char>('x')),
      CALL(text(a).push_back('x')),
      CALL(text(a) += 'x'),
      CALL(text(a) += "x"),
      CALL((FrameVec<char>(a.frame_arena()).push_back('x'))),
      CALL((FrameVec<char>(a.frame_arena()).emplace_back('x'))),
      CALL((FrameMap<int, int>(a.frame_arena()).try_emplace(1, 2))),
  };
  return kCalls;
}

const std::vector<Call>& pool_calls() {
  static const std::vector<Call> kCalls{
      CALL(a.pool_alloc<Big>()),
      CALL(a.pool_alloc<int>()),
      CALL(a.pool_box<int>(1)),
      CALL(a.pool_box<Owner>(1, 2)),
      CALL(a.pool_arc<int>(1)),
      CALL(a.pool_arc<Owner>(1, 2)),
      CALL(a.frame_box_for_transfer<int>(1)),
      CALL(a.frame_box_for_transfer<Owner>(1, 2)),
  };
  return kCalls;
}

const std::vector<Call>& other_calls() {
  static const std::vector<Call> kCalls{
      CALL(a.heap_alloc<int>(1)),
      CALL(a.heap_alloc<int>(kMuch)),
      CALL(a.heap_box<Owner>(1, 2)),
      CALL(TransferChannel<int>(a, 1000)),
      CALL(a.scratch_pool("s").alloc<Big>()),
      CALL(a.scratch_pool("s").alloc_bytes(kMuch)),
      CALL(a.scratch_pool("s").alloc_layout(kMuch, 64)),
      CALL(a.scratch_pool("s").alloc_slice<int>(kMuch)),
      CALL(a.scratch_pool("s").make<Owner>(1, 2)),
      CALL(a.scratch().get_or_create("s").make<Owner>(1, 2)),
      CALL(a.scratch_pool("s").borrow().make<Owner>(1, 2)),
      CALL(a.scratch().with_pool("s", [](ScratchPool& pool) { return pool.alloc<Big>(); })),
      CALL(a.groups().group("g").alloc<int>()),
      CALL(a.groups().group("g").alloc_layout(kMuch, 64)),
      CALL(a.groups().group("g").make<Owner>(1, 2)),
      CALL(a.groups().group("g").alloc_val(big())),
      CALL(a.groups().group("g").alloc_slice<int>(kMuch)),
      CALL(a.groups().alloc<int>(a.groups().create_group("g"))),
      CALL(a.groups().make<int>(a.groups().create_group("g"), 1)),
      CALL(a.groups().alloc_val(a.groups().create_group("g"), 1)),
      CALL(a.groups().alloc_slice<int>(a.groups().create_group("g"), kMuch)),
      CALL(a.handles().alloc<int>(1)),
      CALL(a.handles().alloc<Owner>(1, 2)),
      CALL(a.handles().alloc_with_options<Owner>({.relocatable = false}, 1, 2)),
      CALL(a.handles().alloc_raw<int>()),
      CALL(a.streaming().reserve(kMuch)),
      CALL(a.streaming().reserve_tagged(kMuch, StreamPriority::Normal, "t")),
  };
  return kCalls;
}

AllocConfig config(ReportLog& log) {
  AllocConfig config;
  config.on_report = &ReportLog::handler;
  config.report_context = &log;
  config.enable_budgets = true;
  return config;
}

// Whatever is reported while the call runs names it; the first report is the one meant.
void expect_named(SmartAlloc& alloc, ReportLog& log, const Call& call, Code code) {
  SCOPED_TRACE(call.name);
  log.clear();
  call.run(alloc);
  const auto entries = log.all();
  ASSERT_FALSE(entries.empty()) << "nothing was denied";
  EXPECT_EQ(entries.front().code, code) << entries.front().message;
  for (const ReportLog::Entry& entry : entries) {
    EXPECT_TRUE(entry.file.ends_with("call_site_test.cpp")) << entry.file << ' ' << entry.function;
    EXPECT_EQ(entry.line, call.line) << entry.message;
  }
}

TEST(CallSites, AreNamedWhenNoFrameIsOpen) {
  ReportLog log;
  SmartAlloc alloc(config(log));
  for (const Call& call : frame_calls()) expect_named(alloc, log, call, Code::FA001);
  for (const Call& call : small_frame_calls()) expect_named(alloc, log, call, Code::FA001);
}

TEST(CallSites, AreNamedWhenTheArenaIsFull) {
  ReportLog log;
  AllocConfig full = config(log);
  full.frame_arena_size = std::size_t{64} << 10;
  full.frame_overflow = FrameOverflow::Fail;
  SmartAlloc alloc(full);
  const ScopedFrame frame = alloc.scoped_frame();
  for (const Call& call : frame_calls()) expect_named(alloc, log, call, Code::FA003);
}

TEST(CallSites, AreNamedWhenTheHeapStandsInForTheArena) {
  ReportLog log;
  AllocConfig full = config(log);
  full.frame_arena_size = std::size_t{64} << 10;
  full.frame_overflow = FrameOverflow::HeapFallback;
  for (const Call& call : frame_calls()) {
    SmartAlloc alloc(full);  // a second frame would start larger
    const ScopedFrame frame = alloc.scoped_frame();
    expect_named(alloc, log, call, Code::FA003);
  }
}

TEST(CallSites, AreNamedWhenTheBudgetOfTheWholeDenies) {
  ReportLog log;
  SmartAlloc alloc(config(log));
  alloc.begin_frame();
  alloc.budgets()->set_global_budget(0, 1);
  for (const auto* calls : {&frame_calls(), &small_frame_calls(), &pool_calls(), &other_calls()}) {
    for (const Call& call : *calls) expect_named(alloc, log, call, Code::FA310);
  }
}

TEST(CallSites, AreNamedWhenTheBudgetOfATagDenies) {
  ReportLog log;
  SmartAlloc alloc(config(log));
  alloc.begin_frame();
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("t", 0, 1));
  const TagScope tag = alloc.tag_scope("t");
  for (const auto* calls : {&frame_calls(), &small_frame_calls(), &pool_calls(), &other_calls()}) {
    for (const Call& call : *calls) expect_named(alloc, log, call, Code::FA311);
  }
}

TEST(CallSites, AreNamedWhenTheBudgetOfTheThreadDenies) {
  ReportLog log;
  SmartAlloc alloc(config(log));
  alloc.begin_frame();
  alloc.set_thread_frame_budget(1);
  alloc.set_thread_pool_budget(1);
  for (const auto* calls : {&frame_calls(), &small_frame_calls(), &pool_calls()}) {
    for (const Call& call : *calls) expect_named(alloc, log, call, Code::FA312);
  }
}

TEST(CallSites, AreNamedWhenTheAlignmentIsImpossible) {
  ReportLog log;
  SmartAlloc alloc(config(log));
  alloc.begin_frame();
  expect_named(alloc, log, CALL(a.frame_alloc_layout(16, 3)), Code::FA011);
  expect_named(alloc, log, CALL(a.frame_alloc_batch<Big>(SIZE_MAX)), Code::FA011);
  expect_named(alloc, log, CALL(a.heap_alloc<Big>(SIZE_MAX)), Code::FA011);
  expect_named(alloc, log, CALL(a.scratch_pool("s").alloc_layout(16, 3)), Code::FA011);
  expect_named(alloc, log, CALL(a.groups().group("g").alloc_layout(16, 3)), Code::FA011);
}

// The standard library calls these, from lines of its own: the report names the function instead.
TEST(CallSites, NameTheAdaptorWhereTheStandardLibraryCalls) {
  ReportLog log;
  SmartAlloc alloc(config(log));
  alloc.begin_frame();
  alloc.budgets()->set_global_budget(0, 1);
  const auto named = [&](std::string_view function, auto&& use) {
    SCOPED_TRACE(function);
    log.clear();
#if FRAMEALLOC_EXCEPTIONS
    EXPECT_THROW(use(), std::bad_alloc);
    EXPECT_NE(log.last().function.find(function), std::string::npos) << log.last().function;
#endif
  };
  named("frame_resource()", [&] { (void)alloc.frame_resource()->allocate(64); });
  named("pool_resource()", [&] { (void)alloc.pool_resource()->allocate(64); });
  named("heap_resource()", [&] { (void)alloc.heap_resource()->allocate(64); });
  named("FrameAllocator", [&] { (void)FrameAllocator<int>(alloc.frame_arena()).allocate(4); });
  named("PoolAllocator", [&] { (void)PoolAllocator<int>(alloc).allocate(4); });
  named("HeapAllocator", [&] { (void)HeapAllocator<int>(alloc).allocate(4); });
}

// Beyond what is counted by overloads a function names itself.
TEST(CallSites, NameTheFunctionWhereItTakesMoreArgumentsThanAnyOverload) {
  struct Many {
    Many(int, int, int, int, int, int, int) {}
  };
  ReportLog log;
  SmartAlloc alloc(config(log));
  (void)alloc.frame_new<Many>(1, 2, 3, 4, 5, 6, 7);
  EXPECT_EQ(log.last().code, Code::FA001);
  EXPECT_NE(log.last().function.find("frame_new"), std::string::npos) << log.last().function;
}

// An argument that is itself a place is the object's, not the report's.
TEST(CallSites, AreNotTakenFromTheArguments) {
  struct Keeps {
    CallSite site;
  };
  SmartAlloc alloc;
  alloc.begin_frame();
  const CallSite elsewhere{"elsewhere.cpp", "f", 7};
  EXPECT_EQ(alloc.frame_new<Keeps>(elsewhere)->site.line, 7U);
  EXPECT_EQ(alloc.pool_box<Keeps>(elsewhere)->site.line, 7U);
  FrameVec<Keeps> vec = alloc.frame_vec<Keeps>();
  EXPECT_EQ(vec.emplace_back(elsewhere)->site.line, 7U);
}

}  // namespace
}  // namespace framealloc
