#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Compares the modules for clang-tidy with fa check: both read programs of the corpus, and every finding must have
the same place, check and message. --each N: of each code only the first N programs with a finding and the first N
without, which is what CI has time for."""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import evaluate

HERE = pathlib.Path(__file__).resolve().parent
LINE = re.compile(r"(/.*?):(\d+):(\d+): (warning|error): (.*) \[([\w.,-]+)\]$")


def chosen(each):
    """The programs to compare: all, or of each folder of a code so many with and so many without a finding."""
    programs = sorted(HERE.rglob("*.cpp"))
    if not each:
        return programs
    taken = collections.Counter()
    result = []
    for path in programs:
        kind = (path.relative_to(HERE).parts[0], path.name.startswith("clean_"))
        taken[kind] += 1
        if taken[kind] <= each:
            result.append(path)
    return result


def of_check(check, programs, include, header):
    """What fa check says: a set of (file, line, column, check, message)."""
    report = evaluate.run_check(check, programs, include, HERE, header)
    for entry in report["files"]:
        if entry["status"] not in ("analysed", "cached"):
            sys.exit(f"fa check did not read {entry['file']}: {entry['reason']}")
    return {(str((HERE / d["file"]).resolve()), d["line"], d["column"], "framealloc-" + d["slug"], d["message"])
            for d in report["diagnostics"] if not d["suppressed"]}


def of_tidy(tidy, module, programs, include, header):
    """The same of clang-tidy; what it says besides is an error."""
    def run(part):
        words = [tidy, f"--load={module}", "--checks=-*,framealloc-*", "--config={}", "--header-filter=.*", "--quiet",
                 *map(str, part), "--", "-std=c++20", "-pthread", *(["-include-pch", header] if header else []),
                 f"-I{include}"]
        return subprocess.run(words, capture_output=True, text=True, check=False)

    jobs = os.cpu_count() or 1
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        runs = list(pool.map(run, [programs[i::jobs] for i in range(jobs)]))
    found = set()
    for done in runs:
        if done.returncode != 0:
            sys.exit(f"{tidy} ended with {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        for line in done.stdout.splitlines():
            match = LINE.match(line)
            if match:
                path, number, column, _, message, name = match.groups()
                found.add((path, int(number), int(column), name, message))
    return found


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--check", required=True, help="the program fa-check")
    options.add_argument("--precompile", metavar="CLANG", help="the Clang that fa check stands on")
    options.add_argument("--include", default=str(HERE.parents[2] / "include"))
    options.add_argument("--each", type=int, default=0)
    options.add_argument("--tidy", nargs=3, action="append", required=True, metavar=("CLANG_TIDY", "MODULE", "CLANG"),
                         help="CLANG: of the same version, to precompile headers with, or -")
    given = options.parse_args()
    programs = chosen(given.each)
    check = os.path.abspath(given.check)
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        def precompiled(clang, folder=folder):
            place = pathlib.Path(folder) / clang.replace("/", "_")
            if not place.exists():
                place.mkdir()
                evaluate.precompile(clang, given.include, place)
            return str(place / "framealloc.pch")

        wanted = of_check(check, programs, given.include, given.precompile and precompiled(given.precompile))
        for tidy, module, clang in given.tidy:
            module = os.path.abspath(module)
            header = None if clang == "-" else precompiled(clang)
            found = of_tidy(tidy, module, programs, given.include, header)
            for missing in sorted(wanted - found):
                print(f"{tidy} does not say: {missing}")
            for surplus in sorted(found - wanted):
                print(f"only {tidy} says: {surplus}")
            print(f"{tidy}: {len(programs)} programs, {len(wanted & found)} findings are the same, "
                  f"{len(wanted - found)} are missing, {len(found - wanted)} are its own")
            failed = failed or wanted != found or not wanted
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
