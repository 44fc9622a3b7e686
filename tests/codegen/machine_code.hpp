// SPDX-License-Identifier: MIT OR Apache-2.0
// Functions of an object file as the code generation test reads them: through objdump, on x86-64
// and AArch64.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace framealloc::codegen {

struct Instruction {
  std::size_t address = 0;
  std::string text;                     // mnemonic and operands
  bool relocated = false;               // the operand is filled in by the linker: another symbol
  std::optional<std::size_t> target{};  // of a jump inside the function
};

using Function = std::vector<Instruction>;

// What one way through a function costs, from its entry to its return.
struct Path {
  std::size_t instructions = 0;  // the return included
  std::size_t branches = 0;      // conditional ones
  std::size_t locked = 0;        // atomic read-modify-writes and fences
};

// Result: what `objdump -dr --no-show-raw-insn` prints of the object file; empty when it cannot.
std::string disassemble(const std::string& objdump, const std::string& object);

// Result: the functions in the text that `objdump -dr --no-show-raw-insn` printed, by symbol.
std::map<std::string, Function> parse_disassembly(const std::string& text);

// Result: its instructions, one a line.
std::string listing(const Function& function);

// Result: the ways through `function` that call nothing and leave to nowhere else: the hot path,
// and no other when there is one branch whose unlikely side is a call.
std::vector<Path> paths_without_calls(const Function& function);

}  // namespace framealloc::codegen
