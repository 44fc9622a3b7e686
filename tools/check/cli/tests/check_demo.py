#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Reads the game of fa demo with fa-check, by the build's own commands: a program of some size that uses most of the
library, and in which nothing but its one seeded bug may be found.

usage: check_demo.py FA-CHECK SOURCE-FOLDER BUILD-FOLDER"""
import json
import pathlib
import subprocess
import sys


def main():
    check, source, build = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
    unit = "tools/demo/game_framealloc.cpp"
    run = subprocess.run([check, "--no-cache", "--no-config", "--format", "json", "-p", build, unit],
                         cwd=source, capture_output=True, text=True)
    if run.returncode not in (0, 1):
        sys.exit(f"fa-check ended with {run.returncode}:\n{run.stderr}")
    report = json.loads(run.stdout)
    faults = [f"{each['file']}: {each['status']} {each['reason']}" for each in report["files"]
              if each["status"] != "analysed"]
    # The frame of the game is as large as those of users: nothing in it may be beyond the limits.
    faults += [f"{each['file']}:{each['line']}: {each['function']}: {each['message']}"
               for each in report["assumptions"] if each["kind"] == "analysis"]
    bug = source / "tools/demo/forgetful_game.hpp"
    lines = [number for number, line in enumerate(bug.read_text().splitlines(), 1)
             if "// kept for the next ones" in line]
    wanted = {("FA601", "tools/demo/forgetful_game.hpp", number) for number in lines}
    found = {(each["code"], each["file"], each["line"]) for each in report["diagnostics"]}
    faults += [f"{file}:{line}: {code} is a false alarm" for code, file, line in sorted(found - wanted)]
    faults += [f"{file}:{line}: {code} missed" for code, file, line in sorted(wanted - found)]
    if len(lines) != 1:
        faults.append(f"{bug.relative_to(source)}: the seeded bug is not marked")
    for fault in faults:
        print(fault)
    print(f"{unit}: {len(found & wanted)} of {len(wanted)} found, {len(found - wanted)} false")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
