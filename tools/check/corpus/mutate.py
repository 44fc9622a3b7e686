#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Changes programs of the corpus, and asks `fa check` about the result.

A seeded bug in a program without findings must be found: a use is moved behind the end of its frame,
a wait for a thread is dropped, the reset of a member, a commit. What changes no behavior must change
no verdict: other names, functions in another order, an end of a frame in a helper.

Exit codes: 0 done, 1 a bar was missed (--bars), 2 wrong usage, 4 fa check did not run."""
import argparse
import collections
import pathlib
import re
import shutil
import sys
import tempfile

import evaluate

FOUND = 0.85  # of the seeded bugs
API = set("""alloc alloc_batch alloc_bytes alloc_slice arena begin burst checkpoint commit data end
 first frame front back get handles id join last make name pin pool reset resolve run scope second size
 span text use value view wait""".split())


def lines_of(path):
    return path.read_text().split("\n")


# --- Seeded bugs: each yields (what, text, families that may report it) ------------------------------

def drop_waits(lines):
    """The only join, or wait for a task, before the frame ends."""
    text = "\n".join(lines)
    if not re.search(r"std::(thread|jthread|async)|RUNS_ON_THREAD", text) or "frame_" not in text:
        return
    if "thread_frame" in text or "pool_alloc" in text:  # there is nothing to wait for
        return
    waits = [n for n, line in enumerate(lines) if re.fullmatch(
        r"\s*(?:for \(.*\) )?[\w:]+(?:\.(?:join|wait)\(\)|wait_for_all\(\));", line)]
    ends = [n for n, line in enumerate(lines) if re.search(r"\bend_frame\w*\(", line)]
    if ends:
        waits = [n for n in waits if n < max(ends)]
    elif "scoped_frame" not in text or "jthread" in text or "std::async" in text:
        waits = []  # what ends by itself waits
    if len(waits) == 1:
        yield "drop a wait", lines[:waits[0]] + lines[waits[0] + 1:], ("FA2",)


def drop_resets(lines):
    """A member that is emptied before the frame ends."""
    for number, line in enumerate(lines):
        if re.fullmatch(r"\s*\w+_ = (?:nullptr|\{\});", line):
            yield "drop a reset", lines[:number] + lines[number + 1:], (
                "FA401", "FA601", "FA605", "FA606", "FA703")


def drop_commits(lines):
    for number, line in enumerate(lines):
        if re.fullmatch(r"\s*\w+\.commit\(\);", line):
            yield "drop a commit", lines[:number] + lines[number + 1:], ("FA606",)


def move_uses(lines):
    """`const int seen = cells[0];` directly before an end_frame() moves behind it."""
    for number in range(len(lines) - 1):
        line, following = lines[number], lines[number + 1]
        end = re.fullmatch(r"\s*(\w+)\.end_frame\w*\(\);", following)
        use = re.fullmatch(r"\s*(?:const )?\w+ \w+ = (?:\*(\w+)|(\w+)\[\d+\]);", line)
        if not end or not use or "in_flight" in "\n".join(lines):
            continue
        name = use.group(1) or use.group(2)
        if not re.search(r"\b" + name + r" = " + end.group(1) + r"\.frame_", "\n".join(lines[:number])):
            continue
        moved = lines[:number] + [following, line] + lines[number + 2:]
        yield "move a use", moved, ("FA606", "FA601")


def end_early(lines):
    """A frame of a scope ends before the value that is returned is read."""
    for number, line in enumerate(lines):
        opened = re.fullmatch(r"(\s*)const auto \w+ = ([\w.]+)\.scoped_frame\(\);", line)
        if not opened:
            continue
        for last in range(number + 1, len(lines)):
            if lines[last] == "}":
                break
            used = re.fullmatch(r"(\s*)return (?:\*(\w+)|(\w+)\[\w+\]|(\w+)->\w+);", lines[last])
            if not used or used.group(1) != opened.group(1):
                continue
            name = next(filter(None, used.groups()[1:]))
            between = "\n".join(lines[number:last])
            if not re.search(r"\b" + name + r" = [\w.]+\.frame_\w+", between):
                continue
            yield "move a use", (lines[:number] + [f"{opened.group(1)}{opened.group(2)}.begin_frame();"]
                                 + lines[number + 1:last]
                                 + [f"{opened.group(1)}{opened.group(2)}.end_frame();"]
                                 + lines[last:]), ("FA606", "FA605")


# --- What changes nothing -----------------------------------------------------------------------------

def rename(lines):
    """Local names, where no member has the same."""
    text = "\n".join(lines)
    declared = set(re.findall(r"(?:\b(?:int|float|auto|bool|char|std::\w+)[*&]*|\*|&|>) (\w+)(?= = |\(|;|\{|,|\))",
                              text))
    members = set(re.findall(r"(?:\.|->|::)\s*(\w+)", text))
    captures = set(re.findall(r"\[(\w+) = ", text))
    names = {name for name in declared - members - captures
             if name not in API and not name.endswith("_") and not name[0].isupper() and len(name) > 2
             and name not in {"int", "auto", "const", "return", "operator", "void", "main"}}
    if names:
        pattern = re.compile(r"\b(" + "|".join(sorted(names)) + r")\b")
        yield "rename", [line if line.startswith("#include") else
                         re.sub(r'^(.*?)(//.*)?$', lambda m: pattern.sub(r"\1_renamed", m.group(1))
                                + (m.group(2) or ""), line) for line in lines], None


def blocks_of(lines):
    """Functions of the file's scope: (first line, line behind the last, prototype)."""
    number = 0
    while number < len(lines):
        head = lines[number]
        if re.match(r"(?:[\w:<>]+[ *&]+)+\w+\([^()]*\) \{$", head) and not head.startswith(
                ("struct", "class", "namespace", "template", "union", "enum")):
            end = next((n for n in range(number, len(lines)) if lines[n] == "}"), None)
            if end is None:
                return
            yield number, end + 1, head[:-2] + ";"
            number = end
        number += 1


