#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Speaks the Language Server Protocol with `fa-check lsp`, as an editor does.

usage: check_lsp.py FA-CHECK INCLUDE-FOLDER"""
import json
import os
import pathlib
import select
import shutil
import signal
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
    WORDS = ["lsp"]

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fa-lsp-"))
        self.file = self.folder / "a file.cpp"
        self.file.write_text("int a;\n")
        (self.folder / "compile_commands.json").write_text(json.dumps([
            {"directory": str(self.folder), "file": str(self.file),
             "arguments": ["c++", "-std=c++20", f"-I{INCLUDE}", "-c", str(self.file)]}]))
        self.server = subprocess.Popen([CHECK, *self.WORDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
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
        # Whoever would show a finding twice, published and asked for, is not told that he may ask.
        answer = self.ask("initialize", {"clientInfo": {"name": "Neovim"}, "capabilities": {}})["result"]
        self.assertNotIn("diagnosticProvider", answer["capabilities"])
        answer = self.ask("initialize", {"clientInfo": {"name": "another"}, "capabilities": {}})["result"]
        self.assertIn("diagnosticProvider", answer["capabilities"])
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


# What the model knows of the library, without the library: a unit is read in no time.
STUB = """#pragma once
namespace framealloc {
struct SmartAlloc {
  void begin_frame();
  void end_frame();
  template <class T> T* frame_alloc();
  template <class F> void with_tag(const char*, F&&);
};
}
"""
WORLD = """#include "stub.hpp"
class World {
 public:
  explicit World(framealloc::SmartAlloc& memory) : memory_(memory) {}
  void step() {
    memory_.begin_frame();
    int* scratch = memory_.frame_alloc<int>();
    memory_.with_tag("physics", [&] { *scratch = kSize; });
    memory_.end_frame();
  }

