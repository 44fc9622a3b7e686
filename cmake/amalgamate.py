#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""amalgamate.py FOLDER: writes the core as two files, framealloc/framealloc.hpp and .cpp in FOLDER, for a project that wants to
copy and not to build. Compile both with the same settings (FRAMEALLOC_CHECK_LEVEL), -std=c++20 and -pthread."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


class Bundle:
    def __init__(self):
        self.seen = set()

    def find(self, name, beside):
        for folder in (beside, ROOT / "include", ROOT / "src"):
            path = (folder / name).resolve()
            if path.is_file():
                return path
        return None

    def text(self, path):
        out = [f"// ---- {path.relative_to(ROOT)}"]
        for line in path.read_text().split("\n"):
            found = INCLUDE.match(line)
            inner = found and self.find(found.group(1), path.parent)
            if inner and inner.suffix == ".def":
                out.append(inner.read_text())
            elif inner:
                if inner not in self.seen:
                    self.seen.add(inner)
                    out.append(self.text(inner))
            elif not re.match(r"\s*#\s*pragma once", line) and not line.startswith("// SPDX"):
                out.append(line)
        return "\n".join(out)


def main():
    out = pathlib.Path(sys.argv[1]) / "framealloc"
    out.mkdir(parents=True, exist_ok=True)
    bundle = Bundle()
    version = re.search(r"kVersion = \d+;  // ([\d.]+)", (ROOT / "include/framealloc/build_config.hpp").read_text()).group(1)
    head = (f"// SPDX-License-Identifier: MIT OR Apache-2.0\n// framealloc {version}, %s. Made by ./dev amalgamate; "
            "change the sources instead.\n")
    parts = []
    for name in ("framealloc.hpp", "snapshot_emitter.hpp", "trace_file.hpp", "transfer_channel.hpp", "testing.hpp"):
        path = ROOT / "include/framealloc" / name
        if path not in bundle.seen:
            bundle.seen.add(path)
            parts.append(bundle.text(path))
    (out / "framealloc.hpp").write_text(head % "all of its core's headers" + "#pragma once\n" + "\n".join(parts) + "\n")
    sources = sorted(ROOT.glob("src/*/*.cpp")) + sorted(ROOT.glob("src/os/linux/*.cpp"))
    (out / "framealloc.cpp").write_text(
        head % "all of its core's sources" + "#define FRAMEALLOC_BUILDS_STATIC\n" '#include "framealloc.hpp"\n' + "\n".join(bundle.text(path) for path in sources) + "\n")
    for name in ("framealloc.hpp", "framealloc.cpp"):
        print(f"{out / name}: {len((out / name).read_text().splitlines())} lines")


main()
