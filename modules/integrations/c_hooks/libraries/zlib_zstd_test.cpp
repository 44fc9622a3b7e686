// SPDX-License-Identifier: MIT OR Apache-2.0
// zstd and zlib: hooks with a context.
#include <framealloc/c_hooks/c_hooks.hpp>

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include "libraries/limits.hpp"
#include "support/report_log.hpp"

#define ZSTD_STATIC_LINKING_ONLY
#include <zlib.h>
#include <zstd.h>

#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace framealloc::c_hooks {
namespace {

std::string sample() {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < 200'000) text += "word" + std::to_string(random() % 500) + ' ';
  return text;
}

using Bytes = std::vector<unsigned char>;

// Result: whether it came back the same; false when memory was denied.
bool zstd_round_trip(Memory& memory, const std::string& text) {
  const ZSTD_customMem hooks{&malloc_with, &free_with, &memory};
  ZSTD_CCtx* const pack = ZSTD_createCCtx_advanced(hooks);
  ZSTD_DCtx* const unpack = ZSTD_createDCtx_advanced(hooks);
  bool same = false;
  if (pack != nullptr && unpack != nullptr) {
    Bytes packed(ZSTD_compressBound(text.size()));
    const std::size_t size =
        ZSTD_compressCCtx(pack, packed.data(), packed.size(), text.data(), text.size(), 9);
    if (!ZSTD_isError(size)) {
      std::string back(text.size(), '\0');
      const std::size_t got =
          ZSTD_decompressDCtx(unpack, back.data(), back.size(), packed.data(), size);
      same = got == text.size() && back == text;
    }
  }
  ZSTD_freeCCtx(pack);
  ZSTD_freeDCtx(unpack);
  return same;
}

bool zlib_round_trip(Memory& memory, const std::string& text) {
  z_stream pack{};
  pack.zalloc = &zlib_alloc;
  pack.zfree = &free_with;
  pack.opaque = &memory;
  if (deflateInit(&pack, 6) != Z_OK) return false;
  Bytes packed(deflateBound(&pack, static_cast<uLong>(text.size())));
  std::string source = text;
  pack.next_in = reinterpret_cast<Bytef*>(source.data());
  pack.avail_in = static_cast<uInt>(source.size());
  pack.next_out = packed.data();
  pack.avail_out = static_cast<uInt>(packed.size());
  const bool done = deflate(&pack, Z_FINISH) == Z_STREAM_END;
  const uInt size = static_cast<uInt>(pack.total_out);
  deflateEnd(&pack);
  z_stream unpack{};
  unpack.zalloc = &zlib_alloc;
  unpack.zfree = &free_with;
  unpack.opaque = &memory;
  if (!done || inflateInit(&unpack) != Z_OK) return false;
  std::string back(text.size(), '\0');
  unpack.next_in = packed.data();
  unpack.avail_in = size;
  unpack.next_out = reinterpret_cast<Bytef*>(back.data());
  unpack.avail_out = static_cast<uInt>(back.size());
  const bool whole = inflate(&unpack, Z_FINISH) == Z_STREAM_END;
  inflateEnd(&unpack);
  return whole && back == text;
}

using RoundTrip = bool (*)(Memory&, const std::string&);

class CHooksCompression : public ::testing::TestWithParam<RoundTrip> {};

TEST_P(CHooksCompression, WorksOnItsTag) {
  SmartAlloc alloc;
  Memory memory(alloc, "assets::packed");
  EXPECT_TRUE(GetParam()(memory, sample()));
  const MemoryStats stats = memory.stats();
  EXPECT_GT(stats.peak_bytes, 100'000U);
  EXPECT_EQ(stats.foreign, 0U);
  EXPECT_EQ(stats.bytes, 0U);
  EXPECT_EQ(alloc.tag_stats("assets::packed").bytes_allocated >= stats.peak_bytes, true);
  EXPECT_TRUE(alloc.leak_report().empty());
}

TEST_P(CHooksCompression, ABudgetDeniesWithAnError) {
  const std::string text = sample();
  int denied = 0;
  int succeeded = 0;
  for (const std::size_t limit : forty_limits()) {
    SCOPED_TRACE(limit);
    framealloc::testing::ReportLog log;
    SmartAlloc alloc(limited_config(log));
    alloc.budgets()->register_tag_budget("packed", 0, limit);
    Memory memory(alloc, "packed");
    const bool done = GetParam()(memory, text);
    ++(done ? succeeded : denied);
    EXPECT_EQ(done, memory.stats().denials == 0);
    EXPECT_LE(memory.stats().peak_bytes, limit);
    EXPECT_EQ(memory.stats().bytes, 0U);
  }
  EXPECT_GT(denied, 10);
  EXPECT_GT(succeeded, 2);
}

INSTANTIATE_TEST_SUITE_P(Libraries, CHooksCompression,
                         ::testing::Values(&zstd_round_trip, &zlib_round_trip));

}  // namespace
}  // namespace framealloc::c_hooks
