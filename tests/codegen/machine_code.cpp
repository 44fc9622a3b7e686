// SPDX-License-Identifier: MIT OR Apache-2.0
#include "codegen/machine_code.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <functional>
#include <memory>
#include <sstream>
#include <string_view>

namespace framealloc::codegen {
namespace {

std::string_view mnemonic_of(const Instruction& instruction) {
  const std::string_view text = instruction.text;
  return text.substr(0, text.find_first_of(" \t"));
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, word) != words.end();
}

bool is_return(const Instruction& instruction) {
  const std::string_view word = mnemonic_of(instruction);
  return word == "ret" || word == "retq";
}

bool is_call(const Instruction& instruction) {
  constexpr std::array<std::string_view, 4> kCalls{"call", "callq", "bl", "blr"};
  return is_one_of(mnemonic_of(instruction), kCalls);
}

bool is_jump(const Instruction& instruction) {
  constexpr std::array<std::string_view, 4> kJumps{"jmp", "jmpq", "b", "br"};
  return is_one_of(mnemonic_of(instruction), kJumps);
}

bool is_branch(const Instruction& instruction) {
  constexpr std::array<std::string_view, 4> kBranches{"cbz", "cbnz", "tbz", "tbnz"};
  const std::string_view word = mnemonic_of(instruction);
  return word.starts_with("b.") || is_one_of(word, kBranches) ||
         (word.starts_with("j") && !is_jump(instruction));
}

bool is_locked(const Instruction& instruction) {
  const std::string_view word = mnemonic_of(instruction);
  for (std::string_view start : {"lock", "mfence", "ldxr", "ldaxr", "stxr", "stlxr", "ldadd",
                                 "ldset", "ldclr", "swp", "cas", "dmb"}) {
    if (word.starts_with(start)) return true;
  }
  return word == "xchg" && instruction.text.find('(') != std::string::npos;
}

// The address of a line such as "  1c:\tjae    40 <name+0x40>"; nothing when it is another line.
std::optional<Instruction> parse_instruction(const std::string& line) {
  const std::size_t colon = line.find(":\t");
  if (colon == std::string::npos) return std::nullopt;
  const std::string address = line.substr(0, colon);
  if (address.find_first_not_of(" 0123456789abcdef") != std::string::npos) return std::nullopt;
  Instruction instruction;
  instruction.address = std::stoul(address, nullptr, 16);
  instruction.text = line.substr(colon + 2);
  return instruction;
}

// The last operand of a jump, "cbz x0, 40 <name+0x40>" included, is its target.
std::optional<std::size_t> target_of(const Instruction& instruction) {
  if (!is_branch(instruction) && !is_jump(instruction)) return std::nullopt;
  const std::size_t symbol = instruction.text.find(" <");
  if (symbol == std::string::npos) return std::nullopt;
  const std::size_t start = instruction.text.find_last_of(" \t,", symbol - 1) + 1;
  return std::stoul(instruction.text.substr(start, symbol - start), nullptr, 16);
}

}  // namespace

std::string disassemble(const std::string& objdump, const std::string& object) {
  const std::string command = objdump + " -dr --no-show-raw-insn '" + object + "'";
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

std::map<std::string, Function> parse_disassembly(const std::string& text) {
  std::map<std::string, Function> functions;
  Function* current = nullptr;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const std::size_t open = line.find(" <");
    if (line.ends_with(">:") && open != std::string::npos &&
        std::isxdigit(static_cast<unsigned char>(line[0])) != 0) {
      current = &functions[line.substr(open + 2, line.size() - open - 4)];
    } else if (current != nullptr && line.find(": R_") != std::string::npos) {
      if (!current->empty()) current->back().relocated = true;
    } else if (auto instruction = parse_instruction(line); current != nullptr && instruction) {
      instruction->target = target_of(*instruction);
      current->push_back(*instruction);
    }
  }
  return functions;
}

std::vector<Path> paths_without_calls(const Function& function) {
  std::vector<Path> paths;
  std::vector<bool> on_path(function.size(), false);
  const auto index_of = [&](std::size_t address) -> std::optional<std::size_t> {
    const auto found = std::ranges::find(function, address, &Instruction::address);
    if (found == function.end()) return std::nullopt;
    return static_cast<std::size_t>(found - function.begin());
  };
  const std::function<void(std::optional<std::size_t>, Path)> walk =
      [&](std::optional<std::size_t> at, Path path) {
        // Outside the function, or round a loop: not the hot path.
        if (!at || *at >= function.size() || on_path[*at]) return;
        const Instruction& instruction = function[*at];
        ++path.instructions;
        if (is_return(instruction)) paths.push_back(path);
        if (is_return(instruction) || is_call(instruction)) return;
        if (is_locked(instruction)) ++path.locked;
        if (is_branch(instruction)) ++path.branches;
        on_path[*at] = true;
        const bool leaves = instruction.relocated || !instruction.target;
        if ((is_branch(instruction) || is_jump(instruction)) && !leaves) {
          walk(index_of(*instruction.target), path);
        }
        if (!is_jump(instruction)) walk(*at + 1, path);
        on_path[*at] = false;
      };
  walk(0, Path{});
  return paths;
}

}  // namespace framealloc::codegen
