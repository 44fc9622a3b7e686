#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Compares what `fa check` reports on the corpus with what the programs expect of it.

A program says what must be reported by a comment at the end of the line: `// expect: FA606`, or
several codes with commas. Whatever else is reported is a false alarm. A finding counts only with
its code on its line.

Exit codes: 0 done, 1 a bar was missed (--bars), 2 wrong usage, 4 fa check did not run."""
import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile

EXPECT = re.compile(r"//\s*expect:\s*(FA\d{3}(?:\s*,\s*FA\d{3})*)\s*$")
# The bars: precision of everything, precision of a code with so many findings, recall of families.
PRECISION, PRECISION_OF_CODE, FINDINGS_FOR_BAR = 0.95, 0.90, 10
RECALL, RECALL_OF = 0.80, {"FA2": 0.85, "FA6": 0.85, "FA7": 0.85}


def expected_of(path):
    """The set of (line, code) that the program at `path` expects."""
    wanted = set()
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = EXPECT.search(line)
        if found:
            wanted.update((number, code.strip()) for code in found.group(1).split(","))
    return wanted


def parse(report, base):
    """(findings by file, status by file) out of the JSON of fa check, run in the folder `base`."""
    found, status = collections.defaultdict(set), {}
    for entry in report["files"]:
        status[(base / entry["file"]).resolve()] = entry["status"]
    for entry in report["diagnostics"]:
        if not entry["suppressed"]:
            found[(base / entry["file"]).resolve()].add((entry["line"], entry["code"]))
    return found, status


class Score:
    def __init__(self):
        self.hits = self.misses = self.false_alarms = 0

    def precision(self):
        reported = self.hits + self.false_alarms
        return self.hits / reported if reported else 1.0

    def recall(self):
        wanted = self.hits + self.misses
        return self.hits / wanted if wanted else 1.0


def evaluate(files, found):
    """Scores by code, and the lines that say what is missing and what is too much."""
    scores, remarks = collections.defaultdict(Score), []
    for path in files:
        wanted, reported = expected_of(path), found.get(path, set())
        for line, code in sorted(wanted | reported):
            if (line, code) in wanted and (line, code) in reported:
                scores[code].hits += 1
            elif (line, code) in wanted:
                scores[code].misses += 1
                remarks.append(f"{path}:{line}: {code} missed")
            else:
                scores[code].false_alarms += 1
                remarks.append(f"{path}:{line}: {code} is a false alarm")
    return scores, remarks


def total(scores, prefix=""):
    result = Score()
    for code, score in scores.items():
        if code.startswith(prefix):
            result.hits += score.hits
            result.misses += score.misses
            result.false_alarms += score.false_alarms
    return result


def table(scores):
    lines = [f"{'code':8}{'hits':>6}{'missed':>8}{'false':>7}{'precision':>11}{'recall':>8}"]
    families = sorted({code[:3] for code in scores})
    rows = [(code, scores[code]) for code in sorted(scores)]
    rows += [(family + "xx", total(scores, family)) for family in families]
    for name, score in rows + [("all", total(scores))]:
        lines.append(f"{name:8}{score.hits:6}{score.misses:8}{score.false_alarms:7}"
                     f"{score.precision():11.3f}{score.recall():8.3f}")
    return "\n".join(lines)


def bars_missed(scores):
    missed = []

    def hold(what, value, bar):
        if value < bar:
            missed.append(f"{what} is {value:.3f}, the bar is {bar:.2f}")

    hold("precision", total(scores).precision(), PRECISION)
    hold("recall", total(scores).recall(), RECALL)
    for code, score in sorted(scores.items()):
        if score.hits + score.false_alarms >= FINDINGS_FOR_BAR:
            hold(f"precision of {code}", score.precision(), PRECISION_OF_CODE)
    for family, bar in RECALL_OF.items():
        hold(f"recall of {family}xx", total(scores, family).recall(), bar)
    return missed


def precompile(compiler, include, folder):
    """The library's headers, precompiled by the Clang that fa check stands on: to parse them is most
    of the time of a short program. They must be compiled as fa check reads them."""
    header = str(pathlib.Path(folder) / "framealloc.pch")
    subprocess.run([compiler, "-std=c++20", "-pthread", "-w", "-D__clang_analyzer__=1", f"-I{include}",
                    "-x", "c++-header", f"{include}/framealloc/framealloc.hpp", "-o", header],
                   check=True)
    return header


def run_check(command, programs, include, base, precompiled=None):
    words = [command, "--format", "json", "--no-cache", "--all",
             *[str(path.relative_to(base)) for path in programs],
             "--", "-std=c++20", "-pthread", *(["-include-pch", precompiled] if precompiled else []),
             f"-I{include}"]
    done = subprocess.run(words, cwd=base, capture_output=True, text=True, check=False)
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        sys.stderr.write(done.stderr)
        print(f"evaluate: {command} ended with {done.returncode} and without a report",
              file=sys.stderr)
        sys.exit(4)


def main():
    here = pathlib.Path(__file__).resolve().parent
    options = argparse.ArgumentParser(description="Precision and recall of fa check per code.")
    options.add_argument("--check", default="fa-check", help="the program fa-check")
    options.add_argument("--report", help="a JSON report that is there, in place of a run")
    options.add_argument("--include", default=str(here.parents[2] / "include"))
    options.add_argument("--only", default="", help="programs whose path contains this")
    options.add_argument("--bars", action="store_true", help="exit code 1 when a bar is missed")
    options.add_argument("--read-all", action="store_true",
                         help="exit code 1 when a program could not be read")
    options.add_argument("--precompile", metavar="CLANG",
                         help="precompile the library's headers with this Clang, which saves half of the time")
    options.add_argument("-q", "--quiet", action="store_true", help="the table alone")
    given = options.parse_args()

    programs = [path for path in sorted(here.rglob("*.cpp")) if given.only in str(path)]
    if not programs:
        options.error(f"no program of the corpus has '{given.only}' in its path")
    if given.report:
        report = json.loads(pathlib.Path(given.report).read_text())
    else:
        command = given.check
        if "/" in command:
            command = str(pathlib.Path(command).resolve())
        with tempfile.TemporaryDirectory() as folder:
            headers = given.precompile and precompile(given.precompile, given.include, folder)
            report = run_check(command, programs, given.include, here, headers)
    found, status = parse(report, here)
    # A header is judged too, wherever it lies: nothing in the library's own is to be found.
    scores, remarks = evaluate(sorted({*programs, *found}), found)
    unread = [path for path in programs if status.get(path) not in ("analysed", "cached")]
    remarks += [f"{path}: not read ({status.get(path, 'not in the report')})" for path in unread]
    if not given.quiet:
        for remark in remarks:
            print(remark.replace(str(here) + "/", ""))
    print(table(scores))
    print(f"{len(programs)} programs, {len(unread)} not read")
    missed = bars_missed(scores) + ([f"{len(unread)} programs were not read"] if unread else [])
    for line in missed:
        print("below the bar: " + line)
    return 1 if (given.bars and missed) or (given.read_all and unread) else 0


if __name__ == "__main__":
    sys.exit(main())
