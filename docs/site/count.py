#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""count.py XML_FOLDER: counts what the reference documents, and says which names that are not for users are in it."""
import pathlib
import sys
import xml.etree.ElementTree as tree

folder = pathlib.Path(sys.argv[1])
total, bare, inner, private = 0, [], [], set()
for path in sorted(folder.glob("*.xml")):
    for compound in tree.parse(path).getroot().iter("compounddef"):
        if compound.get("kind") not in ("class", "struct", "union", "namespace"):
            continue
        name = compound.findtext("compoundname", "")
        # Parts of private types, and what the headers add to templates of others.
        if compound.get("prot", "public") != "public" or any(hidden == name or name.startswith(hidden + "::") for hidden in
                                                             private) or name.startswith(("std", "Low")):
            private.add(name)
            continue
        items = [(name, compound)] if compound.get("kind") != "namespace" and "@" not in name else []
        for member in compound.iter("memberdef"):
            if member.get("prot") != "public" or member.get("kind") == "friend" or "FRAMEALLOC_" in member.findtext("name", ""):
                continue
            items.append((name + "::" + member.findtext("name", ""), member))
            # The codes come from a table, codes.def, that has their text.
            items += [(name + "::" + value.findtext("name", ""), value) for value in member.iter("enumvalue")
                      if "FRAMEALLOC_" not in value.findtext("name", "")]
        for what, item in items:
            total += 1
            said = [item.find("briefdescription"), item.find("detaileddescription")]
            if not any("".join(part.itertext()).strip() for part in said if part is not None):
                bare.append(what)
            if "detail" in what.split("::") or "os" in what.split("::"):
                inner.append(what)
print(f"reference: {total} public symbols, {total - len(bare)} documented")
for what in bare + inner:
    print(f"  {'not documented' if what in bare else 'not for users'}: {what}", file=sys.stderr)
sys.exit(1 if bare or inner else 0)
