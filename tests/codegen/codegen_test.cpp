// SPDX-License-Identifier: MIT OR Apache-2.0
// The hot paths as the compilers made them: instructions from entry to return, conditional
// branches, no atomic read-modify-write, no call. The bounds are what was measured when the path
// was written; whoever needs more has made every allocation slower and should know it.
#include "codegen/machine_code.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace framealloc::codegen {
namespace {

struct Target {
  const char* name;     // compiler and architecture
  const char* object;   // hot_paths.cpp, compiled
  const char* objdump;  // the program that reads it
};

const std::vector<Target>& targets() {
  static const std::vector<Target> kTargets{FRAMEALLOC_CODEGEN_TARGETS};
  return kTargets;
}

// Most instructions (the return included) and branches on the way through.
struct Bound {
  const char* function;
  std::size_t x86_64;
  std::size_t aarch64;
  std::size_t branches;
};

constexpr std::array kBounds{
    Bound{"hot_arena_alloc", 7, 9, 1},
    Bound{"hot_arena_alloc_over_aligned", 9, 11, 1},
    Bound{"hot_arena_alloc_bytes", 13, 15, 1},
    Bound{"hot_arena_alloc_layout", 16, 19, 1},
    Bound{"hot_frame_alloc", 11, 15, 1},
    Bound{"hot_frame_alloc_batch", 18, 21, 1},
    Bound{"hot_burst_alloc", 31, 32, 5},  // its cursor in memory, a line fetched ahead; else 13
    Bound{"hot_fixed_alloc", 7, 9, 1},
    Bound{"hot_scope", 35, 45, 6},
    Bound{"hot_pool_alloc", 12, 18, 1},
    Bound{"hot_pool_free", 19, 27, 3},  // null, list and owner; mostly 15 and 2
};

std::string disassemble(const Target& target) {
  const std::string command =
      std::string(target.objdump) + " -dr --no-show-raw-insn '" + target.object + "'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  std::array<char, 4096> buffer{};
  while (pipe && std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
    text += buffer.data();
  }
  return text;
}

std::string listing(const Function& function) {
  std::string text;
  for (const Instruction& instruction : function) text += "    " + instruction.text + '\n';
  return text;
}

class Codegen : public testing::TestWithParam<std::size_t> {};

TEST_P(Codegen, HotPathsStayShort) {
  const Target& target = targets()[GetParam()];
  const bool arm = std::string(target.name).ends_with("aarch64");
  const auto functions = parse_disassembly(disassemble(target));
  for (const Bound& bound : kBounds) {
    SCOPED_TRACE(std::string(target.name) + ' ' + bound.function);
    const auto found = functions.find(bound.function);
    ASSERT_NE(found, functions.end()) << "no such function in the object file";
    const std::vector<Path> paths = paths_without_calls(found->second);
    ASSERT_FALSE(paths.empty()) << "every way through calls something\n" << listing(found->second);
    // Where the unlikely side has a short answer of its own, the longest way counts.
    const Path longest = *std::ranges::max_element(paths, {}, &Path::instructions);
    std::printf("%-16s %-30s %2zu instructions, %zu branches\n", target.name, bound.function,
                longest.instructions, longest.branches);
    EXPECT_LE(longest.instructions, arm ? bound.aarch64 : bound.x86_64) << listing(found->second);
    EXPECT_LE(longest.branches, bound.branches) << listing(found->second);
    EXPECT_EQ(longest.locked, 0U) << listing(found->second);
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, Codegen, testing::Range(std::size_t{0}, targets().size()),
                         [](const testing::TestParamInfo<std::size_t>& target) {
                           std::string name = targets()[target.param].name;
                           std::ranges::replace_if(
                               name, [](char c) { return c == '-' || c == '+'; }, '_');
                           return name;
                         });

// The reader itself, on text of the shape that objdump prints.
constexpr const char* kOneBranch = R"(
0000000000000000 <bump>:
   0:	mov    (%rdi),%rax
   3:	lea    0x40(%rax),%rdx
   7:	cmp    %rdx,0x8(%rdi)
   b:	jb     11 <bump+0x11>
			d: R_X86_64_PC32	.text.unlikely-0x4
  11:	mov    %rdx,(%rdi)
  14:	ret
)";
constexpr const char* kWorse = R"(
0000000000000020 <worse>:
  20:	cmpb   $0x0,(%rdi)
  23:	je     30 <worse+0x10>
  25:	lock xadd %rax,(%rsi)
  29:	jmp    34 <worse+0x14>
  30:	call   35 <worse+0x15>
			31: R_X86_64_PLT32	slow-0x4
  34:	ret
)";
constexpr const char* kArm = R"(
0000000000000000 <arm>:
   0:	ldr	x1, [x0]
   4:	cbz	x1, 10 <arm+0x10>
   8:	ldxr	x2, [x1]
   c:	ret
  10:	b	0 <slow>
			10: R_AARCH64_JUMP26	slow
)";

TEST(MachineCode, FollowsTheLikelySideOfABranchThatLeaves) {
  const auto functions = parse_disassembly(kOneBranch);
  ASSERT_EQ(functions.count("bump"), 1U);
  const auto paths = paths_without_calls(functions.at("bump"));
  ASSERT_EQ(paths.size(), 1U);
  EXPECT_EQ(paths[0].instructions, 6U);
  EXPECT_EQ(paths[0].branches, 1U);
  EXPECT_EQ(paths[0].locked, 0U);
}

TEST(MachineCode, CountsLocksAndLeavesOutCalls) {
  const auto paths = paths_without_calls(parse_disassembly(kWorse).at("worse"));
  ASSERT_EQ(paths.size(), 1U);
  EXPECT_EQ(paths[0].instructions, 5U);
  EXPECT_EQ(paths[0].locked, 1U);
}

TEST(MachineCode, ReadsAArch64) {
  const auto paths = paths_without_calls(parse_disassembly(kArm).at("arm"));
  ASSERT_EQ(paths.size(), 1U);
  EXPECT_EQ(paths[0].instructions, 4U);
  EXPECT_EQ(paths[0].branches, 1U);
  EXPECT_EQ(paths[0].locked, 1U);
}

}  // namespace
}  // namespace framealloc::codegen
