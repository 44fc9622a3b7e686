#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Holds docs/checks.md to what fa-check says: of each code, the wrong block gives the code and the
right one gives nothing.

usage: check_docs.py FA-CHECK SOURCE-FOLDER [CLANG]: with a Clang, what all blocks include is precompiled"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

FILE = re.compile(r"^// (\S+\.[ch]pp)$")


def sections(text):
    """(code, the .fa.toml or "", the wrong block, the right block) of each section."""
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        code = part.split("\n", 1)[0].strip()
        config = re.findall(r"```toml\n(.*?)```", part, flags=re.DOTALL)
        blocks = re.findall(r"^(Wrong|Right):\n\n(<!-- fa:snippet fragment -->\n)?```cpp\n(.*?)```", part,
                            flags=re.DOTALL | re.MULTILINE)
        found = {name: (fragment, body) for name, fragment, body in blocks}
        if set(found) != {"Wrong", "Right"}:
            sys.exit(f"{code}: a wrong and a right block are needed, not {sorted(found)}")
        yield code, "".join(config), found["Wrong"], found["Right"]


def write(folder, config, block, prelude):
    """Writes the block as files; its first unit is the one to look at."""
    folder.mkdir(parents=True)
    (folder / ".fa.toml").write_text(config)
    fragment, body = block
    if fragment:
        unit = folder / "block.cpp"
        unit.write_text(f'#include "{prelude}"\nvoid block(fa::SmartAlloc& alloc) {{\n{body}}}\n')
        return unit
    files, unit = {}, None
    name = "block.cpp"
    for line in body.splitlines(keepends=True):
        marked = FILE.match(line.rstrip("\n"))
        name = marked.group(1) if marked else name
        files.setdefault(name, []).append(line)
    headers = [folder / each for each in files if each.endswith(".hpp")]
    for each, lines in files.items():
        path = folder / each
        path.parent.mkdir(exist_ok=True)
        head = "".join(f'#include "{header}"\n' for header in headers)
        path.write_text(("#pragma once\n" if each.endswith(".hpp") else head) + "".join(lines))
        unit = path if each.endswith(".cpp") else unit
    return unit


def main():
    check, source = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    prelude = source / "tests/docs/prelude.hpp"
    wanted, units = {}, []
    with tempfile.TemporaryDirectory(prefix="fa-docs-") as name:
        base = pathlib.Path(name).resolve()
        for code, config, wrong, right in sections((source / "docs/checks.md").read_text()):
            for kind, block in (("wrong", wrong), ("right", right)):
                unit = write(base / code / kind, config, block, prelude)
                units.append(str(unit.relative_to(base)))
                wanted[f"{code}/{kind}"] = {code} if kind == "wrong" else set()
        flags = ["-std=c++20", "-pthread", f"-I{source}/include"]
        if sys.argv[3:]:  # to parse the headers is most of the time of a short block
            headers = str(base / "prelude.pch")
            subprocess.run([sys.argv[3], *flags, "-w", "-D__clang_analyzer__=1", "-x", "c++-header",
                            str(prelude), "-o", headers], check=True)
            flags += ["-include-pch", headers]
        done = subprocess.run(
            [str(check), "--format", "json", "--no-cache", "--all", *units, "--", *flags],
            cwd=base, capture_output=True, text=True, check=False)
        report = json.loads(done.stdout)
    failed = [f"{entry['file']}: {entry['status']}: {entry['reason']}" for entry in report["files"]
              if entry["status"] != "analysed"]
    found = {where: set() for where in wanted}
    for entry in report["diagnostics"]:
        found["/".join(entry["file"].split("/")[:2])].add(entry["code"])
    for where, codes in wanted.items():
        if found[where] != codes:
            failed.append(f"docs/checks.md: {where}: expected {sorted(codes)}, found {sorted(found[where])}")
    print("\n".join(failed))
    print(f"{len(wanted)} blocks of docs/checks.md")
    return 1 if failed or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
