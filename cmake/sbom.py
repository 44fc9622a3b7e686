#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""sbom.py FILE: writes what the library and its tools are made of as SPDX 2.3: the files with their hashes and license,
and the packages that a part of them may be linked with. SOURCE_DATE_EPOCH sets the date; without it, that of the newest
commit."""
import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
LICENSE = "MIT OR Apache-2.0"


def files():
    for folder in ("include", "src", "modules", "tools", "debuggers"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and not {"tests", "corpus", "node_modules", "__pycache__"} & set(path.parts):
                yield path


def main():
    version = re.search(r"kVersion = \d+;  // ([\d.]+)", (ROOT / "include/framealloc/build_config.hpp").read_text()).group(1)
    when = os.environ.get("SOURCE_DATE_EPOCH") or subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True).stdout.strip() or "0"
    entries, relations, codes = [], [], []
    for path in files():
        data = path.read_bytes()
        name = str(path.relative_to(ROOT))
        key = "SPDXRef-File-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)
        sha1 = hashlib.sha1(data).hexdigest()
        codes.append(sha1)
        entries.append({"SPDXID": key, "fileName": "./" + name, "licenseConcluded": LICENSE,
                        "licenseInfoInFiles": ["NOASSERTION"], "copyrightText": "NOASSERTION",
                        "checksums": [{"algorithm": "SHA1", "checksumValue": sha1},
                                      {"algorithm": "SHA256", "checksumValue": hashlib.sha256(data).hexdigest()}]})
        relations.append({"spdxElementId": "SPDXRef-framealloc", "relationshipType": "CONTAINS", "relatedSpdxElement": key})
    packages = [{"SPDXID": "SPDXRef-framealloc", "name": "framealloc", "versionInfo": version,
                 "downloadLocation": "NOASSERTION", "filesAnalyzed": True, "licenseConcluded": LICENSE,
                 "licenseDeclared": LICENSE, "licenseInfoFromFiles": ["NOASSERTION"], "copyrightText": "NOASSERTION",
                 "packageVerificationCode": {"packageVerificationCodeValue": hashlib.sha1(
                     "".join(sorted(codes)).encode()).hexdigest()}}]
    for line in (ROOT / "cmake/dependencies.txt").read_text().splitlines():
        fields = line.split(None, 2)
        if line.startswith("#") or len(fields) < 3 or not re.match(r"lib.*-dev$|llvm|libclang", fields[0]):
            continue
        key = "SPDXRef-Package-" + re.sub(r"[^A-Za-z0-9.-]", "-", fields[0])
        packages.append({"SPDXID": key, "name": fields[0], "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
                         "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION",
                         "copyrightText": "NOASSERTION", "comment": fields[2]})
        relations.append({"spdxElementId": key, "relationshipType": "OPTIONAL_DEPENDENCY_OF",
                          "relatedSpdxElement": "SPDXRef-framealloc"})
    created = datetime.datetime.fromtimestamp(int(when), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    document = {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
                "name": f"framealloc-{version}", "documentNamespace": f"https://spdx.org/spdxdocs/framealloc-{version}-"
                + packages[0]["packageVerificationCode"]["packageVerificationCodeValue"],
                "creationInfo": {"created": created, "creators": ["Tool: framealloc-sbom"]},
                "documentDescribes": ["SPDXRef-framealloc"], "packages": packages, "files": entries,
                "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
                                   "relatedSpdxElement": "SPDXRef-framealloc"}, *relations]}
    if len({entry["SPDXID"] for entry in entries}) != len(entries):
        print("sbom: two files have one name", file=sys.stderr)
        return 1
    pathlib.Path(sys.argv[1]).write_text(json.dumps(document, indent=1) + "\n")
    print(f"{sys.argv[1]}: {len(entries)} files, {len(packages) - 1} optional packages")
    return 0


sys.exit(main())
