#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Runs fa-check as a user does: every option with a good, a bad and no value, every exit code.

usage: check_cli.py FA-CHECK INCLUDE-FOLDER SCHEMA [NAME...]"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

CHECK, INCLUDE, SCHEMA = map(os.path.abspath, sys.argv[1:4])

# One error (FA606, line 8), one warning (FA601, line 13).
BUGS = """#include <framealloc/core.hpp>
int* g_kept = nullptr;
int late(framealloc::SmartAlloc& alloc) {
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  alloc.end_frame();
  return *cell;
}
void keep(framealloc::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int* cell = alloc.frame_alloc<int>();
  g_kept = cell;
}
"""
CLEAN = "int add(int a, int b) { return a + b; }\n"
BROKEN = "int add(int a, int b) { return a + c; }\n"
RESULTS = tempfile.mkdtemp(prefix="fa-check-cache-")


def probe():
    """Whether the engine of this build reports what BUGS has."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "probe.cpp"
        path.write_text(BUGS)
        done = subprocess.run([CHECK, str(path), "--no-cache", "--format", "compact", "--",
                               f"-I{INCLUDE}"], capture_output=True, text=True, check=False)
        return "[FA606]" in done.stdout and "[FA601]" in done.stdout


# A test of what is done with findings needs an engine that has some.
finds = unittest.skipUnless(probe(), "the engine of this build does not report FA601 and FA606")


class Case(unittest.TestCase):
    """A folder of its own for each test, and one cache for all."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fa-check-"))
        self.write("bugs.cpp", BUGS)
        self.write("clean.cpp", CLEAN)
        self.write("broken.cpp", BROKEN)

    def tearDown(self):
        shutil.rmtree(self.folder)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run_check(self, *words, behind=None, environment=None):
        behind = [f"-I{INCLUDE}"] if behind is None else behind
        variables = {**os.environ, "XDG_CACHE_HOME": RESULTS, "NO_COLOR": "1", **(environment or {})}
        command = [CHECK, *words] + (["--", *behind] if behind else [])
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True,
                              env=variables, check=False)

    def report(self, *words, **more):
        done = self.run_check(*words, "--format", "json", **more)
        self.assertTrue(done.stdout, done.stderr)
        return json.loads(done.stdout)

    def codes(self, *words, **more):
        found = self.report(*words, **more)["diagnostics"]
        return [(d["code"], d["line"]) for d in found if not d["suppressed"]]

    def refused(self, *words, says, behind=None):
        done = self.run_check(*words, behind=behind)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, says)


class ExitCodes(Case):
    def test_clean_is_0(self):
        self.assertEqual(self.run_check("clean.cpp").returncode, 0)

    @finds
    def test_error_is_1(self):
        self.assertEqual(self.run_check("bugs.cpp").returncode, 1)

    def test_warning_alone_is_0(self):
        self.assertEqual(self.run_check("bugs.cpp", "--only", "601").returncode, 0)

    def test_unparsable_is_3_and_says_why(self):
        done = self.run_check("broken.cpp")
        self.assertEqual(done.returncode, 3)
        self.assertIn("broken.cpp", done.stdout)
        self.assertIn("undeclared identifier 'c'", done.stdout)

    @finds
    def test_findings_win_over_unparsable(self):
        self.assertEqual(self.run_check("bugs.cpp", "broken.cpp").returncode, 1)

    def test_nothing_to_read_is_2(self):
        (self.folder / "empty").mkdir()
        done = self.run_check("empty")
        self.assertEqual(done.returncode, 2)
        self.assertIn("nothing was analyzed", done.stderr)

    def test_all_excluded_is_2(self):
        done = self.run_check("clean.cpp", "--exclude", "*.cpp")
        self.assertEqual(done.returncode, 2)
        self.assertIn("all files are excluded", done.stderr)

    def test_absent_path_is_2(self):
        self.refused("no/such.cpp", says="'no/such.cpp' is not there")

    def test_unwritable_output_is_2(self):
        self.refused("clean.cpp", "--output", "no/such/report.json", says="its folder is not there")


