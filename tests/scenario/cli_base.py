#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What the tests of the command line share: how the program is called, and what every mistake looks like."""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SEED = 20260730
# SystemC's processes have stacks that the address sanitizer was not told of: it says so when a child exits.
SANITIZER_REMARK = re.compile(rb"==\d+==WARNING: ASan is ignoring requested __asan_handle_no_return.*\n"
                              rb"False positive.*\nFor details.*\n")
RULES = ["stale-read", "lost-write", "clobber", "missing-barrier"]  # about bytes; the others are contracts
POSITION = r"((pe|fetch|walker)0@\d+(\.\d+)?|(partition|spmc|device)@\d+)"
MOVE = rf"{POSITION}\.(fill|drop|writeback|hold|complete|miss|drain)\.(ns|s)\.0x[0-9a-f]+"
TOKEN = re.compile(rf"^v1:[!-9<-~]+:[!-9<-~]+:[0-9a-f]{{16}}:({MOVE};)*{POSITION}\.read$")

GOOD = """about: a test
platform: corstone1000-nc
firmware: per-range
steps:
  - boot
  - set_variable: {name: Foo, attributes: [NV, BS, RT], data: "bar"}
  - get_variable: {name: Foo, expect: "bar"}
expect:
  findings: []
"""

# What is run where all scenarios would be: under the sanitizers each is a test of its own already.
ALL_SCENARIOS = os.path.join("scenarios", "zoo") if "FFA_COSIM_FEW_SCENARIOS" in os.environ else "scenarios"

PLACES = {}


def program():
    return PLACES["program"]


def build():
    return PLACES["build"]


def firmware(name):
    return os.path.join(build(), "firmware", name + ".elf")


def scenario(name):
    return os.path.join(ROOT, "scenarios", name + ".yaml")


class cli(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="ffa-cosim-test-")
        self.addCleanup(shutil.rmtree, self.folder)

    def call(self, *arguments, cwd=ROOT, env=None, data=b"", timeout=120):
        environment = dict(os.environ, **(env or {}))
        result = subprocess.run([program(), *arguments], cwd=cwd, env=environment, input=data, capture_output=True,
                                timeout=timeout)
        result.stderr = SANITIZER_REMARK.sub(b"", result.stderr)
        return result

    def shell(self, line):
        """The program's own words for what to type, typed."""
        return subprocess.run(["sh", "-c", f"'{program()}' {line}"], cwd=ROOT, capture_output=True, timeout=120)

    def expect(self, status, *arguments, **options):
        result = self.call(*arguments, **options)
        self.assertEqual(result.returncode, status,
                         f"{arguments}\n{result.stdout.decode(errors='replace')[-3000:]}\n"
                         f"{result.stderr.decode(errors='replace')[-3000:]}")
        return result.stdout.decode(errors="replace"), result.stderr.decode(errors="replace")

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        return path

    def findings(self, status, *arguments, **options):
        """The findings of one run, from its JSON."""
        stdout, _ = self.expect(status, *arguments, "--json", "-", **options)
        results = json.loads(stdout[stdout.index("[\n"):])
        self.assertEqual(len(results), 1)
        return results[0]["findings"]

    def token(self, name):
        """The token of the first error of a delivered scenario."""
        return [f["token"] for f in self.findings(0, "run", scenario(name)) if f["token"] is not None][0]

    def mistake(self, text, *arguments):
        """Exit 2, nothing on standard output, one line that says what was expected and contains `text`."""
        stdout, stderr = self.expect(2, *arguments)
        self.assertEqual(stdout, "")
        self.assertEqual(stderr.count("\n"), 1, stderr)
        self.assertIn("expected", stderr)
        self.assertIn(text, stderr)
        return stderr


def main(module):
    """The tests of a module: --program PATH --build DIR [CLASS...]."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--build", required=True)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    PLACES["program"] = os.path.abspath(options.program)
    PLACES["build"] = os.path.abspath(options.build)
    unittest.main(module=module, argv=[sys.argv[0], *options.names], verbosity=1)
