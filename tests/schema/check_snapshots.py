#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Checks what a program writes against the schemas, and the schemas against damage.

usage: check_snapshots.py PROGRAM SCHEMA_FOLDER

PROGRAM FOLDER writes FOLDER/<scene>/<kind>/*.json, where the kind is v1, v2 or v3 for snapshots of that version, and
gpu for maps of the memory of a device. Each must be valid, and stop being so when any
one key is removed, added or given a value of another type. Exit codes: 0 all of it holds, 1 it does not.
"""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema


def places(node, path=()):
    """Yields the path of every object in a document."""
    if isinstance(node, dict):
        yield path
        for key, value in node.items():
            yield from places(value, path + (key,))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from places(value, path + (index,))


def at(node, path):
    for step in path:
        node = node[step]
    return node


def wrong_values(value):
    """Values that cannot stand where `value` does."""
    if value is None:  # where null may stand, a text or an object may as well
        return [1.5, [], True]
    if isinstance(value, bool):
        return [0, "true", None]
    if isinstance(value, (int, float)):
        return [-1, "1", None]
    if isinstance(value, str):
        return [7, []]
    return ["", 7]


def damaged(document):
    """Yields a description and a document for each way to damage one object of it."""
    for path in places(document):
        where = "/".join(map(str, path)) or "the top"
        broken = copy.deepcopy(document)
        at(broken, path)["extra"] = 0
        yield f"a key too many in {where}", broken
        for key, value in at(document, path).items():
            broken = copy.deepcopy(document)
            del at(broken, path)[key]
            yield f"no {key} in {where}", broken
            for wrong in wrong_values(value):
                broken = copy.deepcopy(document)
                at(broken, path)[key] = wrong
                yield f"{wrong!r} as {key} in {where}", broken


def map_by_hand(document):
    """Damage to a map that only enumerations and limits notice."""
    for key, value in [("format", "framealloc"), ("version", 2), ("version", 0)]:
        yield f"{value!r} as {key}", {**document, key: value}
    for key, values in [("kind", ["lump", "Block"]), ("lifetime", ["ever"]), ("intent", ["Staging", ""]), ("size", [0])]:
        for value in values:
            broken = copy.deepcopy(document)
            broken["blocks"][0][key] = value
            yield f"{value!r} as {key}", broken
    for key, values in [("state", ["lost", ""]), ("lifetime", ["ever"]), ("size", [0])]:
        for value in values:
            broken = copy.deepcopy(document)
            broken["blocks"][0]["regions"][0][key] = value
            yield f"{value!r} as {key} of a region", broken
    broken = copy.deepcopy(document)
    broken["totals"]["fragmentation"] = 1.5
    yield "a fragmentation of 1.5", broken


def by_hand(document):
    """Damage that only patterns, enumerations and limits notice."""
    if "format" in document:
        yield from map_by_hand(document)
        return
    if document.get("gpu"):
        yield "no devices in gpu", {**document, "gpu": {"devices": []}}
    changes = [
        ("timestamp", "2026-13-01T00:00:00Z"),
        ("timestamp", "2026-11-22 10:00:00"),
        ("version", document["version"] % 3 + 1),
    ]
    for key, value in changes:
        yield f"{value!r} as {key}", {**document, key: value}
    for kind in ["stack", "Frame", ""]:
        broken = copy.deepcopy(document)
        for tag in broken["tags"]:
            tag["alloc_kind"] = kind
        if broken["tags"]:
            yield f"{kind!r} as alloc_kind", broken
    for code in ["310", "FA31", "fa310"]:
        broken = copy.deepcopy(document)
        broken["diagnostics"] = [{"code": code, "tag": None, "message": ""}]
        yield f"{code!r} as code", broken
    if document.get("sites"):
        for key, value in [("alloc_kind", "stack"), ("line", -1)]:
            broken = copy.deepcopy(document)
            broken["sites"][0][key] = value
            yield f"{value!r} as {key} of a site", broken
    for thread in document["threads"]:
        if thread["budget"]:
            broken = copy.deepcopy(document)
            broken["threads"][document["threads"].index(thread)]["budget"]["percent"] = 256
            yield "256 percent", broken


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    program, schemas = sys.argv[1], pathlib.Path(sys.argv[2])
    validators = {}
    for kind, name in (("v1", "snapshot-v1"), ("v2", "snapshot-v2"), ("v3", "snapshot-v3"), ("gpu", "gpu-v1")):
        schema = json.loads((schemas / f"{name}.schema.json").read_text("utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        validators[kind] = jsonschema.Draft202012Validator(schema)

    faults, refused, seen = [], 0, set()
    with tempfile.TemporaryDirectory(prefix="fa-schema-") as folder:
        subprocess.run([program, folder], check=True)
        files = sorted(pathlib.Path(folder).rglob("*.json"))
        for file in files:
            name = "/".join(file.parts[-3:-1])
            document = json.loads(file.read_text("utf-8"))
            kind = file.parent.name
            for error in validators[kind].iter_errors(document):
                faults.append(f"{name}: {error.json_path}: {error.message}")
            # One of each kind is enough to damage: the fullest, and the emptiest.
            if file.parts[-3] in ("game2", "odd", "nothing", "parts") and document.get("blocks") != []:
                for what, broken in [*damaged(document), *by_hand(document)]:
                    if validators[kind].is_valid(broken):
                        faults.append(f"{name}: valid in spite of {what}")
                    refused += 1
            if kind == "gpu":
                seen |= {"blocks"} if document["blocks"] else {"no blocks"}
                continue
            if kind != f"v{document['version']}":
                faults.append(f"{name}: is of version {document['version']}")
            seen |= {"threads"} if len(document["threads"]) > 1 else set()
            seen |= {"budget"} if any(t["budget"] for t in document["threads"]) else set()
            seen |= {"pool_budget"} if any(t.get("pool_budget") for t in document["threads"]) else set()
            seen |= {key for key in ("tags", "diagnostics", "phases", "budgets", "gpu", "pools", "handles",
                                      "streaming", "sites") if document.get(key)}
            seen |= {"promotions"} if document["promotions"]["to_pool"] else set()
            seen |= {"empty"} if not document["threads"] else set()
        missing = {"threads", "budget", "pool_budget", "budgets", "tags", "diagnostics", "phases", "promotions",
                   "empty", "gpu", "pools", "handles", "streaming", "sites", "blocks", "no blocks"} - seen
        if missing:
            faults.append(f"no document has {', '.join(sorted(missing))}: the scenes show too little")
        if not faults:
            print(f"{len(files)} documents are valid, {refused} damaged ones are refused")
    for fault in faults[:40]:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
