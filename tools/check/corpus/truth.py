#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Runs the programs of the corpus in guard mode Pages: those of which `// expect: FA606` says that dead
memory is used must be stopped there, and those that are clean must run to their end.

Each program is a namespace of one file, its functions out of sight are made to read what they are given,
and the last function of its own is called in a process of its own, with every flag both ways. What
cannot be called is counted; disagreements are listed, those that README.md explains as such.

Exit codes: 0 no disagreement that is not explained, 1 one is not, 2 wrong usage, 4 nothing could be built."""
import argparse
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

import evaluate

CODES = ("FA606",)
PROTOTYPE = re.compile(r"^(?!using|return|struct|class|namespace|template|static_assert|#)"
                       r"((?:[\w:<>]+[ *&]+)+)(\w+)\(([^()]*)\);$", re.MULTILINE)
FUNCTION = re.compile(r"^((?:[\w:<>,]+[ *&]+)+)(\w+)\(([^()]*)\) \{", re.MULTILINE)
SUPPORT = r"""
namespace truth {
inline volatile char sink;
template <class T> void touch(const T& value) {
  if constexpr (std::is_pointer_v<T> && std::is_object_v<std::remove_pointer_t<T>>) {
    if (value != nullptr) sink = *reinterpret_cast<const char*>(value);
  } else if constexpr (requires { value.data(); value.size(); }) {
    if (value.size() != 0) sink = *reinterpret_cast<const char*>(value.data());
  } else if constexpr (requires { value.begin() != value.end(); }) {
    for (const auto& each : value) touch(each);
  } else {
    sink = reinterpret_cast<const char&>(value);
  }
}
struct Given {
  framealloc::SmartAlloc* first;
  framealloc::SmartAlloc* second;
  unsigned flags;
  unsigned next = 0;
  unsigned allocators = 0;
};
template <class T> decltype(auto) make(Given& given) {
  using Plain = std::remove_cvref_t<T>;
  if constexpr (std::is_same_v<Plain, framealloc::SmartAlloc>) {
    framealloc::SmartAlloc& one = given.allocators++ == 0 ? *given.first : *given.second;
    return static_cast<framealloc::SmartAlloc&>(one);
  } else if constexpr (std::is_same_v<Plain, bool>) {
    return (given.flags >> given.next++ & 1U) != 0;
  } else if constexpr (std::is_arithmetic_v<Plain>) {
    return static_cast<Plain>(3);
  } else {
    static Plain* const value = new Plain{};
    return static_cast<Plain&>(*value);
  }
}
template <class R, class... A> void call(R (*function)(A...), Given given) {
  std::tuple<decltype(make<A>(given))...> arguments{make<A>(given)...};
  std::apply([&](auto&... each) { (void)function(static_cast<A>(each)...); }, arguments);
}
struct Program {
  const char* name;
  void (*run)(Given);
};
int main(const Program* programs, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    for (unsigned flags = 0; flags < 4; ++flags) {
      const pid_t child = fork();
      if (child == 0) {
        alarm(10);
        if (std::getenv("FA_TRUTH_SHOW") == nullptr && freopen("/dev/null", "w", stderr) == nullptr) _exit(9);
        framealloc::AllocConfig config;
        config.guard = framealloc::GuardMode::Pages;
        framealloc::SmartAlloc first(config), second(config);
        programs[i].run(Given{&first, &second, flags});
        _exit(0);
      }
      int status = 0;
      waitpid(child, &status, 0);
      std::printf("%s %d\n", programs[i].name, WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status));
    }
  }
  return 0;
}
}  // namespace truth
"""


def body_of_prototype(found):
    result, name, parameters = found.group(1).strip(), found.group(2), found.group(3)
    names = [re.search(r"(\w+)$", each.strip()).group(1) for each in parameters.split(",") if each.strip()]
    touched = "".join(f" truth::touch({each});" for each in names)
    return f"{result} {name}({parameters}) {{{touched}{'' if result == 'void' else ' return {};'} }}"


def program_of(path, base):
    """(headers, text, the name of the function to call) of a program, or None: nothing to call."""
    text = path.read_text()
    headers = re.findall(r"^#include .*$", text, re.MULTILINE)
    text = re.sub(r"^#include .*$", "", text, flags=re.MULTILINE)
    functions = [m for m in FUNCTION.finditer(text)
                 if not text[:m.start()].rstrip().endswith(">") and "(" not in m.group(1)]
    if not functions or functions[-1].group(2) == "main":
        return None
    headers = [re.sub(r'"(\.\..*)"', lambda m: f'"{(path.parent / m.group(1)).resolve()}"', each)
               for each in headers]
    return headers, PROTOTYPE.sub(body_of_prototype, text), functions[-1].group(2)


def build(programs, given, folder):
    """Compiles the programs into one; those that do not compile are left out. Result: those in it."""
    source, binary = pathlib.Path(folder, "truth.cpp"), pathlib.Path(folder, "truth")
    programs = dict(programs)
    for _ in range(12):
        headers = sorted({each for head, _, _ in programs.values() for each in head})
        lines = ["#include <framealloc/framealloc.hpp>", "#include <cstdio>", "#include <cstdlib>", "#include <tuple>",
                 "#include <type_traits>", "#include <sys/wait.h>", "#include <unistd.h>", *headers, SUPPORT]
        for number, (path, (_, text, entry)) in enumerate(programs.items()):
            lines += [f"namespace n{number} {{", f'#line 1 "{path}"', text,
                      f"inline void called(truth::Given g) {{ truth::call(&{entry}, g); }}", "}"]
        lines.append("const truth::Program programs[] = {")
        lines += [f'{{"{path}", n{number}::called}},' for number, path in enumerate(programs)]
        lines += ["};", "int main() { return truth::main(programs, std::size(programs)); }"]
        source.write_text("\n".join(lines))
        done = subprocess.run([given.compiler, "-std=c++20", "-O0", "-w", "-pthread", "-fmax-errors=0", f"-DFRAMEALLOC_CHECK_LEVEL={given.check_level}",
                               f"-I{given.include}", str(source), "-o", str(binary), given.library,
                               *given.link], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return binary, programs
        bad = {path for path in programs if re.search(re.escape(str(path)) + r":\d+", done.stderr)}
        bad |= {path for number, path in enumerate(programs) if re.search(rf"\bn{number}::", done.stderr)}
        if not bad:
            sys.stderr.write(done.stderr[:4000])
            break
        for path in bad:
            del programs[path]
    print("truth: nothing could be built", file=sys.stderr)
    sys.exit(4)


def main():
    here = pathlib.Path(__file__).resolve().parent
    options = argparse.ArgumentParser(description="What guard mode Pages says of the corpus.")
    options.add_argument("--library", default=str(here.parents[2] / "build/debug/libframealloc.a"))
    options.add_argument("--check-level", default="1", help="with which the library was built")
    options.add_argument("--include", default=str(here.parents[2] / "include"))
    options.add_argument("--compiler", default="g++")
    options.add_argument("--link", nargs="*", default=[])
    options.add_argument("--only", default="FA606/", help="programs whose path contains this")
    given = options.parse_args()
    found = {path.relative_to(here): program_of(path, here) for path in sorted(here.rglob("*.cpp"))
             if given.only in str(path)}
    if not found:
        options.error(f"no program of the corpus has '{given.only}' in its path")
    callable_ones = {path: program for path, program in found.items() if program is not None}
    explained = set(re.findall(r"^\| `(\S+\.cpp)` \|", (here / "README.md").read_text(), re.MULTILINE))
    with tempfile.TemporaryDirectory(prefix="fa-truth-") as folder:
        binary, programs = build(callable_ones, given, folder)
        # Programs make allocators of their own, too.
        done = subprocess.run([str(binary)], stdout=subprocess.PIPE, text=True, check=False,
                              env={**os.environ, "FRAMEALLOC_GUARD": "pages"})
    seen = {}
    for line in done.stdout.splitlines():
        name, status = line.rsplit(" ", 1)
        seen.setdefault(name, []).append(int(status))
    agree, left_out, surprises = 0, 0, []
    for path in programs:
        wanted = any(code in CODES for _, code in evaluate.expected_of(here / path))
        ended = [status for status in seen.get(str(path), []) if status != signal.SIGALRM]
        if not ended:
            print(f"{path}: does not end by itself, left out")
            left_out += 1
            continue
        faults = any(status > 0 for status in ended)
        if wanted == faults:
            agree += 1
            continue
        what = "is called stale and runs to its end" if wanted else "is called clean and is stopped"
        known = str(path) in explained
        print(f"{path}: {what}{' (explained)' if known else ''}")
        if not known:
            surprises.append(path)
    ran = len(programs) - left_out
    print(f"{len(found)} programs, {ran} could be run: {agree} agree, {ran - agree} do not, "
          f"{len(surprises)} of those without an explanation")
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(main())
