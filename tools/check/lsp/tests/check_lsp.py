#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Speaks the Language Server Protocol with `fa-check lsp`, as an editor does.

usage: check_lsp.py FA-CHECK INCLUDE-FOLDER"""
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

CHECK, INCLUDE = map(os.path.abspath, sys.argv[1:3])
BUG = """#include <framealloc/core.hpp>
int late(framealloc::SmartAlloc& alloc) {
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  alloc.end_frame();
  return *cell;
}
"""


class Editor(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fa-lsp-"))
        self.file = self.folder / "a file.cpp"
        self.file.write_text("int a;\n")
        (self.folder / "compile_commands.json").write_text(json.dumps([
            {"directory": str(self.folder), "file": str(self.file),
             "arguments": ["c++", "-std=c++20", f"-I{INCLUDE}", "-c", str(self.file)]}]))
        self.server = subprocess.Popen([CHECK, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.buffer, self.number, self.seen = b"", 0, []
        self.uri = self.file.as_uri()

    def tearDown(self):
        self.server.stdin.close()
        self.server.stdout.close()
        self.server.wait(10)
        shutil.rmtree(self.folder)

    def send(self, method, parameters, **more):
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": parameters, **more}).encode()
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.server.stdin.flush()

    def read(self, seconds=30):
        end = time.monotonic() + seconds
        while True:
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            if found:
                length = int(head.split(b":")[1])
                if len(rest) >= length:
                    self.buffer = rest[length:]
                    return json.loads(rest[:length])
            if not select.select([self.server.stdout], [], [], max(0, end - time.monotonic()))[0]:
                return None
            got = os.read(self.server.stdout.fileno(), 65536)
            if not got:
                return None
            self.buffer += got

    def ask(self, method, parameters):
        self.number += 1
        self.send(method, parameters, id=self.number)
        while (message := self.read()) is not None:
            if message.get("id") == self.number:
                return message
            self.seen.append(message)
        self.fail("no answer to " + method)

    def diagnostics(self, seconds=30):
        while (message := self.read(seconds)) is not None:
            if message.get("method") == "textDocument/publishDiagnostics":
                return message["params"]
        return None

    def start(self, text="int a;\n", **capabilities):
        answer = self.ask("initialize", {"rootUri": self.folder.as_uri(), "capabilities": capabilities,
                                         "initializationOptions": {"debounceMs": 10}})
        self.send("initialized", {})
        self.send("textDocument/didOpen", {"textDocument": {
            "uri": self.uri, "languageId": "cpp", "version": 1, "text": text}})
        return answer["result"]["capabilities"]

    def change(self, version, *changes):
        self.send("textDocument/didChange", {
            "textDocument": {"uri": self.uri, "version": version}, "contentChanges": list(changes)})

    def test_session_from_first_to_last(self):
        self.assertEqual(self.start()["positionEncoding"], "utf-16")
        self.assertEqual(self.diagnostics(), {"uri": self.uri, "version": 1, "diagnostics": []})
        self.change(2, {"text": "int a = b;\n"})
        told = self.diagnostics()
        self.assertEqual(told["version"], 2)
        self.assertIn("undeclared identifier 'b'", told["diagnostics"][0]["message"])
        self.assertEqual(told["diagnostics"][0]["severity"], 3)
        self.send("textDocument/didClose", {"textDocument": {"uri": self.uri}})
        self.assertEqual(self.diagnostics(), {"uri": self.uri, "diagnostics": []})
        self.assertIsNone(self.ask("shutdown", None)["result"])
        self.assertIn("error", self.ask("textDocument/hover", {}))
        self.send("exit", None)
        self.assertEqual(self.server.wait(10), 0)

    def test_changes_count_characters_as_agreed(self):
        for encodings, character in [(["utf-16"], 12), (["utf-8"], 14)]:
            with self.subTest(encodings=encodings):
                if self.number:
                    self.tearDown()
                    self.setUp()
                # U+1F600 has two units of UTF-16 and four bytes.
                self.start("int a; // \U0001F600x\n", general={"positionEncodings": encodings})
                self.diagnostics()
                at = {"line": 0, "character": character}
                self.change(2, {"range": {"start": at, "end": {"line": 0, "character": character + 1}},
                                "text": "\nint b = c;"})
                message = self.diagnostics()["diagnostics"][0]["message"]
                self.assertIn(":2:9: use of undeclared identifier 'c'", message)

    def test_only_the_newest_version_is_published(self):
        self.start("#include <framealloc/framealloc.hpp>\n")
        for version in range(2, 30):
            self.change(version, {"text": f"int a{version} = b;\n"})
        versions = []
        while (told := self.diagnostics(3)) is not None:
            versions.append(told["version"])
        self.assertEqual(versions[-1], 29)
        self.assertEqual(versions, sorted(set(versions)))

    def test_what_it_does_not_know_it_says(self):
        self.assertEqual(self.ask("textDocument/hover", {})["error"]["code"], -32002)
        self.start()
        self.assertEqual(self.ask("no/such", {})["error"]["code"], -32601)
        self.send("no/such/notice", {"x": [1, {"y": None}]})
        self.send("textDocument/didChange", {"textDocument": 7, "contentChanges": "x"})
        self.send("textDocument/didOpen", [])
        self.server.stdin.write(b"Content-Length: 3\r\n\r\n{]}")
        self.server.stdin.flush()
        self.assertEqual(self.ask("textDocument/codeAction", {"textDocument": {"uri": "x"}})["result"], [])
        self.assertIn({"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "no JSON object"}},
                      self.seen)

    def test_no_command_is_told_on_line_1(self):
        (self.folder / "compile_commands.json").unlink()
        self.start()
        told = self.diagnostics()["diagnostics"]
        self.assertEqual((told[0]["severity"], told[0]["range"]["start"]["line"]), (3, 0))
        self.assertIn("no compilation database", told[0]["message"])

    def test_finding_and_its_actions(self):
        self.start(BUG)
        found = [d for d in self.diagnostics()["diagnostics"] if d.get("code") == "FA606"]
        if not found:
            self.skipTest("the engine of this build does not report FA606")
        self.assertEqual(found[0]["range"]["start"]["line"], 6)
        self.assertEqual(found[0]["source"], "framealloc")
        where = {"textDocument": {"uri": self.uri}, "range": found[0]["range"],
                 "context": {"diagnostics": found}}
        titles = {a["title"]: a for a in self.ask("textDocument/codeAction", where)["result"]}
        self.assertIn("Explain FA606", titles)
        edit = titles["Suppress FA606 on this line..."]["edit"]["changes"][self.uri][0]
        self.change(2, {"range": edit["range"], "text": edit["newText"]})
        self.assertEqual(self.diagnostics()["diagnostics"], [])


if __name__ == "__main__":
    del sys.argv[1:3]
    unittest.main(verbosity=1)