class Options(Case):
    def test_unknown_option_names_the_nearest(self):
        self.refused("--formt", "json", says="did you mean --format")

    def test_values_that_are_no_values(self):
        for words, says in [
                (["--format", "yaml"], "expected terminal, compact"),
                (["--format"], "--format has no value"),
                (["--jobs", "0"], "from 1 to 1024"), (["--jobs", "two"], "from 1 to 1024"),
                (["--jobs"], "--jobs has no value"),
                (["--timeout", "0"], "from 1 to 86400"), (["--timeout"], "has no value"),
                (["--shard", "3/2"], "I/N with I from 1"), (["--shard", "1"], "I/N"),
                (["--shard", "0/2"], "I/N"), (["--shard", "1/2x"], "I/N"), (["--shard"], "no value"),
                (["--min-severity", "note"], "hint, warning or error"),
                (["--min-severity"], "has no value"),
                (["--color", "red"], "auto, always or never"), (["--color"], "has no value"),
                (["--deny", "FA66"], "did you mean FA6"), (["--deny"], "has no value"),
                (["--allow", "FA999"], "there is no code 'FA999'"), (["--allow"], "has no value"),
                (["--only", "use-after-ende"], "did you mean use-after-end"),
                (["--only", "601,"], "there is no code ''"), (["--only"], "has no value"),
                (["--skip", "FA001"], "there is no code 'FA001'"), (["--skip"], "has no value"),
                (["--exclude"], "has no value"), (["--output"], "has no value"),
                (["--config", "none.toml"], "none.toml"), (["--config"], "has no value"),
                (["--baseline", "none.json"], "none.json"), (["--baseline"], "has no value"),
                (["--write-baseline"], "has no value"), (["--cache"], "has no value"),
                (["--write-baseline", "no/such/file"], "its folder is not there"),
                (["--config", "a", "--no-config"], "exclude each other"),
                (["--cache", "a", "--no-cache"], "exclude each other"),
                (["-p", "nowhere"], "no compile_commands.json in 'nowhere'"), (["-p"], "no value"),
                (["--build", "nowhere"], "no compile_commands.json"),
                (["--fix=yes"], "it is a switch"), (["--changed=no-such-ref"], "--changed"),
                (["init", "a", "b"], "one folder at most"), (["show"], "show takes one file"),
                (["merge"], "merge has no files")]:
            with self.subTest(words=words):
                at = words if words[0] in ("init", "show", "merge") else ["clean.cpp", *words]
                self.refused(*at, says=says, behind=[])

    def test_selftest_of_the_clang_tidy_module(self):
        self.refused("--tidy-selftest", "./absent", behind=[], says="'./absent' is no clang-tidy that runs")
        self.refused("--tidy-selftest=./absent", "clean.cpp", behind=[], says="reads nothing else")
        self.write("old", "#!/bin/sh\necho '  LLVM version 7.0.1'\n").chmod(0o755)
        self.refused("--tidy-selftest", "./old", behind=[], says="LLVM 7, .*libframealloc-tidy-7.so is not there")
        done = self.run_check("--tidy-selftest", behind=[], environment={"PATH": str(self.folder)})
        self.assertEqual(done.returncode, 2)
        self.assertIn("there is no clang-tidy", done.stderr)

    def test_help_and_version(self):
        done = self.run_check("--help", behind=[])
        self.assertEqual(done.returncode, 0)
        for option in re.findall(r"--[a-z-]+", " ".join(OPTIONS)):
            self.assertIn(option, done.stdout)
        done = self.run_check("--version", behind=[])
        self.assertRegex(done.stdout, r"^fa-check \d+\.\d+\.\d+ \(LLVM \d+\.\d+\.\d+\)\n$")

    @finds
    def test_codes_in_every_spelling(self):
        for word in ["FA606", "606", "fa606", "use-after-end"]:
            self.assertEqual(self.codes("bugs.cpp", "--only", word), [("FA606", 8)])
        self.assertEqual(self.codes("bugs.cpp", "--only", "FA6xx"), [("FA606", 8), ("FA601", 13)])
        self.assertEqual(self.codes("bugs.cpp", "--skip", "601,606"), [])

    @finds
    def test_groups_add_up(self):
        self.assertEqual(self.codes("bugs.cpp", "--threading"), [])
        self.assertEqual(len(self.codes("bugs.cpp", "--threading", "--dirtymem")), 2)
        self.assertEqual(len(self.codes("bugs.cpp", "--all")), 2)
        for group in ["--budgets", "--async-safety", "--gpu", "--architecture", "--physics"]:
            self.assertEqual(self.codes("bugs.cpp", group), [])

    @finds
    def test_deny_and_allow(self):
        self.assertEqual(self.run_check("bugs.cpp", "--only", "601", "--deny", "601").returncode, 1)
        self.assertEqual(self.run_check("bugs.cpp", "--allow", "606").returncode, 0)
        done = self.run_check("bugs.cpp", "--allow", "6xx", "--deny", "601")
        self.assertEqual(done.returncode, 1)
        kinds = [d["suppression"] for d in self.report("bugs.cpp", "--allow", "606")["diagnostics"]]
        self.assertEqual(kinds[0]["kind"], "config")
        self.assertIsNone(kinds[1])

    @finds
    def test_severities(self):
        self.assertEqual(self.codes("bugs.cpp", "--min-severity", "error"), [("FA606", 8)])
        self.assertEqual(len(self.codes("bugs.cpp", "--min-severity", "warning")), 2)
        only = ["bugs.cpp", "--only", "601"]
        self.assertEqual(self.run_check(*only, "--deny-warnings").returncode, 1)

    def test_exclude(self):
        files = self.report(".", "--exclude", "b*.cpp")["files"]
        self.assertEqual([(f["file"], f["status"]) for f in files],
                         [("broken.cpp", "skipped"), ("bugs.cpp", "skipped"),
                          ("clean.cpp", files[2]["status"])])

    @finds
    def test_fail_fast_says_what_it_left_out(self):
        files = self.report(".", "--fail-fast", "--jobs", "1", "--no-cache")["files"]
        status = {f["file"]: f["status"] for f in files}
        self.assertEqual(status["clean.cpp"], "skipped")

    def test_timeout_is_told(self):
        # A template that takes Clang far longer than a second.
        self.write("slow.cpp", "template <int N, int M> struct F { static constexpr long v = "
                   "F<N - 1, M>::v + F<N - 2, M + N>::v + F<N - 3, M * 3 + 1>::v; };\n"
                   "template <int M> struct F<0, M> { static constexpr long v = M; };\n"
                   "template <int M> struct F<-1, M> { static constexpr long v = M; };\n"
                   "template <int M> struct F<-2, M> { static constexpr long v = M; };\n"
                   "long x = F<40, 1>::v;\n")
        self.run_check("clean.cpp")  # Into the cache, so that a busy machine reads it in time too.
        done = self.run_check("slow.cpp", "clean.cpp", "--timeout", "2", "--format", "json")
        self.assertEqual(done.returncode, 3)
        status = {f["file"]: f["status"] for f in json.loads(done.stdout)["files"]}
        self.assertEqual(status["slow.cpp"], "timeout")
        self.assertEqual(status["clean.cpp"], "cached")

    def test_output_is_renamed_into_place(self):
        done = self.run_check("clean.cpp", "--format", "json", "--output", "report.json")
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        json.loads((self.folder / "report.json").read_text())
        self.assertEqual([p.name for p in self.folder.glob("report*")], ["report.json"])

    def test_quiet_and_stats(self):
        self.assertEqual(self.run_check("clean.cpp", "-q").stderr, "")
        self.assertRegex(self.run_check("clean.cpp", "--stats").stderr, r"functions solved")
        self.assertIn("clean.cpp", self.run_check("clean.cpp", "-v").stdout)

    @finds
    def test_color(self):
        self.assertIn("\x1b[", self.run_check("bugs.cpp", "--color", "always").stdout)
        self.assertNotIn("\x1b[", self.run_check("bugs.cpp", "--color", "never").stdout)


