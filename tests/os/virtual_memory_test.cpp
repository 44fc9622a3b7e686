// SPDX-License-Identifier: MIT OR Apache-2.0
#include "os/virtual_memory.hpp"

#include <framealloc/align.hpp>
#include <framealloc/literals.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

namespace framealloc::os {
namespace {

using namespace literals;

// A mapping that goes back when the test ends.
class Mapping {
 public:
  explicit Mapping(std::size_t size, std::size_t alignment = 1)
      : address_(static_cast<std::byte*>(map(size, alignment))), size_(size) {}
  ~Mapping() { unmap(address_, size_); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  std::byte* begin() const { return address_; }
  std::byte* end() const { return address_ + size_; }
  std::size_t size() const { return size_; }

 private:
  std::byte* address_;
  std::size_t size_;
};

// Takes the room below a mapping, where map() would put the next one, so that it has to look
// elsewhere and to trim.
class RoomTaken {
 public:
  RoomTaken(std::size_t size, std::size_t alignment) : latest_(size, alignment) {
    const std::size_t down = align_up(size, alignment);
    room_ = mmap(latest_.begin() - down, page_size(), PROT_NONE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  }
  ~RoomTaken() {
    if (room_ != MAP_FAILED) munmap(room_, page_size());
  }
  RoomTaken(const RoomTaken&) = delete;
  RoomTaken& operator=(const RoomTaken&) = delete;

 private:
  Mapping latest_;
  void* room_;
};

// Asks the kernel instead of touching: whether a byte can be read.
bool readable(const void* address) {
  int ends[2];
  if (pipe(ends) != 0) return false;
  const bool ok = write(ends[1], address, 1) == 1;
  close(ends[0]);
  close(ends[1]);
  return ok;
}

std::size_t resident_pages(const Mapping& mapping) {
  std::vector<unsigned char> in_core(mapping.size() / page_size());
  if (mincore(mapping.begin(), mapping.size(), in_core.data()) != 0) return 0;
  std::size_t pages = 0;
  for (const unsigned char page : in_core) pages += page & 1u;
  return pages;
}

std::size_t mapped_pages_of_process() {
  std::size_t pages = 0;
  FILE* const file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  if (std::fscanf(file, "%zu", &pages) != 1) pages = 0;
  std::fclose(file);
  return pages;
}

TEST(VirtualMemory, PageSizes) {
  EXPECT_TRUE(is_power_of_two(page_size()));
  EXPECT_GE(page_size(), 4096u);
  const std::size_t huge = huge_page_size();
  EXPECT_TRUE(huge == 0 || (is_power_of_two(huge) && huge > page_size()));
  EXPECT_EQ(huge_page_size(), huge);
}

TEST(VirtualMemory, MapsZeroedWritablePages) {
  const Mapping mapping(3 * page_size());
  ASSERT_NE(mapping.begin(), nullptr);
  EXPECT_TRUE(is_aligned(mapping.begin(), page_size()));
  for (const std::byte b : mapping) ASSERT_EQ(b, std::byte{0});
  std::memset(mapping.begin(), 0xAB, mapping.size());
  EXPECT_EQ(mapping.end()[-1], std::byte{0xAB});
}

TEST(VirtualMemory, AlignsFromOneByteTo64MiB) {
  for (std::size_t alignment = 1; alignment <= 64_MiB; alignment *= 2) {
    for (const std::size_t size : {page_size(), 3 * page_size(), 2_MiB, 2_MiB + page_size()}) {
      const Mapping first(size, alignment);
      const RoomTaken taken(size, alignment);
      const Mapping second(size, alignment);
      ASSERT_NE(first.begin(), nullptr) << alignment;
      ASSERT_NE(second.begin(), nullptr) << alignment;
      EXPECT_TRUE(is_aligned(first.begin(), alignment));
      EXPECT_TRUE(is_aligned(second.begin(), alignment));
      EXPECT_TRUE(first.end() <= second.begin() || second.end() <= first.begin());
      first.begin()[0] = first.end()[-1] = std::byte{1};
      second.begin()[0] = second.end()[-1] = std::byte{2};
      EXPECT_EQ(first.begin()[0], std::byte{1});
      EXPECT_EQ(first.end()[-1], std::byte{1});
    }
  }
}

TEST(VirtualMemory, ManyAlignedMappingsAreDisjoint) {
  constexpr std::size_t kCount = 64;
  constexpr std::size_t kSize = 2_MiB;
  std::vector<std::byte*> all;
  for (std::size_t i = 0; i < kCount; ++i) {
    auto* const p = static_cast<std::byte*>(map(kSize, kSize));
    ASSERT_NE(p, nullptr);
    ASSERT_EQ(p[0], std::byte{0});  // written already if it overlapped an earlier one
    p[0] = std::byte{1};
    ASSERT_TRUE(is_aligned(p, kSize));
    all.push_back(p);
    if (i % 3 == 2) {  // holes, which the next ones may or may not fill
      unmap(all[all.size() - 2], kSize);
      all.erase(all.end() - 2);
    }
  }
  for (std::byte* const p : all) {
    EXPECT_EQ(p[0], std::byte{1});
    unmap(p, kSize);
  }
}

TEST(VirtualMemory, GivesEverythingBackIncludingTheTrimmedSides) {
  unmap(map(page_size(), 8_MiB), page_size());
  (void)mapped_pages_of_process();
  const std::size_t before = mapped_pages_of_process();
  ASSERT_NE(before, 0u);
  for (int i = 0; i < 50; ++i) {
    const RoomTaken taken(page_size(), 8_MiB);
    unmap(map(page_size(), 8_MiB), page_size());
    unmap(map(2_MiB + page_size(), 2_MiB), 2_MiB + page_size());
  }
  EXPECT_LT(mapped_pages_of_process(), before + 1_MiB / page_size());
}

TEST(VirtualMemory, AnUnmappedRangeIsGone) {
  void* address = nullptr;
  {
    const Mapping mapping(page_size());
    address = mapping.begin();
    EXPECT_TRUE(readable(address));
  }
  EXPECT_FALSE(readable(address));
  unmap(nullptr, page_size());  // nothing to give back
}

TEST(VirtualMemory, RefusesTheImpossible) {
  EXPECT_EQ(map(0, 1), nullptr);
  EXPECT_EQ(map(kMaxRequest + page_size(), 1), nullptr);
  EXPECT_EQ(map(page_size(), kMaxRequest * 2), nullptr);
  EXPECT_EQ(map(std::size_t{1} << 46, std::size_t{1} << 46), nullptr);
}

TEST(VirtualMemory, DiscardedPagesReadAsZeroAndAreNotResident) {
  const Mapping mapping(8 * page_size());
  ASSERT_NE(mapping.begin(), nullptr);
  std::memset(mapping.begin(), 0xAB, mapping.size());
  EXPECT_EQ(resident_pages(mapping), 8u);
  EXPECT_TRUE(discard(mapping.begin() + 2 * page_size(), 4 * page_size()));
  EXPECT_EQ(mapping.begin()[2 * page_size() - 1], std::byte{0xAB});
  EXPECT_EQ(mapping.begin()[2 * page_size()], std::byte{0});
  EXPECT_EQ(mapping.begin()[6 * page_size() - 1], std::byte{0});
  EXPECT_EQ(mapping.begin()[6 * page_size()], std::byte{0xAB});
}

TEST(VirtualMemory, ProtectionForbidsAndAllows) {
  const Mapping mapping(2 * page_size());
  ASSERT_NE(mapping.begin(), nullptr);
  mapping.begin()[0] = std::byte{7};
  EXPECT_TRUE(protect(mapping.begin(), page_size(), false));
  EXPECT_FALSE(readable(mapping.begin()));
  EXPECT_TRUE(readable(mapping.begin() + page_size()));
  EXPECT_TRUE(protect(mapping.begin(), page_size(), true));
  EXPECT_EQ(mapping.begin()[0], std::byte{7});
}

TEST(VirtualMemory, PrefaultBacksEveryPageAndKeepsTheContent) {
  const Mapping mapping(64 * page_size());
  ASSERT_NE(mapping.begin(), nullptr);
  mapping.begin()[0] = std::byte{7};
  EXPECT_TRUE(prefault(mapping.begin(), mapping.size()));
  EXPECT_EQ(resident_pages(mapping), 64u);
  EXPECT_EQ(mapping.begin()[0], std::byte{7});
  EXPECT_EQ(mapping.end()[-1], std::byte{0});
}

TEST(VirtualMemory, PartsOfPagesAreRefused) {
  const Mapping mapping(4 * page_size());
  ASSERT_NE(mapping.begin(), nullptr);
  std::memset(mapping.begin(), 0xAB, mapping.size());
  EXPECT_FALSE(discard(mapping.begin() + 1, page_size()));
  EXPECT_FALSE(discard(mapping.begin(), page_size() + 1));
  EXPECT_FALSE(protect(mapping.begin(), 1, false));
  EXPECT_FALSE(prefault(mapping.begin() + 16, page_size()));
  EXPECT_FALSE(advise_huge(mapping.begin() + 16, page_size()));
  for (const std::byte b : mapping) ASSERT_EQ(b, std::byte{0xAB});
}

TEST(VirtualMemory, HugePagesAreAskedForWhereTheyExist) {
  const Mapping mapping(4_MiB, 2_MiB);
  ASSERT_NE(mapping.begin(), nullptr);
  const bool asked = advise_huge(mapping.begin(), mapping.size());
  EXPECT_TRUE(huge_page_size() != 0 || !asked);
  mapping.end()[-1] = std::byte{1};  // usable either way
  EXPECT_EQ(mapping.end()[-1], std::byte{1});
}

}  // namespace
}  // namespace framealloc::os
