#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Runs clang-tidy with the modules as a user does.

usage: check_tidy.py FA-CHECK FOLDER-OF-MODULES VERSION CLANG-TIDY [OTHER-VERSION OTHER-CLANG-TIDY]"""
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

CHECK, MODULES, VERSION, TIDY = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), *sys.argv[3:5]
OTHER = sys.argv[5:7]
MODULE = f"{MODULES}/libframealloc-tidy-{VERSION}.so"

# Annotations are enough, and save the headers of the library.
HEAD = """struct Item { int count; };
[[clang::annotate("framealloc::frame")]] Item* make_item();
[[clang::annotate("framealloc::begin_frame")]] void begin();
[[clang::annotate("framealloc::end_frame")]] void end();
"""
# FA606 on line 9.
LATE = HEAD + """int late() {
  begin();
  Item* item = make_item();
  end();
  return item->count;
}
"""
# FA601 on line 9, with a fix.
KEPT = HEAD + """struct Holder {
  Item* item = nullptr;
  void frame() {
    begin();
    item = make_item();
    end();
  }
};
"""


def run(*words, cwd=None, env=None):
    return subprocess.run(words, capture_output=True, text=True, check=False, cwd=cwd, env=env)


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fa-tidy-"))

    def tearDown(self):
        shutil.rmtree(self.folder)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def tidy(self, path, *words, checks="-*,framealloc-*", config="{}"):
        """Result: (findings as (line, check), the run)."""
        done = run(TIDY, f"--load={MODULE}", f"--checks={checks}", *([f"--config={config}"] if config else []), *words,
                   str(path), "--", "-std=c++20")
        found = re.findall(r"^/.*?:(\d+):\d+: warning: .* \[framealloc-([\w-]+)\]$", done.stdout, re.M)
        return [(int(line), name) for line, name in found], done


class Findings(Case):
    def test_a_check_for_each_code_of_the_analyzer(self):
        names = set(re.findall(r"^ +framealloc-([\w-]+)$", run(TIDY, f"--load={MODULE}", "--list-checks", "--config={}",
                                                               "--checks=-*,framealloc-*").stdout, re.M))
        table = (pathlib.Path(__file__).parents[4] / "include/framealloc/codes.def").read_text()
        self.assertIn("use-after-end", names)
        self.assertGreater(len(names), 20)
        for name in names:
            self.assertIn(f'"{name}"', table)

    def test_place_message_notes_and_name(self):
        path = self.write("late.cpp", LATE)
        found, done = self.tidy(path)
        self.assertEqual(found, [(9, "use-after-end")], done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"late\.cpp:9:\d+: warning: 'item' ")
        self.assertRegex(done.stdout, r"late\.cpp:7:\d+: note: ")
        self.assertRegex(done.stdout, r"late\.cpp:8:\d+: note: ")
        self.assertEqual(done.returncode, 0)

    def test_says_what_fa_check_says(self):
        for name, text in (("late.cpp", LATE), ("kept.cpp", KEPT)):
            path = self.write(name, text)
            report = run(CHECK, str(path), "--no-cache", "--format", "compact", "--", "-std=c++20").stdout
            lines = [int(line) for line in re.findall(r"\.cpp:(\d+):", report)]
            self.assertEqual([line for line, _ in self.tidy(path)[0]], lines, report)

    def test_only_enabled_checks_speak(self):
        path = self.write("late.cpp", LATE)
        self.assertEqual(self.tidy(path, checks="-*,framealloc-use-after-end")[0], [(9, "use-after-end")])
        self.assertEqual(self.tidy(path, checks="-*,framealloc-frame-escape")[0], [])

    def test_warnings_as_errors(self):
        _, done = self.tidy(self.write("late.cpp", LATE), "--warnings-as-errors=framealloc-*")
        self.assertNotEqual(done.returncode, 0)

    def test_a_unit_with_errors_is_told_and_not_analyzed(self):
        found, done = self.tidy(self.write("late.cpp", LATE + "int broken() { return nothing; }\n"))
        self.assertEqual(found, [])
        self.assertIn("[clang-diagnostic-error]", done.stdout)

    def test_a_warning_made_an_error_by_the_command_hides_nothing(self):
        path = self.write("late.cpp", LATE + "int fine() { int unused = 1; return 0; }\n")
        done = run(TIDY, f"--load={MODULE}", "--checks=-*,framealloc-*,clang-diagnostic-*", "--config={}", str(path), "--",
                   "-std=c++20", "-Wall", "-Werror")
        self.assertIn("[framealloc-use-after-end]", done.stdout)

    def test_c_is_left_alone(self):
        path = self.write("plain.c", "int f(void) { return 0; }\n")
        done = run(TIDY, f"--load={MODULE}", "--checks=-*,framealloc-*", "--config={}", str(path), "--")
        self.assertEqual(done.returncode, 0, done.stderr)


class Suppression(Case):
    def test_with_a_reason(self):
        text = LATE.replace("count;\n}\nint", "count;\n}\nint").replace(
            "  return item->count;", "  return item->count;  // fa:allow(FA606): kept open by the harness")
        found, done = self.tidy(self.write("late.cpp", text))
        self.assertEqual(found, [])
        self.assertNotIn("suppress", done.stderr.replace("Suppressed", ""))

    def test_without_a_reason_does_not_count_and_says_so(self):
        text = LATE.replace("  return item->count;", "  return item->count;  // fa:allow(FA606)")
        found, done = self.tidy(self.write("late.cpp", text))
        self.assertEqual(found, [(9, "use-after-end")])
        self.assertEqual(done.stderr.count("has no reason and does not count"), 1, done.stderr)

    def test_one_that_suppresses_nothing_is_told_once_where_its_check_runs(self):
        path = self.write("late.cpp", LATE.replace("  begin();\n", "  begin();  // fa:allow(FA606): old\n"))
        self.assertEqual(self.tidy(path)[1].stderr.count("suppresses nothing"), 1)
        self.assertNotIn("suppresses nothing", self.tidy(path, checks="-*,framealloc-frame-escape")[1].stderr)

    def test_nolint_of_clang_tidy(self):
        text = LATE.replace("  return item->count;", "  return item->count;  // NOLINT(framealloc-use-after-end)")
        self.assertEqual(self.tidy(self.write("late.cpp", text))[0], [])


class Config(Case):
    DISABLED = '[lints]\ndisabled = ["FA606"]\n'

    def test_found_as_fa_check_finds_it(self):
        self.write("project/.fa.toml", self.DISABLED)
        self.assertEqual(self.tidy(self.write("project/src/late.cpp", LATE))[0], [])
        self.assertEqual(self.tidy(self.write("other/late.cpp", LATE))[0], [(9, "use-after-end")])

    def test_named_for_all_checks_or_for_one(self):
        self.write("ours.toml", self.DISABLED)
        path = self.write("src/late.cpp", LATE)
        for key in ("framealloc-*.Config", "framealloc-use-after-end.Config"):
            found, done = self.tidy(path, config="{CheckOptions: {%s: ours.toml}}" % key)
            self.assertEqual(found, [], key + done.stderr)
        other = self.tidy(path, config="{CheckOptions: {framealloc-frame-escape.Config: ours.toml}}")
        self.assertEqual(other[0], [(9, "use-after-end")])

    def test_clang_tidy_knows_the_options(self):
        done = run(TIDY, f"--load={MODULE}", "--checks=-*,framealloc-*", "--verify-config",
                   "--config={CheckOptions: {framealloc-*.Config: x, framealloc-use-after-end.Config: y}}")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_words_for_functions_of_libraries(self):
        text = LATE.replace('[[clang::annotate("framealloc::end_frame")]] void end', "void end")
        path = self.write("late.cpp", text)
        self.assertEqual(self.tidy(path)[0], [])
        self.write(".fa.toml", '[model.functions]\n"end" = ["end_frame"]\n')
        self.assertEqual(self.tidy(path)[0], [(9, "use-after-end")])

    def test_a_mistake_in_it_is_an_error_and_told_once(self):
        self.write(".fa.toml", "[lints]\ndisable = []\n")
        found, done = self.tidy(self.write("late.cpp", LATE))
        self.assertEqual(found, [])
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual((done.stdout + done.stderr).count("unknown key 'lints.disable'"), 1, done.stdout + done.stderr)
        missing = self.tidy(self.write("x/late.cpp", LATE), config="{CheckOptions: {framealloc-*.Config: absent.toml}}")
        self.assertNotEqual(missing[1].returncode, 0)
        self.assertIn("absent.toml", missing[1].stdout + missing[1].stderr)


class Fixes(Case):
    def test_applied_and_then_there_is_no_finding(self):
        path = self.write("kept.cpp", KEPT)
        found, done = self.tidy(path, "--fix")
        self.assertEqual(found, [(9, "frame-escape")], done.stdout + done.stderr)
        self.assertNotEqual(path.read_text(), KEPT)
        self.assertEqual(self.tidy(path)[0], [])


class Selftest(Case):
    def selftest(self, *words, **options):
        return run(CHECK, "--tidy-selftest", *words, **options)

    def test_the_right_version_finds_the_bug(self):
        done = self.selftest(TIDY)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"--load={MODULE}", done.stdout)

    def test_none_of_that_name(self):
        done = self.selftest(str(self.folder / "absent"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("is no clang-tidy that runs", done.stderr)
        self.assertEqual(self.selftest("true").returncode, 2)

    def test_none_in_path(self):
        done = self.selftest(env={"PATH": str(self.folder)})
        self.assertEqual(done.returncode, 2)
        self.assertIn("there is no clang-tidy", done.stderr)

    def script(self, name, version, then="exit 0"):
        path = self.write(name, f'#!/bin/sh\n[ "$1" = --version ] && {{ echo "  LLVM version {version}"; exit 0; }}\n{then}\n')
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    def test_a_version_without_a_module_is_told(self):
        done = self.selftest(self.script("tidy", "14.0.6"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("is of LLVM 14", done.stderr)
        self.assertIn(VERSION, done.stderr.split("there is one for")[1])

    def test_one_that_finds_nothing_is_told(self):
        done = self.selftest(self.script("tidy", f"{VERSION}.1.0"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("does not find the seeded bug", done.stderr)

    def test_one_that_fails_is_told_with_its_last_words(self):
        done = self.selftest(self.script("tidy", f"{VERSION}.1.0", "echo 'symbol lookup error: x' >&2; exit 127"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("127: symbol lookup error: x", done.stderr)

    def test_takes_nothing_else(self):
        self.assertEqual(self.selftest(TIDY, "late.cpp").returncode, 2)

    @unittest.skipUnless(OTHER, "no clang-tidy of another version")
    def test_a_module_of_another_version_is_loud(self):
        version, tidy = OTHER
        path = self.write("late.cpp", LATE)
        done = run(tidy, f"--load={MODULE}", "--checks=-*,framealloc-*", "--config={}", str(path), "--", "-std=c++20")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(f"this module is for clang-tidy {VERSION}", done.stderr)
        self.assertIn(f"load libframealloc-tidy-{version}.so instead", done.stderr)
        # The self-test, given the module of one version under the name of the other's.
        home = self.folder / "lib" / "framealloc"
        home.mkdir(parents=True)
        (self.folder / "bin").mkdir()
        try:
            os.link(CHECK, self.folder / "bin" / "fa-check")
        except OSError:
            shutil.copy(CHECK, self.folder / "bin" / "fa-check")
        os.symlink(MODULE, home / f"libframealloc-tidy-{version}.so")
        done = run(str(self.folder / "bin" / "fa-check"), "--tidy-selftest", tidy)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"this module is for clang-tidy {VERSION}", done.stderr)


# The recipes of docs/check.md are the same for each version; one is enough.
@unittest.skipUnless(VERSION == "19" or not OTHER, "tried with the other version")
class Recipes(Case):
    GENERATOR = ["-G", "Ninja"] if shutil.which("ninja") else []

    def configure(self, *words, env=None):
        self.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\nproject(game CXX)\n"
                                     "add_library(game OBJECT late.cpp)\n")
        done = run("cmake", "-S", str(self.folder), "-B", str(self.folder / "build"), *self.GENERATOR,
                   "-DCMAKE_CXX_COMPILER_WORKS=1", "-DCMAKE_CXX_ABI_COMPILED=1", *words, env=env)
        self.assertEqual(done.returncode, 0, done.stderr)

    def build(self, env=None):
        return run("cmake", "--build", str(self.folder / "build"), env=env)

    def test_cmake_runs_it_in_every_build(self):
        self.write("late.cpp", LATE)
        self.configure(f"-DCMAKE_CXX_CLANG_TIDY={TIDY};--load={MODULE};--checks=-*,framealloc-*")
        done = self.build()
        self.assertIn("[framealloc-use-after-end]", done.stdout + done.stderr)

    @unittest.skipUnless(shutil.which("ccache"), "no ccache")
    def test_ccache_runs_it_when_it_compiles(self):
        page = (pathlib.Path(__file__).parents[4] / "docs/check.md").read_text()
        script = self.write("tidy-first", re.search(r"```sh\n(#!/bin/sh\n.*?)```", page, re.S).group(1))
        log = self.folder / "runs"
        counting = self.write("tidy", f'#!/bin/sh\necho run >>"{log}"\nexec "{TIDY}" "$@"\n')
        for path in (script, counting):
            path.chmod(0o755)
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "CCACHE_DIR": str(self.folder / "cache"),
               "TIDY": str(counting), "TIDY_MODULE": MODULE, "CCACHE_PREFIX": str(script), "CCACHE_DEPEND": "1",
               "CCACHE_EXTRAFILES": f"{MODULE}:{self.folder}/.fa.toml"}
        for name in re.findall(r"\bCCACHE_\w+(?==)", page):
            self.assertIn(name, env)
        self.write(".fa.toml", "")
        self.write("late.cpp", LATE)
        self.configure("-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache", env=env)

        def runs():
            return len(log.read_text().splitlines())

        for count in (1, 2):  # a failure is not kept
            done = self.build(env)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("[framealloc-use-after-end", done.stdout + done.stderr)
            self.assertEqual(runs(), count)
        # A comment alone counts; then nothing is read again for an object that is there.
        self.write("late.cpp", LATE.replace("count;\n}", "count;  // fa:allow(FA606): kept open\n}", 1))
        for _ in range(2):
            done = self.build(env)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(runs(), 3)
            run("cmake", "--build", str(self.folder / "build"), "--target", "clean")
        # So does the configuration.
        self.write(".fa.toml", "[suppressions]\nrequire_reason = false\n")
        self.assertEqual(self.build(env).returncode, 0)
        self.assertEqual(runs(), 4)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