class Units(Case):
    def database(self, entries, folder="build"):
        self.write(f"{folder}/compile_commands.json", json.dumps(
            [{"directory": str(self.folder), "file": file,
              "command": f"c++ -DN={number} -I{INCLUDE} -std=c++20 -o x.o -c {file}"}
             for number, file in enumerate(entries)]))

    def test_database_is_found_and_used(self):
        self.write("unit.cpp", "#if N != 0\n#error\n#endif\n")
        self.database(["unit.cpp"])
        files = self.report("unit.cpp", behind=[])["files"]
        self.assertEqual((files[0]["status"], files[0]["reason"]), ("analysed", ""))

    def test_nearest_command_is_said(self):
        self.write("a/one.cpp", "#if N != 0\n#error\n#endif\n")
        self.write("a/two.cpp", "#if N != 0\n#error\n#endif\n")
        self.database(["a/one.cpp", "clean.cpp"])
        files = self.report("a/two.cpp", behind=[])["files"]
        self.assertEqual(files[0]["status"], "analysed")
        self.assertIn("the command of 'a/one.cpp' was taken", files[0]["reason"])

    def test_no_database_is_said(self):
        files = self.report("clean.cpp", behind=["-DX"])["files"]
        self.assertIn("-std=c++20", files[0]["reason"])

    @finds
    def test_header_through_a_unit(self):
        self.write("inc/h.hpp", "#pragma once\n" + BUGS)
        self.write("user.cpp", '#include "inc/h.hpp"\nint x = 0;\n')
        report = self.report("inc/h.hpp")
        self.assertEqual([f["file"] for f in report["files"]], ["inc/h.hpp"])
        self.assertIn("read through 'user.cpp'", report["files"][0]["reason"])
        self.assertEqual({d["file"] for d in report["diagnostics"]}, {"inc/h.hpp"})

    def test_header_of_nobody_is_read_by_itself(self):
        self.write("alone.hpp", "#pragma once\ninline int one() { return 1; }\n")
        files = self.report("alone.hpp")["files"]
        self.assertIn("read by itself", files[0]["reason"])

    @finds
    def test_finding_in_a_header_is_written_once(self):
        self.write("h.hpp", "#pragma once\n" + BUGS.replace("int* g", "inline int* g")
                   .replace("int late", "inline int late").replace("void keep", "inline void keep"))
        self.write("u1.cpp", '#include "h.hpp"\n')
        self.write("u2.cpp", '#include "h.hpp"\n')
        found = self.report("u1.cpp", "u2.cpp")["diagnostics"]
        self.assertEqual(len(found), 2)

    def test_unread_headers_are_told(self):
        self.write("lone/x.hpp", "#pragma once\n")
        self.write("lone/y.cpp", CLEAN)
        files = {f["file"]: f for f in self.report("lone")["files"]}
        self.assertEqual(files["lone/x.hpp"]["status"], "skipped")

    def test_project_around_the_current_folder(self):
        (self.folder / "broken.cpp").unlink()
        self.write(".fa.toml", "")
        files = self.report()["files"]
        self.assertEqual([f["file"] for f in files], ["bugs.cpp", "clean.cpp"])

    def test_changed(self):
        def git(*words):
            subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e@e", *words],
                           cwd=self.folder, check=True, capture_output=True)
        git("init", "-q")
        self.write("h.hpp", "#pragma once\n")
        self.write("mid.hpp", '#pragma once\n#include "h.hpp"\n')
        self.write("user.cpp", '#include "mid.hpp"\n')
        git("add", ".")
        git("commit", "-qm", "x")
        done = self.run_check("--changed")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no unit has changed since HEAD", done.stderr)
        self.write("h.hpp", "#pragma once\nint h();\n")
        self.write("new.cpp", CLEAN)
        files = [f["file"] for f in self.report("--changed", "HEAD")["files"]]
        self.assertEqual(files, ["new.cpp", "user.cpp"])

    def test_crash_of_one_unit_leaves_the_others(self):
        # Deep nesting overflows the stack of any recursive parser that has no limit of its own.
        self.write("deep.cpp", "int x = " + "(" * 200000 + "1" + ")" * 200000 + ";\n")
        report = self.report("deep.cpp", "clean.cpp", behind=["-fbracket-depth=1000000"])
        status = {f["file"]: f["status"] for f in report["files"]}
        self.assertEqual(status["deep.cpp"], "failed")
        self.assertIn(status["clean.cpp"], ("analysed", "cached"))


