#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""What `fa check` costs beside the compiler that it stands on, over units of this project.

Everything is measured in one run and in user CPU, which other work on the machine changes little:
cold against `clang++ -fsyntax-only` with the same flags (medians), warm from the cache, the peak of
memory, a generated unit of 5,000 lines whose largest function makes 200 allocations. How much two jobs
gain is the one figure of a clock on a wall, and needs a machine with two idle cores.

Exit codes: 0 done, 1 a bar was missed (--bars), 2 wrong usage, 4 a program did not run."""
import argparse
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

# The bars: of cold against the compiler, of cold against warm, of memory, seconds, of two jobs.
COLD, WARM, MEMORY, WORST, TWO_JOBS = 1.3, 20.0, 1.5, 2.0, 1.7
FOLDERS = ("src/", "tools/", "tests/", "examples/", "modules/")


def run(words, folder):
    """(user seconds, wall seconds, peak in MiB, exit code) of a command with all that it starts."""
    begin = time.monotonic()
    child = subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    told = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        sys.stderr.buffer.write(told)
        print(f"speed: {words[0]} ended with {child.returncode}", file=sys.stderr)
        sys.exit(4)
    return used.ru_utime, time.monotonic() - begin, used.ru_maxrss / 1024, child.returncode


def flags_of(entry):
    """The words of a command that both programs understand, and that make them read the same text."""
    words = entry.get("arguments") or shlex.split(entry["command"])
    kept, skip = [], False
    for word in words[1:]:
        if skip:
            skip = False
        elif word in ("-o", "-include", "-x"):
            skip = True  # of the precompiled header of another compiler
        elif word.startswith(("-I", "-D", "-std", "-isystem", "-pthread", "-f")) or kept[-1:] == ["-isystem"]:
            if word not in ("-fno-gnu-unique", "-flto", "-fno-fat-lto-objects"):
                kept.append(word)
    return kept


def sample(database, root, count):
    """`count` units of the project, spread evenly over it."""
    entries = {}
    for entry in json.loads(database.read_text()):
        path = pathlib.Path(entry["directory"], entry["file"]).resolve()
        if path.suffix != ".cpp" or not path.is_relative_to(root) or "/gpu/" in str(path):
            continue
        if str(path.relative_to(root)).startswith(FOLDERS):
            entries[str(path)] = entry
    names = sorted(entries)
    step = max(1, len(names) // count)
    return [(name, entries[name]) for name in names[step // 2::step][:count]]


def large_unit():
    """5,000 lines: one function with 200 allocations in branches and loops, and small ones."""
    lines = ["#include <framealloc/framealloc.hpp>", "namespace fa = framealloc;", "void use(int);",
             "int largest(fa::SmartAlloc& alloc, int n) {", "  alloc.begin_frame();", "  int total = 0;"]
    for i in range(200):
        kind = i % 4
        lines.append(f"  int* p{i} = alloc.frame_alloc<int>();")
        if kind == 0:
            lines += [f"  if (n > {i}) {{", f"    *p{i} = n;", "  } else {", f"    *p{i} = total;", "  }"]
        elif kind == 1:
            lines += [f"  for (int k = 0; k < n; ++k) *p{i} += k;", f"  use(*p{i});"]
        elif kind == 2:
            lines += [f"  if (p{i} == nullptr) return total;", f"  *p{i} = {i};", f"  p{i - 1} = p{i};"]
        else:
            lines += [f"  if (total == {i}) p{i} = p{i - 1};", f"  total += *p{i};"]
    lines += ["  alloc.end_frame();", "  return total;", "}"]
    number = 0
    while len(lines) < 4990:
        lines += [f"int small{number}(int n) {{", "  int sum = 0;", "  for (int i = 0; i < n; ++i) {",
                  f"    if (i % {number + 2} == 0) sum += i;", "    use(sum);", "  }", "  return sum;", "}"]
        number += 1
    return "\n".join(lines) + "\n"


class Report:
    def __init__(self):
        self.missed = []

    def line(self, what, bar, good, text):
        print(f"{what:34}{text:>34}   bar {bar}" + ("" if good else "   missed"))
        if not good:
            self.missed.append(what)


def main():
    root = pathlib.Path(__file__).resolve().parents[3]
    options = argparse.ArgumentParser(description="What fa check costs beside its compiler.")
    options.add_argument("--check", default="fa-check", help="the program fa-check, optimized")
    options.add_argument("--clang", default="clang++-19")
    options.add_argument("--build", default=str(root / "build/release"),
                         help="the folder of compile_commands.json")
    options.add_argument("--units", type=int, default=20)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--bars", action="store_true", help="exit code 1 when a bar is missed")
    options.add_argument("-v", "--verbose", action="store_true", help="each unit by itself, once")
    given = options.parse_args()
    database = pathlib.Path(given.build) / "compile_commands.json"
    if not database.exists():
        options.error(f"{database} does not exist; ./dev configures with one")
    check = str(pathlib.Path(given.check).resolve()) if "/" in given.check else given.check
    units = sample(database, root, given.units)
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        def write(entries):
            pathlib.Path(folder, "compile_commands.json").write_text(json.dumps(
                [{"directory": folder, "file": name, "arguments": ["clang++", *flags, "-c", name]}
                 for name, flags in entries]))

        def checked(names, *words):
            return run([check, "-q", "-p", folder, "--timeout", "3000", *names, *words], folder)

        # What either cannot read would be measured as fast.
        readable = []
        for name, entry in units:
            flags = flags_of(entry)
            words = [given.clang, "-fsyntax-only", "-w", "-D__clang_analyzer__=1", *flags, name]
            if subprocess.run(words, cwd=folder, stderr=subprocess.DEVNULL, check=False).returncode == 0:
                readable.append((name, flags))
        if not readable:
            options.error("no unit can be read; build once, so that generated headers are there")
        write(readable)
        names = [name for name, _ in readable]
        compiled = [[given.clang, "-fsyntax-only", "-w", "-D__clang_analyzer__=1", *flags, name]
                    for name, flags in readable]
        if given.verbose:
            for words, name in zip(compiled, names):
                ours, theirs = checked([name], "--no-cache", "--jobs", "1"), run(words, folder)
                print(f"{ours[0]:6.2f} s  {theirs[0]:6.2f} s  {ours[0] / theirs[0]:5.2f}  "
                      f"{ours[2]:5.0f} MiB {theirs[2]:5.0f} MiB  {pathlib.Path(name).relative_to(root)}")
        cold, theirs, memory = [], [], []
        for _ in range(given.runs):
            parts = [run(words, folder) for words in compiled]
            theirs.append(sum(part[0] for part in parts))
            whole = checked(names, "--no-cache", "--jobs", "1")
            cold.append(whole[0])
            memory.append(whole[2] / max(part[2] for part in parts))
        cache = folder + "/cache"
        checked(names, "--cache", cache, "--jobs", "1")
        warm = statistics.median(checked(names, "--cache", cache, "--jobs", "1")[0]
                                 for _ in range(given.runs))
        cold, theirs, memory = (statistics.median(each) for each in (cold, theirs, memory))
        print(f"{len(names)} of {len(units)} units, medians of {given.runs}, user CPU")
        report.line("cold", COLD, cold <= COLD * theirs,
                    f"{cold:.2f} s / {theirs:.2f} s = {cold / theirs:.2f}")
        report.line("warm", WARM, cold >= WARM * warm,
                    f"{warm:.3f} s, {cold / max(warm, 1e-3):.0f} times faster")
        report.line("peak of memory", MEMORY, memory <= MEMORY, f"{memory:.2f} times")
        source = pathlib.Path(folder, "large.cpp")
        source.write_text(large_unit())
        flags = ["-std=c++20", f"-I{root}/include"]
        write([(str(source), flags)])
        ours = min(checked([str(source)], "--no-cache")[0] for _ in range(min(3, given.runs)))
        base = min(run([given.clang, "-fsyntax-only", "-w", "-D__clang_analyzer__=1", *flags, str(source)],
                       folder)[0] for _ in range(min(3, given.runs)))
        report.line("5,000 lines, 200 allocations", WORST, ours - base < WORST,
                    f"{ours:.2f} s - {base:.2f} s = {ours - base:.2f} s")
        write(readable)
        one, two = (min(checked(names, "--no-cache", "--jobs", jobs)[1] for _ in range(2))
                    for jobs in ("1", "2"))
        load = os.getloadavg()[0]
        report.line("two jobs against one", TWO_JOBS, one / two >= TWO_JOBS,
                    f"{one:.1f} s / {two:.1f} s = {one / two:.2f}")
        if load > 1.5:
            print(f"the load is {load:.1f}: the last figure says little")
    return 1 if given.bars and report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
