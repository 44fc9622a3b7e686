// SPDX-License-Identifier: MIT OR Apache-2.0
// The reader itself, on text of the shape that objdump prints.
#include "codegen/machine_code.hpp"

#include <gtest/gtest.h>

namespace framealloc::codegen {
namespace {

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