class Reports(Case):
    @finds
    def test_json_keeps_its_schema(self):
        try:
            import jsonschema
        except ImportError:
            return
        schema = json.loads(pathlib.Path(SCHEMA).read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        report = self.report(".", "--exclude", "clean.cpp")
        jsonschema.validate(report, schema, cls=jsonschema.Draft202012Validator)
        bad = json.loads(json.dumps(report))
        del bad["diagnostics"][0]["code"]
        self.assertFalse(jsonschema.Draft202012Validator(schema).is_valid(bad))

    @finds
    def test_the_same_whatever_way(self):
        def text(report):
            return json.dumps(report["diagnostics"])
        # Findings of many kinds in one unit: their order hangs on no address.
        corpus = pathlib.Path(__file__).resolve().parents[2] / "corpus"
        parts = ["#include <framealloc/framealloc.hpp>\n#include <thread>\nnamespace fa = framealloc;\n"]
        for number, name in enumerate(("FA601/global_pointer", "FA606/wrapper_ends_the_frame",
                                       "FA201/joined_on_one_path", "FA205/one_of_two_joined",
                                       "FA202/second_thread_does_not_arrive")):
            lines = (corpus / (name + ".cpp")).read_text().splitlines()
            kept = [line for line in lines if not line.startswith(("#include", "namespace fa ="))]
            parts.append(f"namespace n{number} {{\n" + "\n".join(kept) + "\n}\n")
        self.write("many.cpp", "".join(parts))
        cold = self.report(".", "--cache", "results", "--jobs", "2")
        warm = self.report(".", "--cache", "results")
        self.assertEqual({f["status"] for f in warm["files"]}, {"cached", "failed"})
        self.assertEqual(warm["summary"]["cached"], 3)
        self.assertGreaterEqual(len({d["code"] for d in cold["diagnostics"]}), 4)
        serial = self.report(".", "--no-cache", "--jobs", "1")
        for part in ("1", "2"):
            self.run_check(".", "--shard", part + "/2", "--format", "json", "--output", part + ".json")
        merged = self.run_check("merge", "--format", "json", "1.json", "2.json", behind=[])
        self.assertEqual(merged.returncode, 1, merged.stderr)
        for other in (warm, serial, json.loads(merged.stdout)):
            self.assertEqual(text(cold), text(other))

    def test_cache_notices_what_changes(self):
        def status(*words, **more):
            return self.report("clean.cpp", "--cache", "results", *words, **more)["files"][0]["status"]
        self.write("part.hpp", "")
        self.write("clean.cpp", '#include "part.hpp"\n' + CLEAN)
        self.assertEqual(status(), "analysed")
        self.assertEqual(status(), "cached")
        self.write("part.hpp", "int part();\n")
        self.assertEqual(status(), "analysed")
        self.assertEqual(status(behind=["-DX"]), "analysed")
        self.write(".fa.toml", "[thresholds]\nloop_allocation_limit = 3\n")
        self.assertEqual(status(), "analysed")
        for entry in (self.folder / "results").rglob("*"):
            if entry.is_file():
                entry.write_text("spoiled")
        self.assertEqual(status(), "analysed")
        self.assertEqual(status("--strict-annotations"), "analysed")

    @finds
    def test_ndjson_ends_with_a_summary(self):
        done = self.run_check("bugs.cpp", "clean.cpp", "--format", "ndjson")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(lines[-1]["type"], "summary")
        found = [line for line in lines if line["type"] == "diagnostic"]
        whole = self.report("bugs.cpp", "clean.cpp")["diagnostics"]
        self.assertEqual([{k: v for k, v in f.items() if k != "type"} for f in found], whole)

    @finds
    def test_sarif(self):
        done = self.run_check("bugs.cpp", "broken.cpp", "--format", "sarif")
        run = json.loads(done.stdout)["runs"][0]
        rules = run["tool"]["driver"]["rules"]
        first = run["results"][0]
        self.assertEqual(rules[first["ruleIndex"]]["id"], first["ruleId"])
        self.assertEqual((first["ruleId"], first["level"]), ("FA606", "error"))
        # The rule's string around the argument is the message.
        message = first["message"]
        self.assertEqual(rules[first["ruleIndex"]]["messageStrings"]["default"]["text"], "{0}.")
        self.assertEqual(message["arguments"][0] + ".", message["text"])
        place = first["locations"][0]["physicalLocation"]
        self.assertEqual(place["artifactLocation"], {"uri": "bugs.cpp", "uriBaseId": "%SRCROOT%"})
        self.assertEqual(place["region"]["startLine"], 8)
        self.assertIn("framealloc/v1", first["partialFingerprints"])
        notes = run["invocations"][0]["toolExecutionNotifications"]
        self.assertIn("undeclared identifier", notes[0]["message"]["text"])
        self.assertFalse(run["invocations"][0]["executionSuccessful"])

    @finds
    def test_sarif_merges(self):
        for part in ("1", "2"):
            self.run_check(".", "--shard", part + "/2", "--format", "sarif", "--output", part)
        done = self.run_check("merge", "--format", "sarif", "1", "2", behind=[])
        self.assertEqual(done.returncode, 1)
        whole = self.run_check(".", "--format", "sarif")
        self.assertEqual(json.loads(done.stdout)["runs"][0]["results"],
                         json.loads(whole.stdout)["runs"][0]["results"])

    @finds
    def test_xml_formats(self):
        suite = ElementTree.fromstring(self.run_check(".", "--format", "junit").stdout)
        self.assertEqual((suite.get("failures"), suite.get("errors")), ("2", "1"))
        self.assertEqual(len(suite.findall(".//failure")), 2)
        style = ElementTree.fromstring(self.run_check(".", "--format", "checkstyle").stdout)
        self.assertEqual([f.get("name") for f in style], ["broken.cpp", "bugs.cpp"])

    @finds
    def test_lines_for_people_and_for_github(self):
        compact = self.run_check("bugs.cpp", "--format", "compact").stdout
        self.assertRegex(compact, r"(?m)^bugs\.cpp:8:\d+: error \[FA606\]: ")
        github = self.run_check("bugs.cpp", "--format", "github").stdout
        self.assertRegex(github, r"(?m)^::error file=bugs\.cpp,line=8,col=\d+,.*title=FA606 ")
        text = self.run_check("bugs.cpp").stdout
        self.assertIn("error[FA606]: ", text)
        self.assertIn("8 |   return *cell;", text)
        self.assertIn("1 error, 1 warning, 0 hints; ", text)

    def test_merge_refuses_what_is_no_report(self):
        self.write("x.json", "{}")
        self.write("y.json", "nothing")
        self.refused("merge", "x.json", says="the report has no text 'schema'", behind=[])
        self.refused("merge", "y.json", says="is no JSON object", behind=[])
        self.refused("merge", "z.json", says="cannot be read", behind=[])


class Silence(Case):
    def allow(self, marker, line=8):
        lines = BUGS.splitlines()
        lines[line - 1] += "  // " + marker
        self.write("bugs.cpp", "\n".join(lines) + "\n")

    @finds
    def test_inline(self):
        self.allow("fa:allow(FA606): shown by the test")
        report = self.report("bugs.cpp")
        why = report["diagnostics"][0]["suppression"]
        self.assertEqual(why, {"kind": "inline", "reason": "shown by the test", "file": "bugs.cpp",
                               "line": 8})
        self.assertEqual(report["summary"]["suppressed"], 1)

    @finds
    def test_without_reason_it_does_not_count(self):
        self.allow("fa:allow(FA606)")
        done = self.run_check("bugs.cpp")
        self.assertEqual(done.returncode, 1)
        self.assertIn("bugs.cpp:8: fa:allow(FA606) has no reason and does not count", done.stderr)
        self.write(".fa.toml", "[suppressions]\nrequire_reason = false\n")
        self.assertEqual(self.run_check("bugs.cpp").returncode, 0)

    @finds
    def test_above_file_and_block(self):
        for first in ["// fa:allow-file(6xx): test\n", "// fa:allow-begin(FA606): test\n"]:
            self.write("bugs.cpp", BUGS.replace("int late", first + "int late")
                       + ("// fa:allow-end(FA606)\n" if "begin" in first else ""))
            self.assertEqual(self.run_check("bugs.cpp").returncode, 0)
        self.write("bugs.cpp", BUGS.replace("  return *cell", "  // fa:allow(606): t\n  return *cell"))
        self.assertEqual(self.run_check("bugs.cpp").returncode, 0)

    def test_unused_is_told(self):
        self.write("clean.cpp", CLEAN + "int x;  // fa:allow(FA602): once it was needed\n")
        done = self.run_check("clean.cpp", "--format", "json")
        self.assertIn("suppresses nothing", done.stderr)
        kinds = [a["kind"] for a in json.loads(done.stdout)["assumptions"]]
        self.assertEqual(kinds, ["suppression"])
        # What was not looked for may be needed all the same.
        self.assertNotIn("suppresses", self.run_check("clean.cpp", "--only", "606").stderr)
        self.write(".fa.toml", "[suppressions]\nreport_unused = false\n")
        self.assertNotIn("suppresses", self.run_check("clean.cpp").stderr)

    @finds
    def test_baseline(self):
        done = self.run_check("bugs.cpp", "--write-baseline", "known.json")
        self.assertEqual(done.returncode, 0)
        self.write("bugs.cpp", "// A line more.\n\n" + BUGS)
        report = self.report("bugs.cpp", "--baseline", "known.json")
        self.assertEqual({d["suppression"]["kind"] for d in report["diagnostics"]}, {"baseline"})
        self.write("bugs.cpp", BUGS + BUGS.split("g_kept = nullptr;\n")[1].replace("late", "later")
                   .replace("keep", "keep_more"))
        self.assertEqual(self.run_check("bugs.cpp", "--baseline", "known.json").returncode, 1)
        self.write("known.json", "[]")
        self.refused("bugs.cpp", "--baseline", "known.json", says="no JSON object")


class Configuration(Case):
    def test_what_is_wrong_is_named(self):
        for text, says in [
                ("[global]\nexcldue = []\n", r"\.fa\.toml:2:1: unknown key 'global\.excldue'; did you "
                                             r"mean 'global\.exclude'"),
                ("[globl]\n", r"\.fa\.toml:1:\d: unknown key 'globl'; did you mean 'global'"),
                ("[global]\nexclude = 3\n", r"\.fa\.toml:2:\d+: 'global\.exclude' is a whole number; "
                                            "expected an array of strings"),
                ("[global]\ndeny_warnings = \"yes\"\n", "is a string; expected true or false"),
                ("[global]\nmin_severity = \"note\"\n", "expected hint, warning or error"),
                ("[lints.levels]\nFA66 = \"deny\"\n", r":2:1: 'lints\.levels': there is no code 'FA66'"),
                ("[lints.levels]\nFA606 = \"forbid\"\n", 'expected "allow", "hint", "warn" or "deny"'),
                ("[lints]\ndisabled = [\"FA9999\"]\n", "there is no code 'FA9999'"),
                ("[model.functions]\n\"a::b\" = [\"end_fram\"]\n", "did you mean 'end_frame'"),
                ("[model]\nframes_in_flight = 9\n", "from 0 to 4"),
                ("[analysis]\ntimeout_s = 0\n", "from 1 to"),
                ("[tags.module_tags]\nx = 1\n", "expected an array of strings"),
                ("[thresholds]\nloop_allocation_limit = -1\n", "from 0 to"),
                ("[global\n", r"\.fa\.toml:1:")]:
            with self.subTest(text=text):
                self.write(".fa.toml", text)
                self.refused("clean.cpp", says=says)

    @finds
    def test_levels_and_exclude(self):
        self.write(".fa.toml", "[lints.levels]\nFA6xx = \"allow\"\nFA601 = \"deny\"\n")
        self.assertEqual(self.codes("bugs.cpp"), [("FA601", 13)])
        self.assertEqual(self.run_check("bugs.cpp").returncode, 1)
        self.assertEqual(len(self.codes("bugs.cpp", "--no-config")), 2)
        self.write(".fa.toml", "[global]\nexclude = [\"b*.cpp\"]\nmin_severity = \"error\"\n")
        self.assertEqual({f["status"] for f in self.report("bugs.cpp")["files"]}, {"skipped"})

    @finds
    def test_nearer_keys_win(self):
        self.write(".fa.toml", "[global]\nmin_severity = \"error\"\n[lints]\ndisabled = [\"606\"]\n")
        self.write("in/bugs.cpp", BUGS)
        self.write("in/.fa.toml", "[lints]\ndisabled = []\n")
        self.assertEqual(self.codes("bugs.cpp"), [])
        self.assertEqual(self.codes("in/bugs.cpp"), [("FA606", 8)])
        self.write("other.toml", "[lints]\ndisabled = [\"6xx\"]\n")
        self.assertEqual(self.codes("in/bugs.cpp", "--config", "other.toml"), [])

    @finds
    def test_init_writes_what_loads(self):
        done = self.run_check("init", behind=[])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.codes("bugs.cpp")), 2)
        self.refused("init", says="is there already", behind=[])
        self.assertEqual(self.run_check("init", "--force", behind=[]).returncode, 0)
        self.refused("init", "no/such/folder", says="is no folder", behind=[])

    @finds
    def test_show(self):
        self.write("bugs.cpp", BUGS.replace("  return *cell;", "  return *cell;  // fa:allow(606): t"))
        done = self.run_check("show", "bugs.cpp")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("command of bugs.cpp: -std=c++20", done.stdout)
        self.assertIn("suppressed: bugs.cpp:8: FA606 (inline): t", done.stdout)
        self.assertEqual(self.run_check("show", "broken.cpp").returncode, 3)
        self.refused("show", "no.cpp", says="is no file")


