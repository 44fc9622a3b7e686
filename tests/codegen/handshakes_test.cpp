// SPDX-License-Identifier: MIT OR Apache-2.0
// "I store, then look; you store, then look": one of the two sees the other only if neither look is
// taken before its store. x86-64 orders that by itself once the store is a locked one; on AArch64 the
// store has to be a releasing one and the look an acquiring one, which is seen in the instructions
// alone: neither an emulator nor ThreadSanitizer takes them out of order.
#include "codegen/machine_code.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <string>

namespace framealloc::codegen {
namespace {

class Handshakes : public testing::TestWithParam<const char*> {};

TEST_P(Handshakes, LookAfterTheyHaveStored) {
  const auto functions =
      parse_disassembly(disassemble(FRAMEALLOC_HANDSHAKES_OBJDUMP, FRAMEALLOC_HANDSHAKES_OBJECT));
  const auto found = functions.find(GetParam());
  ASSERT_NE(found, functions.end()) << "no such function in the object file";
  bool stored = false;
  bool looked = false;
  for (const Instruction& instruction : found->second) {
    // stlr, and stlxr of a loop that compares and exchanges.
    if (instruction.text.starts_with("stlr") || instruction.text.starts_with("stlxr"))
      stored = true;
    if (stored && instruction.text.starts_with("ldar")) looked = true;
  }
  EXPECT_TRUE(stored) << listing(found->second);
  EXPECT_TRUE(looked) << listing(found->second);
}

INSTANTIATE_TEST_SUITE_P(, Handshakes, testing::Values("handshake_end_frame", "handshake_list"),
                         [](const auto& tested) { return std::string(tested.param); });

}  // namespace
}  // namespace framealloc::codegen
