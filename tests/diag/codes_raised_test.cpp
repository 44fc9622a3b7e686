// SPDX-License-Identifier: MIT OR Apache-2.0
// Mistakes that a program makes through SmartAlloc, each with the one code that it must raise.
#include <framealloc/framealloc.hpp>
#include "diag/report_annotator.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace framealloc {
namespace {

// Gives a number of bytes and then nothing.
class ShortSource final : public MemorySource {
 public:
  void* allocate(std::size_t size, std::size_t alignment) noexcept override {
    return dry ? nullptr : system_.allocate(size, alignment);
  }
  void deallocate(void* address, std::size_t size, std::size_t alignment) noexcept override {
    system_.deallocate(address, size, alignment);
  }
  [[nodiscard]] std::string_view name() const noexcept override { return "short"; }
  bool dry = false;

 private:
  SystemSource system_;
};

struct Mistake {
  Code code;
  void (*make)(SmartAlloc& alloc, ShortSource& source);
  void (*configure)(AllocConfig& config) = [](AllocConfig&) {};
};

// Keeps the compiler from seeing what is about to be freed.
template <class T>
T* hidden(T* pointer) {
  T* volatile copy = pointer;
  return copy;
}

const Mistake kMistakes[] = {
    {Code::FA001, [](SmartAlloc& alloc, ShortSource&) { (void)alloc.frame_alloc<int>(); }},
    {Code::FA003,
     [](SmartAlloc& alloc, ShortSource&) {
       const ScopedFrame frame = alloc.scoped_frame();
       (void)alloc.frame_alloc<char[2 << 20]>();
     },
     [](AllocConfig& config) { config.frame_overflow = FrameOverflow::Fail; }},
    {Code::FA004, [](SmartAlloc& alloc, ShortSource&) { alloc.end_frame(); }},
    {Code::FA005,
     [](SmartAlloc& alloc, ShortSource&) {
       auto* const block = alloc.pool_alloc<long>();
       alloc.pool_free(hidden(block));
       alloc.pool_free(hidden(block));
     },
     [](AllocConfig& config) { config.checked = true; }},
    {Code::FA006,
     [](SmartAlloc& alloc, ShortSource&) {
       long mine = 0;
       alloc.heap_free(hidden(&mine));
     },
     [](AllocConfig& config) { config.checked = true; }},
    {Code::FA011,
     [](SmartAlloc& alloc, ShortSource&) { (void)alloc.heap_alloc<int>(SIZE_MAX / 2); }},
    {Code::FA012,
     [](SmartAlloc& alloc, ShortSource& source) {
       source.dry = true;
       (void)alloc.heap_alloc<char>(64 << 20);
     }},
    {Code::FA206,
     [](SmartAlloc& alloc, ShortSource&) { (void)alloc.frame_box_for_transfer<int>(3); }},
    {Code::FA310, [](SmartAlloc& alloc, ShortSource&) { (void)alloc.heap_alloc<char>(64 << 20); },
     [](AllocConfig& config) { config.global_memory_limit = 8 << 20; }},
    {Code::FA312,
     [](SmartAlloc& alloc, ShortSource&) {
       alloc.set_thread_pool_budget(1);
       (void)alloc.pool_alloc<long>();
     }},
    {Code::FA402, [](SmartAlloc& alloc, ShortSource&) { (void)alloc.streaming().reserve(1 << 20); },
     [](AllocConfig& config) { config.streaming_budget = 4096; }},
};

TEST(CodesRaised, EachMistakeRaisesItsCode) {
  for (const Mistake& mistake : kMistakes) {
    ShortSource source;
    AllocConfig config = AllocConfig::minimal().with_upstream(&source);
    config.strict = StrictMode::Warn;
    mistake.configure(config);
    SmartAlloc alloc(config);
    ASSERT_TRUE(alloc);
    alloc.print_reports(false);
    CollectingSink sink;
    ASSERT_TRUE(alloc.add_sink(sink));
    mistake.make(alloc, source);
    const std::string id(code_info(mistake.code).id);
    ASSERT_GE(sink.size(), 1u) << id;
    for (const Diagnostic& told : sink.diagnostics()) {
      EXPECT_EQ(told.code, mistake.code) << id << ": " << told.message;
      EXPECT_FALSE(told.message.empty()) << id;
    }
    EXPECT_EQ(alloc.remove_sink(sink), true);
  }
}

TEST(CodesRaised, AShortageNamesWhoHoldsMost) {
  for (const Mistake& mistake : kMistakes) {
    if (!detail::is_shortage(mistake.code)) continue;
    ShortSource source;
    AllocConfig config = AllocConfig::minimal().with_upstream(&source);
    mistake.configure(config);
    SmartAlloc alloc(config);
    alloc.print_reports(false);
    CollectingSink sink;
    ASSERT_TRUE(alloc.add_sink(sink));
    HeapBox<std::array<char, 3000>> hog;
    alloc.with_tag("world::hog", [&] { hog = alloc.heap_box<std::array<char, 3000>>(); });
    ASSERT_TRUE(hog);
    mistake.make(alloc, source);
    const std::string id(code_info(mistake.code).id);
    ASSERT_GE(sink.size(), 1u) << id;
    EXPECT_EQ(sink.diagnostics()[0].holder, "world::hog") << id;
    EXPECT_GE(sink.diagnostics()[0].holder_bytes, 3000u) << id;
    EXPECT_GT(sink.diagnostics()[0].requested, sink.diagnostics()[0].available) << id;
    (void)alloc.remove_sink(sink);
  }
}

}  // namespace
}  // namespace framealloc