class Fixes(Case):
    """What --fix changes compiles, and the finding is gone."""
    MEMBER = """#include <framealloc/core.hpp>
#include <span>
class Stage {
 public:
  explicit Stage(framealloc::SmartAlloc& alloc) : alloc_(alloc) {}
  void frame() {
    alloc_.begin_frame();
    items_ = alloc_.frame_alloc_batch<int>(8);
    row_ = alloc_.frame_slice<int>(8).span();
    alloc_.end_frame();
  }
  int first() const { return items_[0] + row_[0]; }

 private:
  framealloc::SmartAlloc& alloc_;
  int* items_ = nullptr;
  std::span<int> row_;
};
"""

    @finds
    def test_a_member_is_emptied_before_its_frame_ends(self):
        path = self.write("stage.cpp", self.MEMBER)
        self.assertEqual(self.codes("stage.cpp"), [("FA601", 8), ("FA601", 9)])
        # Two insertions at one place overlap: one goes first, the other with the next run.
        for _ in range(2):
            self.run_check("stage.cpp", "--fix")
        self.assertEqual(self.codes("stage.cpp"), [])
        text = path.read_text()
        self.assertIn("    items_ = nullptr;\n", text)
        self.assertIn("    row_ = {};\n", text)
        self.assertLess(text.index("row_ = {}"), text.index("end_frame"))

    LOOPS = """#include <framealloc/framealloc.hpp>
#include <memory_resource>
#include <new>
#include <string>
#include <vector>
namespace fa = framealloc;
struct Names { Names(int a, int b) : text(static_cast<std::size_t>(a + b), 'x') {} std::string text; };
std::size_t pmr(fa::SmartAlloc& alloc, const std::vector<int>& from) {
  const auto frame = alloc.scoped_frame();
  std::pmr::vector<int> list(alloc.frame_resource());
  for (const int each : from) {
    list.push_back(each);
  }
  return list.size();
}
std::size_t vec(fa::SmartAlloc& alloc, const unsigned count) {
  const auto frame = alloc.scoped_frame();
  fa::FrameVec<int*> list = alloc.frame_vec<int*>();
  for (unsigned i = 0; i < count; ++i) {
    if (i % 2 == 0) continue;
    list.push_back(alloc.frame_new<int>(1));
  }
  return list.size();
}
int batch(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  for (int i = 0; i < 64; ++i) {
    int* cell = alloc.frame_alloc<int>();
    *cell = i;
    sum += *cell;
  }
  return sum;
}
std::size_t construct(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  Names* names = alloc.frame_alloc<Names>();
  new (names) Names(20, 30);
  auto* text = alloc.frame_alloc<std::string>();
  ::new (static_cast<void*>(text)) std::string;
  return names->text.size() + text->size();
}
"""
    FIXED = """  std::pmr::vector<int> list(alloc.frame_resource());
  list.reserve(from.size());
  for (const int each : from) {
~  fa::FrameVec<int*> list = alloc.frame_vec<int*>(count);
  for (unsigned i = 0; i < count; ++i) {
~  int sum = 0;
  auto* const cell_batch = alloc.frame_alloc_batch<int>(64);
  for (int i = 0; i < 64; ++i) {
    int* cell = cell_batch + i;
    *cell = i;
~  Names* names = alloc.frame_new<Names>(20, 30);
  auto* text = alloc.frame_new<std::string>();
  return""".split("~")

    @finds
    def test_loops_get_their_room_and_objects_their_constructor_at_once(self):
        path = self.write("loops.cpp", self.LOOPS)
        self.assertEqual([code for code, _ in self.codes("loops.cpp")],
                         ["FA608", "FA608", "FA602", "FA607", "FA607"])
        self.run_check("loops.cpp", "--fix")
        text = path.read_text()
        for part in self.FIXED:
            self.assertIn(part, text)
        self.assertEqual(self.codes("loops.cpp"), [])

    UNSAFE = """#include <framealloc/framealloc.hpp>
#include <memory_resource>
#include <new>
#include <string>
#include <vector>
namespace fa = framealloc;
std::size_t sign(fa::SmartAlloc& alloc, int count) {  // may be negative
  const auto frame = alloc.scoped_frame();
  std::pmr::vector<int> list(alloc.frame_resource());
  for (int i = 0; i < count; ++i) list.push_back(i);
  return list.size();
}
std::size_t nested(fa::SmartAlloc& alloc, const std::vector<std::vector<int>>& from) {
  const auto frame = alloc.scoped_frame();
  std::pmr::vector<int> list(alloc.frame_resource());
  for (const auto& row : from) {
    for (const int each : row) list.push_back(each);
  }
  return list.size();
}
int asked(fa::SmartAlloc& alloc) {  // may be null
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  for (int i = 0; i < 64; ++i) {
    int* cell = alloc.frame_alloc<int>();
    if (cell != nullptr) sum += *cell = i;
  }
  return sum;
}
std::size_t braces(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  std::string* text = alloc.frame_alloc<std::string>();
  new (text) std::string{'a', 'b'};
  std::string* later = alloc.frame_alloc<std::string>();
  // This comment would be lost.
  new (later) std::string("a");
  return text->size();
}
"""

    @finds
    def test_room_that_may_be_wrong_is_left_to_the_reader(self):
        path = self.write("unsafe.cpp", self.UNSAFE)
        self.assertEqual([code for code, _ in self.codes("unsafe.cpp")],
                         ["FA608", "FA608", "FA602", "FA607", "FA607"])
        self.run_check("unsafe.cpp", "--fix")
        self.assertEqual(path.read_text(), self.UNSAFE)

    @finds
    def test_a_tag_gets_the_nearest_name(self):
        self.write(".fa.toml", '[tags]\nknown_tags = ["game", "physics", "render"]\nwarn_unknown_tags = true\n')
        path = self.write("tags.cpp", """#include <framealloc/core.hpp>
void step(framealloc::SmartAlloc& alloc) {
  alloc.with_tag("game::phyiscs", [] {});
  alloc.with_tag("audio", [] {});
}
""")
        self.assertEqual(self.codes("tags.cpp"), [("FA802", 3), ("FA802", 4)])
        self.run_check("tags.cpp", "--fix")
        self.assertIn('alloc.with_tag("game::physics", [] {});', path.read_text())
        self.assertEqual(self.codes("tags.cpp"), [("FA802", 4)])

    @finds
    def test_what_is_not_safe_is_left_alone(self):
        text = BUGS + """#include <vector>
std::vector<int*> g_all;
void more(framealloc::SmartAlloc& alloc) {
  alloc.begin_frame();
  g_all.push_back(alloc.frame_alloc<int>());
  alloc.end_frame();
}
"""
        path = self.write("bugs.cpp", text)
        self.run_check("bugs.cpp", "--fix")
        self.assertEqual(path.read_text(), text)


OPTIONS = """--build --exclude --changed --shard --dirtymem --threading --budgets --async-safety --gpu
--architecture --physics --all --only --skip --deny --allow --min-severity --deny-warnings --config
--no-config --baseline --write-baseline --jobs --timeout --fail-fast --cache --no-cache
--strict-annotations --tidy-selftest --format --output --color --fix --dry-run --quiet --verbose --stats --version
--help""".split()

if __name__ == "__main__":
    del sys.argv[1:4]
    try:
        unittest.main(verbosity=1)
    finally:
        shutil.rmtree(RESULTS, ignore_errors=True)
