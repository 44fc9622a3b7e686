#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""gather.py FOLDER: copies the repository's pages, and the files that they link to, to FOLDER for MkDocs. A link to a
folder becomes one to its README. A link to what does not exist ends the program with 1."""
import pathlib
import re
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINK = re.compile(r"(!?\[[^\]]*\]\()([^)\s]+)(\))")
SKIPPED = ("build", "dist", "node_modules", ".git", ".ci", ".github")


def pages():
    for path in sorted(ROOT.rglob("*.md")):
        if not any(part in SKIPPED for part in path.relative_to(ROOT).parts):
            yield path


def main():
    out, dead = pathlib.Path(sys.argv[1]), []
    shutil.rmtree(out, ignore_errors=True)
    known = {page for page in pages()}

    def put(path):
        target = out / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)

    for page in known:
        def link(match):
            target, _, anchor = match.group(2).partition("#")
            if not target or re.match(r"[a-z]+:", target):
                return match.group(0)
            path = (page.parent / target).resolve()
            if path.is_dir() and (path / "README.md") in known:
                return f"{match.group(1)}{target.rstrip('/')}/README.md{match.group(3)}"
            if path.is_dir():
                return match.group(1).lstrip("!")[1:-2]
            if not path.is_file():
                dead.append(f"{page.relative_to(ROOT)}: {match.group(2)}")
            elif path not in known:
                put(path)
            return match.group(0)

        text = page.read_text()
        parts = re.split(r"(^```.*?^```)", text, flags=re.M | re.S)
        text = "".join(part if part.startswith("```") else LINK.sub(link, part) for part in parts)
        target = out / page.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    for text in dead:
        print(f"dead link: {text}", file=sys.stderr)
    return 1 if dead else 0


sys.exit(main())
