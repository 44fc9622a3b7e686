// SPDX-License-Identifier: MIT OR Apache-2.0
// What a shared library exports: what is for users, and of the rest only what inline code of the
// headers calls.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace framealloc::structure {
namespace {

// Functions of framealloc::detail and framealloc::os that inline code calls, and the objects that it
// reads. A new one is a promise to every program that was compiled before: is it needed?
constexpr std::size_t kMostInternal = 46;

// Result: what `symbol` is the symbol of, without what it is to it: "typeinfo for X", "guard
// variable for X", "non-virtual thunk to X", the result type of a template's instance.
std::string_view name_of(std::string_view symbol) {
  std::size_t depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < symbol.size(); ++i) {
    const char c = symbol[i];
    if (c == '(' && depth == 0) return symbol.substr(begin, i - begin);
    if (c == '<' || c == '(') ++depth;
    if ((c == '>' || c == ')') && depth != 0) --depth;
    if (c == ' ' && depth == 0) begin = i + 1;
  }
  return symbol.substr(begin);
}

bool is_ours(std::string_view name) { return name.starts_with("framealloc::"); }
bool is_internal(std::string_view name) {
  return name.starts_with("framealloc::detail::") || name.starts_with("framealloc::os::");
}

// Result: the demangled names that the library defines for others.
std::vector<std::string> exported_symbols() {
  const char* const library = std::getenv("FRAMEALLOC_SHARED_LIBRARY");
  const char* const nm = std::getenv("FRAMEALLOC_NM");
  if (library == nullptr || nm == nullptr) return {};
  const std::string command = std::string("\"") + nm + "\" -D --defined-only -C \"" + library + '"';
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), &pclose);
  if (pipe == nullptr) return {};
  std::string text;
  char block[4096];
  while (const std::size_t got = std::fread(block, 1, sizeof block, pipe.get()))
    text.append(block, got);
  std::vector<std::string> symbols;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);  // "address type name"
    const std::size_t type = line.find(' ');
    if (type != std::string::npos && line.size() > type + 3)
      symbols.push_back(line.substr(type + 3));
    at = end + 1;
  }
  return symbols;
}

TEST(Exports, NamesAreReadFromSymbols) {
  EXPECT_EQ(name_of("framealloc::detail::keep(framealloc::detail::Instance&)"),
            "framealloc::detail::keep");
  EXPECT_EQ(name_of("typeinfo for framealloc::detail::Heap"), "framealloc::detail::Heap");
  EXPECT_EQ(name_of("framealloc::detail::empty_arena"), "framealloc::detail::empty_arena");
  EXPECT_EQ(name_of("std::vector<framealloc::detail::A, std::allocator<int> >::f(int)"),
            "std::vector<framealloc::detail::A, std::allocator<int> >::f");
  EXPECT_EQ(name_of("bool framealloc::visit<void (*)(int)>(int)"),
            "framealloc::visit<void (*)(int)>");
  EXPECT_EQ(name_of("framealloc::Snapshot::Snapshot(unsigned long)"),
            "framealloc::Snapshot::Snapshot");
}

TEST(Exports, OnlyWhatInlineCodeCallsIsInternal) {
  const std::vector<std::string> symbols = exported_symbols();
  std::size_t ours = 0;
  std::size_t internal = 0;
  std::string list;
  for (const std::string& symbol : symbols) {
    const std::string_view name = name_of(symbol);
    if (is_ours(name)) ++ours;
    if (!is_internal(name)) continue;
    ++internal;
    list += symbol + '\n';
  }
  EXPECT_GT(ours, 300U) << "is this the library?";
  EXPECT_GT(internal, 10U);
  EXPECT_LE(internal, kMostInternal) << list;
  std::printf("%zu symbols are exported, %zu of them internal:\n%s", symbols.size(), internal,
              list.c_str());
}

}  // namespace
}  // namespace framealloc::structure
