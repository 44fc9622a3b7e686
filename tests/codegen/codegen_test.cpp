// SPDX-License-Identifier: MIT OR Apache-2.0
// The hot paths of a folder as the compilers made them: instructions from entry to return, conditional
// branches, no atomic read-modify-write, no call. The bounds are what was measured when the path
// was written; whoever needs more has made every allocation slower and should know it.
#include "codegen/bound.hpp"
#include "codegen/machine_code.hpp"

#include FRAMEALLOC_CODEGEN_BOUNDS  // kBounds

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace framealloc::codegen {
namespace {

struct Target {
  const char* name;     // compiler and architecture
  const char* object;   // the folder's hot_paths.cpp, compiled
  const char* objdump;  // the program that reads it
};

const std::vector<Target>& targets() {
  static const std::vector<Target> kTargets{FRAMEALLOC_CODEGEN_TARGETS};
  return kTargets;
}

class Codegen : public testing::TestWithParam<std::size_t> {};

TEST_P(Codegen, HotPathsStayShort) {
  const Target& target = targets()[GetParam()];
  const bool arm = std::string(target.name).ends_with("aarch64");
  const auto functions = parse_disassembly(disassemble(target.objdump, target.object));
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

}  // namespace
}  // namespace framealloc::codegen