 private:
  framealloc::SmartAlloc& memory_;
  int* kept_ = nullptr;
};
"""


def snapshot(frame, size, process=7):
    summary = dict.fromkeys(["frame_bytes", "pool_bytes", "heap_bytes", "total_bytes", "peak_bytes", "reserved_bytes",
                             "peak_reserved_bytes", "idle_bytes", "metadata_bytes", "allocation_count",
                             "deallocation_count"], 0)
    return {"version": 2, "timestamp": "2026-11-30T00:00:00Z", "frame": frame, "duration_us": 0,
            "units": {"bytes": "B", "duration_us": "us", "lifetime": "frames"},
            "process": {"id": process, "name": "game"}, "summary": summary, "threads": [],
            "tags": [{"path": "game::physics", "thread": "*", "alloc_kind": "frame", "alloc_count": 1, "bytes": size,
                      "avg_lifetime_frames": 0, "promotion_rate": 0, "diagnostics": []}],
            "phases": [], "budgets": [], "promotions": {"to_pool": 0, "to_heap": 0, "to_scratch": 0, "failed": 0},
            "transfers": {"pending": 0, "completed_this_frame": 0, "completed_total": 0},
            "deferred": {"queue_depth": 0, "processed_this_frame": 0, "processed_total": 0}, "diagnostics": [],
            "gpu": None}


class Sessions(Editor):
    """Sessions as an editor has them, from the first key to the last."""
    WORDS = ["lsp", "--stdio"]  # as some clients start every server

    def setUp(self):
        super().setUp()
        self.header = self.folder / "stub.hpp"
        self.header.write_text(STUB + "constexpr int kSize = 8;\n")
        self.text = WORLD

    def begin(self, settings=None, text=None, **capabilities):
        self.ask("initialize", {"rootUri": self.folder.as_uri(), "capabilities": capabilities, "initializationOptions":
                                {"framealloc": {"debounceMs": 10, **(settings or {})}}})
        self.send("initialized", {})
        self.text = text or self.text
        self.send("textDocument/didOpen", {"textDocument": {
            "uri": self.uri, "languageId": "cpp", "version": 1, "text": self.text}})

    def type(self, version, before, what):
        """Types `what` before the line that has `before`; the text of the editor follows."""
        line = next(i for i, each in enumerate(self.text.split("\n")) if before in each)
        at = {"line": line, "character": 0}
        self.apply(version, {"range": {"start": at, "end": at}, "newText": what})
        return line

    def apply(self, version, edit):
        def offset(at):
            lines = self.text.split("\n")
            return sum(len(each) + 1 for each in lines[:at["line"]]) + at["character"]
        start, end = (offset(edit["range"][side]) for side in ("start", "end"))
        self.text = self.text[:start] + edit["newText"] + self.text[end:]
        self.change(version, {"range": edit["range"], "text": edit["newText"]})

    def at(self, text, **more):
        line = next(i for i, each in enumerate(self.text.split("\n")) if text in each)
        return {"textDocument": {"uri": self.uri},
                "position": {"line": line, "character": self.text.split("\n")[line].index(text) + 1}, **more}

    def until(self, method):
        for seen in self.seen:
            if seen.get("method") == method:
                self.seen.remove(seen)
                return seen
        while (message := self.read()) is not None:
            if message.get("method") == method:
                return message
            self.seen.append(message)
        self.fail("no " + method)

    def told(self, version):
        """The diagnostics of this version; no later one may come before it."""
        while True:
            told = self.until("textDocument/publishDiagnostics")["params"]
            self.assertLessEqual(told["version"], version)
            if told["version"] == version:
                return told["diagnostics"]

    def actions(self, found):
        result = self.ask("textDocument/codeAction", {
            "textDocument": {"uri": self.uri}, "range": found["range"], "context": {"diagnostics": [found]}})["result"]
        return {action["title"]: action for action in result}

    def child(self):
        pid = self.server.pid
        return pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

    def settle(self):
        """Waits for what the server does in the background: the head of the document is built."""
        end = time.monotonic() + 30
        while self.child() and time.monotonic() < end:
            time.sleep(0.01)

    def test_a_bug_is_typed_found_fixed_and_typed_again_and_suppressed(self):
        self.begin()
        self.assertEqual(self.told(1), [])
        self.settle()
        line = self.type(2, "memory_.end_frame", "    kept_ = memory_.frame_alloc<int>();\n")
        found = self.told(2)
        self.assertEqual([(d["code"], d["range"]["start"]["line"]) for d in found], [("FA601", line)])
        self.assertEqual([r["message"] for r in found[0]["relatedInformation"]],
                         ["frame memory made here", "the frame ends here"])
        self.assertEqual(found[0]["source"], "framealloc")
        self.assertIn("href", found[0]["codeDescription"])
        self.assertEqual(len(found[0]["data"]["fingerprint"]), 32)
        hover = self.ask("textDocument/hover", self.at("kept_ = memory_"))["result"]["contents"]["value"]
        self.assertIn("**FA601 frame-escape**: frame memory escapes its frame", hover)
        actions = self.actions(found[0])
        fix = actions["empty 'kept_' before the frame ends"]
        self.assertTrue(fix["isPreferred"])
        self.apply(3, fix["edit"]["changes"][self.uri][0])
        self.assertEqual(self.told(3), [])
        self.assertIn("    kept_ = nullptr;\n    memory_.end_frame();\n", self.text)
        line = self.type(4, "void step", "  void leave() { memory_.begin_frame(); kept_ = memory_.frame_alloc<int>();"
                                         " memory_.end_frame(); }\n")
        found = self.told(4)
        self.assertEqual([d["code"] for d in found], ["FA601"])
        titles = self.actions(found[0])
        self.assertEqual(list(titles)[-3:],
                         ["Suppress FA601 on this line...", "Suppress FA601 in this file...", "Explain FA601"])
        edit = titles["Suppress FA601 on this line..."]["edit"]["changes"][self.uri][0]
        self.apply(5, edit)
        self.assertEqual(self.told(5), [])

    def test_it_says_whose_memory_it_is_and_where_it_ends(self):
        self.begin({"inlayHints": False}, workspace={"inlayHint": {"refreshSupport": True}})
        self.assertEqual(self.told(1), [])
        hover = self.ask("textDocument/hover", self.at("memory_.frame_alloc<int>"))["result"]
        self.assertEqual(hover["contents"]["value"], "**Memory of the current frame** of `memory_`; it ends\n\n"
                                                     "- on line 9: `memory_.end_frame();`")
        self.assertEqual(hover["range"]["start"], {"line": 6, "character": 19})
        self.assertIsNone(self.ask("textDocument/hover", self.at("class World"))["result"])
        everywhere = {"textDocument": {"uri": self.uri}, "range": {
            "start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}}
        self.assertEqual(self.ask("textDocument/inlayHint", everywhere)["result"], [])
        self.send("workspace/didChangeConfiguration", {"settings": {"framealloc": {"inlayHints": True}}})
        self.until("workspace/inlayHint/refresh")
        hints = self.ask("textDocument/inlayHint", everywhere)["result"]
        self.assertEqual([(h["label"], h["position"]) for h in hints],
                         [("until line 9", {"line": 6, "character": 45})])

    def test_lenses_follow_the_snapshots(self):
        folder = self.folder / "snapshots"
        folder.mkdir()

        def write(frame, size):
            part = folder / "part"
            part.write_text(json.dumps(snapshot(frame, size)))
            part.rename(folder / f"snapshot_{frame:016}.json")
        (folder / f"snapshot_{9:016}.json").symlink_to("/dev/zero")
        (folder / f"snapshot_{8:016}.json").write_text("{}")
        write(1, 4 << 20)
        self.begin({"snapshotDir": "snapshots"}, workspace={"codeLens": {"refreshSupport": True}})

        def lenses_after(title):
            """The lenses once they are others than those of this title, asked for whenever they may be."""
            while True:
                lenses = self.ask("textDocument/codeLens", {"textDocument": {"uri": self.uri}})["result"]
                if (lenses[0]["command"]["title"] if lenses else None) != title:
                    return lenses
                self.until("workspace/codeLens/refresh")
        lenses = lenses_after(None)
        self.assertEqual([(one["range"]["start"]["line"], one["command"]) for one in lenses], [
            (4, {"title": "physics: 4.00 MiB this frame \u00b7 peak 4.00 MiB \u2192 \u2588",
                 "command": "framealloc.showInInspector", "arguments": [{"tag": "physics"}]})])
        write(2, 2 << 20)
        self.assertEqual(lenses_after(lenses[0]["command"]["title"])[0]["command"]["title"],
                         "physics: 2.00 MiB this frame \u00b7 peak 4.00 MiB \u2198 \u2588\u2585")
        self.send("workspace/didChangeConfiguration", {"settings": {"framealloc": {"snapshotDir": ""}}})
        self.assertEqual(lenses_after("physics: 2.00 MiB this frame \u00b7 peak 4.00 MiB \u2198 \u2588\u2585"), [])

    def test_a_header_that_changes_counts(self):
        self.begin()
        self.assertEqual(self.told(1), [])
        self.settle()
        self.header.write_text(STUB + "constexpr int kWidth = 8;\n")
        self.send("workspace/didChangeWatchedFiles", {"changes": [{"uri": self.header.as_uri(), "type": 2}]})
        self.assertIn("undeclared identifier 'kSize'", self.told(1)[0]["message"])
        # As the editor has it, saved or not.
        self.send("textDocument/didOpen", {"textDocument": {
            "uri": self.header.as_uri(), "languageId": "cpp", "version": 5, "text": STUB + "constexpr int kSize = 8;\n"}})
        self.change(2, {"text": self.text + "\n"})
        while (told := self.until("textDocument/publishDiagnostics")["params"])["uri"] != self.uri:
            pass
        self.assertEqual((told["version"], told["diagnostics"]), (2, []))

    def test_places_in_other_files_are_counted_in_units_of_the_editor(self):
        self.header.write_text(STUB + "inline int* make(framealloc::SmartAlloc& a) {\n"
                               "  /* \U0001F600 */ return a.frame_alloc<int>();\n}\nconstexpr int kSize = 8;\n")
        self.begin(text=self.text.replace("    memory_.end_frame", "    kept_ = make(memory_);\n    memory_.end_frame"))
        made = self.told(1)[0]["relatedInformation"][0]
        self.assertEqual(made["location"]["uri"], self.header.as_uri())
        self.assertEqual(made["location"]["range"]["start"], {"line": 10, "character": 18})

    def test_an_analysis_that_crashes_costs_its_result_only(self):
        self.begin()
        self.assertEqual(self.told(1), [])
        self.settle()
        # Long enough to be met.
        self.change(2, {"text": self.text + "".join(f"void f{i}() {{ int a{i} = 0; (void)a{i}; }}\n" for i in range(20000))})
        end = time.monotonic() + 30
        while not self.child() and time.monotonic() < end:
            time.sleep(0.001)
        os.kill(int(self.child()[0]), 9)
        self.assertIn("the analysis of this version crashed", self.told(2)[0]["message"])
        self.change(3, {"text": self.text})
        self.assertEqual(self.told(3), [])

    def test_a_client_that_asks_gets_the_newest_version_or_may_withdraw(self):
        self.begin({"debounceMs": 60000})
        bug = self.text.replace("*scratch", "*missing")
        self.change(2, {"text": bug})
        answer = self.ask("textDocument/diagnostic", {"textDocument": {"uri": self.uri}})
        self.assertIn("undeclared identifier 'missing'", answer["result"]["items"][0]["message"])
        self.change(3, {"text": self.text + "".join(f"void f{i}() {{}}\n" for i in range(20000))})
        self.number += 1
        self.send("textDocument/diagnostic", {"textDocument": {"uri": self.uri}}, id=self.number)
        self.send("$/cancelRequest", {"id": self.number})
        while (message := self.read()) is not None and message.get("id") != self.number:
            pass
        self.assertEqual(message["error"]["code"], -32800)

    def test_on_save_only_where_that_is_wished(self):
        self.begin({"onType": False})
        self.assertEqual(self.told(1), [])
        self.change(2, {"text": self.text.replace("*scratch", "*missing")})
        self.assertIsNone(self.diagnostics(0.5))
        self.send("textDocument/didSave", {"textDocument": {"uri": self.uri}})
        self.assertIn("undeclared identifier 'missing'", self.told(2)[0]["message"])

    def test_files_are_watched_and_long_work_is_shown_where_the_client_can(self):
        self.begin(workspace={"didChangeWatchedFiles": {"dynamicRegistration": True}},
                   window={"workDoneProgress": True})
        wanted = self.until("client/registerCapability")["params"]["registrations"][0]
        self.assertEqual([w["globPattern"] for w in wanted["registerOptions"]["watchers"]],
                         ["**/compile_commands.json", "**/.fa.toml"])
        self.told(1)
        self.settle()
        self.change(2, {"text": self.text + "".join(f"void f{i}() {{}}\n" for i in range(20000))})
        end = time.monotonic() + 30
        while not self.child() and time.monotonic() < end:
            time.sleep(0.001)
        child = int(self.child()[0])
        os.kill(child, signal.SIGSTOP)
        begun = self.until("$/progress")["params"]
        self.assertEqual(begun["value"], {"kind": "begin", "title": "framealloc", "message": "reads a file.cpp"})
        os.kill(child, signal.SIGCONT)
        self.assertEqual(self.until("$/progress")["params"], {"token": begun["token"], "value": {"kind": "end"}})


# Each is there once: the base has its own.
for name in [name for name in dir(Editor) if name.startswith("test_")]:
    setattr(Sessions, name, None)


if __name__ == "__main__":
    del sys.argv[1:3]
    unittest.main(verbosity=1)