def reorder(lines):
    """The last two functions change places."""
    blocks = list(blocks_of(lines))
    if len(blocks) < 2:
        return
    (a, a_end, first), (b, b_end, second) = blocks[-2:]
    if a_end != b or any("co_" in line for line in lines[a:b_end]):
        return
    yield "reorder", (lines[:a] + [first, second] + lines[b:b_end] + lines[a:a_end]
                      + lines[b_end:]), None


def split(lines):
    """The end of the frame in a helper."""
    for number, line in enumerate(lines):
        found = re.fullmatch(r"(\s*)(\w+)\.end_frame\(\);(.*)", line)
        blocks = list(blocks_of(lines))
        if not found or not blocks:
            continue
        at = blocks[0][0]
        if number < at:
            continue
        helper = ["static void finish_it(framealloc::SmartAlloc& it) { it.end_frame(); }"]
        changed = list(lines)
        changed[number] = f"{found.group(1)}finish_it({found.group(2)});{found.group(3)}"
        yield "split", changed[:at] + helper + changed[at:], None
        return


SEEDED = (drop_waits, drop_resets, drop_commits, move_uses, end_early)
NEUTRAL = (rename, reorder, split)


def write_mutants(programs, folder, here):
    """[(path, program, what, codes or None)] of the mutants, written below `folder`."""
    written = []
    for program in programs:
        lines = lines_of(program)
        wanted = evaluate.expected_of(program)
        makers = NEUTRAL + (SEEDED if not wanted else ())
        for maker in makers:
            for number, (what, changed, codes) in enumerate(maker(lines)):
                name = f"{maker.__name__}_{number}_{program.name}"
                path = folder / program.relative_to(here).parent / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("\n".join(changed))
                written.append((path, program, what, codes))
    return written


def main():
    here = pathlib.Path(__file__).resolve().parent
    options = argparse.ArgumentParser(description="What fa check says about changed programs.")
    options.add_argument("--check", default="fa-check", help="the program fa-check")
    options.add_argument("--include", default=str(here.parents[2] / "include"))
    options.add_argument("--only", default="", help="programs whose path contains this")
    options.add_argument("--bars", action="store_true", help="exit code 1 when a bar is missed")
    options.add_argument("--precompile", metavar="CLANG",
                         help="precompile the library's headers with this Clang, which saves half of the time")
    given = options.parse_args()
    programs = [path for path in sorted(here.rglob("*.cpp")) if given.only in str(path)]
    if not programs:
        options.error(f"no program of the corpus has '{given.only}' in its path")
    command = str(pathlib.Path(given.check).resolve()) if "/" in given.check else given.check
    with tempfile.TemporaryDirectory(prefix="fa-check-mutants-") as name:
        folder = pathlib.Path(name).resolve()
        for path in here.rglob("*"):  # configurations and headers
            if path.suffix in (".hpp", ".toml"):
                copy = folder / path.relative_to(here)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, copy)
        mutants = write_mutants(programs, folder, here)
        found, status = {}, {}
        headers = given.precompile and evaluate.precompile(given.precompile, given.include, folder)
        if mutants:
            report = evaluate.run_check(command, [path for path, *_ in mutants], given.include,
                                        folder, headers)
            found, status = evaluate.parse(report, folder)
        # The verdict on the program itself, found or missed, is what a change must not change.
        originals = sorted({program for _, program, _, codes in mutants if codes is None})
        base = {}
        if originals:
            report = evaluate.run_check(command, originals, given.include, here, headers)
            base, _ = evaluate.parse(report, here)
        counts = collections.defaultdict(lambda: [0, 0])
        for path, program, what, codes in mutants:
            if status.get(path) not in ("analysed", "cached"):
                print(f"{path.relative_to(folder)}: does not compile, left out")
                continue
            codes_found = sorted(code for _, code in found.get(path, ()))
            good = (codes_found == sorted(code for _, code in base.get(program, ()))
                    if codes is None else any(code.startswith(codes) for code in codes_found))
            counts[what][0 if good else 1] += 1
            if not good:
                print(f"{program.relative_to(here)}: {what}: found {codes_found or 'nothing'}")
    print(f"{'change':16}{'as wanted':>10}{'not':>6}")
    for what, (good, bad) in sorted(counts.items()):
        print(f"{what:16}{good:10}{bad:6}")
    seeded = ["drop a wait", "drop a reset", "drop a commit", "move a use"]
    good = sum(counts[what][0] for what in seeded)
    every = good + sum(counts[what][1] for what in seeded)
    changed = sum(counts[what][1] for what in ("rename", "reorder", "split"))
    print(f"seeded bugs found: {good} of {every}; verdicts that a change of form changed: {changed}")
    missed = (every > 0 and good / every < FOUND) or changed > 0
    return 1 if given.bars and missed else 0


if __name__ == "__main__":
    sys.exit(main())
