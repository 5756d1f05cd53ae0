#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The contract of the command line: exit statuses, one line per mistake, reports, bad input, hostile guests.

Run by ctest as `cli.*`; by hand: cli_test.py --program PATH --build DIR [CLASS...]. All chance comes from SEED, which
failures print.
"""
import argparse
import json
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = None
BUILD = None
SEED = 20260730
POSITION = re.compile(r"^[^\n]*:\d+:\d+: [^\n]*expected[^\n]*\n$")
RUNS_OUT = [0, 1, 2, 4]
# SystemC's processes have stacks that the address sanitizer was not told of: it says so when a child exits.
SANITIZER_REMARK = re.compile(rb"==\d+==WARNING: ASan is ignoring requested __asan_handle_no_return.*\n"
                              rb"False positive.*\nFor details.*\n")

FINDING_KEYS = ["rule", "severity", "after", "owner", "agent", "pa", "va", "size", "pc", "function", "file", "line",
                "golden", "observed", "golden_writer", "observed_writer", "by", "moves", "copies", "token", "message",
                "count", "replay"]
SCENARIO_KEYS = ["scenario", "verdict", "mode", "end", "instructions", "events", "findings"]

RULES = ["stale-read", "lost-write", "clobber", "missing-barrier"]
MOVE = r"(pe|fetch|walker)0@\d+(\.\d+)?|(partition|spmc|device)@\d+"
TOKEN = re.compile(rf"^v1:[!-9<-~]+:[!-9<-~]+:[0-9a-f]{{16}}:(({MOVE})\.(fill|drop|writeback|hold|complete|miss|drain)"
                   rf"\.(ns|s)\.0x[0-9a-f]+;)*({MOVE})\.read$")
# Each is right by the platform's own caches and wrong by those of another that the architecture allows.
HIDDEN = ["alias-dirty", "civac-only", "dirty-room", "dirty-tail", "invalidate-early", "missing-dsb", "neighbour-dirty"]

# Turns the MMU on (1 GiB blocks, write-back), stores 0x5a to 0x40002000, DC IVAC, DSB, loads it; powers off if it is
# still 0x5a and loops for ever if not.
LOSER = struct.pack(
    "<30I", 0xD2820000, 0xF2A80000, 0xD280E021, 0xF2A80001, 0xF9000401, 0xD2801FE2, 0xD51CA202, 0xD286A402, 0xF2B01002,
    0xD51C2042, 0xD51C2000, 0xD5033F9F, 0xD5033FDF, 0xD53C1003, 0xB2400063, 0xB27E0063, 0xD51C1003, 0xD5033FDF,
    0xD2840004, 0xF2A80004, 0xD2800B45, 0xF9000085, 0xD5087624, 0xD5033F9F, 0xF9400086, 0xEB0500DF, 0x54000001,
    0xD2800100, 0xF2B08000, 0xD4000003)

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


def firmware(name):
    return os.path.join(BUILD, "firmware", name + ".elf")


def scenario(name):
    return os.path.join(ROOT, "scenarios", name + ".yaml")


class cli(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="ffa-cosim-test-")
        self.addCleanup(shutil.rmtree, self.folder)

    def call(self, *arguments, cwd=ROOT, env=None, data=b"", timeout=120):
        environment = dict(os.environ, **(env or {}))
        result = subprocess.run([PROGRAM, *arguments], cwd=cwd, env=environment, input=data, capture_output=True,
                                timeout=timeout)
        result.stderr = SANITIZER_REMARK.sub(b"", result.stderr)
        return result

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


class cli_help(cli):
    def test_help_and_version(self):
        for arguments in (["--help"], ["run", "--help"], ["list", "--help"], ["boot", "--help"],
                          ["platforms", "--help"], ["promote", "--help"], ["check-trace", "--help"],
                          ["replay", "--help"]):
            stdout, stderr = self.expect(0, *arguments)
            self.assertIn("usage: ffa-cosim", stdout)
            self.assertEqual(stderr, "")
        self.assertRegex(self.expect(0, "--version")[0], r"^ffa-cosim \d+\.\d+\.\d+\n$")

    def test_no_or_unknown_command(self):
        self.assertIn("usage:", self.expect(2)[1])
        self.mistake("unknown command", "walk")

    def test_every_command_is_told(self):
        stdout, _ = self.expect(0, "--help")
        for command in ("run", "list", "replay", "check-trace", "boot", "platforms", "promote"):
            self.assertRegex(stdout, rf"(?m)^  {command} ")
        for command in ("run", "boot"):
            self.assertIn("prove", self.expect(0, command, "--help")[0])

    def test_wrong_options(self):
        self.mistake("no scenario", "run")
        self.mistake("no scenario", "promote")
        self.mistake("unknown mode, expected prove or replay", "run", "--mode", "guess", "x")
        self.mistake("unknown mode, expected prove or replay", "run", "--mode", "golden", "x")
        self.mistake("unknown mode, expected golden, prove or replay", "boot", "--mode", "guess", "x")
        self.mistake("--jobs 0", "run", "--jobs", "0", "x")
        self.mistake("--jobs x", "run", "--jobs", "x", "x")
        self.mistake("no platform", "boot", firmware("hello"))
        self.mistake("nothing to run", "boot", "--platform", "bench")
        self.mistake("--el 3", "boot", "--platform", "bench", "--el", "3", firmware("hello"))
        self.mistake("--send", "boot", "--platform", "bench", "--send", "x", firmware("hello"))
        self.expect(2, "run", "--colour", "x")
        for option in ("--flash0", "--flash1", "--disk", "--dtb"):
            self.assertIn("not in this version", self.expect(2, "boot", "--platform", "bench", option, "f", "x")[1])

    def test_lists(self):
        stdout, _ = self.expect(0, "list")
        self.assertIn("variables-nc.set-way.yaml", stdout)
        entry = stdout[stdout.index("prove.civac-only.yaml"):].split("\n")
        self.assertRegex(entry[2], "expects: stale-read buffer.*; of the platform's own caches: no findings; end clean")
        stdout, _ = self.expect(0, "platforms")
        for name in ("bench", "corstone1000-nc", "corstone1000-nc-cleans", "corstone1000-wb"):
            self.assertRegex(stdout, rf"(?m)^{name} +\S")
        self.assertNotEqual(self.call("list", "/nonexistent").returncode, 0)


class cli_run(cli):
    def test_names_files_and_folders(self):
        self.expect(0, "run", "variables-nc.per-range")
        self.expect(0, "run", "scenarios/variables-nc.per-range.yaml")
        self.write("a.good.yaml", GOOD)
        os.mkdir(os.path.join(self.folder, "deeper"))
        self.write("deeper/b.good.yaml", GOOD)
        stdout, _ = self.expect(0, "run", self.folder)
        self.assertIn("2 scenarios: 2 passed, 0 failed", stdout)

    def test_a_folder_without_scenarios_and_unknown_names(self):
        self.mistake("no scenario below", "run", self.folder)
        self.mistake("unknown scenario", "run", "no-such-scenario")
        self.mistake("no such file", "run", "./no-such-scenario.yaml")

    def test_the_worst_status_counts(self):
        good = self.write("good.yaml", GOOD)
        wrong = self.write("wrong.yaml", GOOD.replace('expect: "bar"', 'expect: "other"'))
        broken = self.write("broken.yaml", GOOD.replace("about", "abut"))
        endless = self.write("endless.yaml", GOOD.replace("expect:\n  f", "stop: {instructions: 1000}\nexpect:\n  f"))
        self.expect(1, "run", good, wrong)
        self.expect(4, "run", good, wrong, endless)
        self.expect(2, "run", good, wrong, endless, broken)

    def test_results_come_in_the_order_of_paths_whatever_the_jobs(self):
        one = self.expect(0, "run", "--jobs", "1", "scenarios")[0]
        many = self.expect(0, "run", "--jobs", "4", "scenarios")[0]
        self.assertEqual(one, many)
        names = re.findall(r"(?m)^pass  (\S+)", one)
        self.assertEqual(names, [os.path.basename(p)[:-5] for p in
                                 sorted("scenarios/" + n + ".yaml" for n in names)])

    def test_data_folder_of_the_environment_comes_first(self):
        os.mkdir(os.path.join(self.folder, "scenarios"))
        self.write("scenarios/mine.flow.yaml", GOOD)
        self.expect(0, "run", "mine.flow", env={"FFA_COSIM_DATA": self.folder})
        self.expect(2, "run", "mine.flow")


class cli_verdict(cli):
    def test_expected_findings_pass_and_others_fail(self):
        stdout, _ = self.expect(0, "run", scenario("variables-nc.set-way"))
        for word in ("lost-write os by invalidate_dcache_all", "stale-read buffer", "golden", "observed", "contract",
                     "repair", "moves", "copies", "token", "replay", "firmware/maintenance/set_way.c:"):
            self.assertIn(word, stdout)
        convicted = self.write("c.yaml", GOOD.replace("per-range", "no-maintenance"))
        stdout, _ = self.expect(1, "run", convicted)
        self.assertIn("not expected: stale-read buffer", stdout)
        missing = self.write("m.yaml", GOOD.replace("findings: []", "findings: [{rule: lost-write, owner: os}]"))
        stdout, _ = self.expect(1, "run", missing)
        self.assertIn("expected and not found: lost-write (line 9 of the scenario)", stdout)

    def test_each_mode_has_its_own_findings(self):
        """The platform's own caches hide what prove finds; each is compared with what is expected of it."""
        base = GOOD.replace("per-range", "civac-only")
        stale = "{rule: stale-read, owner: buffer, agent: pe0}"
        both = self.write("both.yaml", base.replace("findings: []", f"findings: [{stale}]"))
        self.expect(0, "run", both)
        self.expect(1, "run", "--mode", "replay", both)
        each = self.write("each.yaml", base.replace("findings: []", f"findings: [{stale}]\n  replay_findings: []"))
        for mode in ("prove", "replay"):
            self.expect(0, "run", "--mode", mode, each)
        none = self.write("none.yaml", base)
        self.expect(1, "run", none)
        self.expect(0, "run", "--mode", "replay", none)

    def test_warnings_and_notes_are_compared_only_where_listed(self):
        warned = GOOD.replace("per-range", "missing-dsb").replace("findings: []", "findings: [%s]")
        errors = self.findings(1, "run", self.write("e.yaml", GOOD.replace("per-range", "missing-dsb")))
        expected = ["{rule: %s, owner: %s}" % (f["rule"], f["owner"]) for f in errors if f["severity"] == "error"]
        warning = "{rule: dirty-at-handoff, severity: warning}"
        self.expect(0, "run", self.write("w.yaml", warned % ", ".join(expected)))
        self.expect(0, "run", self.write("w.yaml", warned % ", ".join(expected + [warning])))
        self.expect(1, "run", self.write("w.yaml", GOOD.replace("findings: []", f"findings: [{warning}]")))

    def test_each_key_of_an_expected_finding_is_compared(self):
        base = GOOD.replace("per-range", "no-maintenance")
        right = "{rule: stale-read, owner: buffer, agent: partition, severity: error, function: ffa_direct_message}"
        rest = "{owner: buffer, agent: pe0}, {rule: lost-write}"

        def run(status, mode, wanted):
            text = base.replace("findings: []", f"findings: [{wanted}]")
            self.expect(status, "run", "--mode", mode, self.write("r.yaml", text))

        run(0, "replay", right)
        run(0, "prove", f"{right}, {rest}")
        for old, new in (("stale-read", "clobber"), ("buffer", "os"), ("partition", "spmc"), ("error", "note"),
                         ("ffa_direct_message", "memset"), ("rule: stale", "by: memset, rule: stale")):
            wrong = right.replace(old, new)
            self.assertNotEqual(wrong, right)
            run(1, "replay", wrong)
            run(1, "prove", f"{wrong}, {rest}")

    def test_steps_are_compared(self):
        for old, new, told in (('expect: "bar"', 'expect: "baz"', "step 3, get_variable: 3 bytes of data that differ"),
                               ('expect: "bar"', "expect_status: EFI_NOT_FOUND",
                                "step 3, get_variable: EFI_SUCCESS, expected EFI_NOT_FOUND"),
                               ("name: Foo, expect", "name: Fool, expect", "EFI_NOT_FOUND, expected EFI_SUCCESS"),
                               ("  - boot\n", "", "EFI_NOT_READY, expected EFI_SUCCESS")):
            text = GOOD.replace(old, new)
            self.assertNotEqual(text, GOOD)
            self.assertIn(told, self.expect(1, "run", self.write("s.yaml", text))[0])

    def test_ends_are_compared(self):
        stdout, _ = self.expect(1, "run", self.write("f.yaml", GOOD + "  end: fault\n"))
        self.assertIn("end: clean, expected fault", stdout)
        limited = GOOD.replace("expect:\n  f", "stop: {instructions: 1000}\nexpect:\n  f")
        stdout, _ = self.expect(4, "run", self.write("l.yaml", limited))
        self.assertIn("the guest was at", stdout)
        self.expect(0, "run", self.write("l.yaml", limited + "  end: limit\n"))
        self.expect(0, "run", self.write("l.yaml", limited + "  end: any\n"))

    def test_overrides_compare_nothing(self):
        good = self.write("good.yaml", GOOD)
        self.expect(1, "run", "--firmware", "no-maintenance", good)
        self.expect(0, "run", "--firmware", "no-maintenance", "--platform", "corstone1000-wb", good)
        self.expect(1, "run", "--set", "secure.mapping=normal-wb", good)
        self.expect(0, "run", "--mode", "replay", "--firmware", "set-way", "--set", "cache.invalidate=cleans", good)
        self.expect(1, "run", "--firmware", "set-way", "--set", "cache.invalidate=cleans", good)
        convicted = self.write("c.yaml", GOOD.replace("findings: []", "findings: [{rule: lost-write}]"))
        self.expect(0, "run", "--set", "entry-el=1", convicted)
        self.mistake("unknown key 'colour'", "run", "--set", "cache.colour=red", good)
        self.mistake("unknown firmware", "run", "--firmware", "none-such", good)
        self.mistake("unknown platform", "run", "--platform", "none-such", good)


class cli_report(cli):
    def results(self, *arguments):
        path = os.path.join(self.folder, "out.json")
        self.expect(0, "run", "--json", path, *arguments)
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def check_keys(self, results, mode):
        for result in results:
            self.assertEqual(list(result), SCENARIO_KEYS)
            self.assertEqual((result["verdict"], result["mode"]), ("pass", mode))
            self.assertIsInstance(result["instructions"], int)
            for finding in result["findings"]:
                self.assertEqual(list(finding), FINDING_KEYS)
                self.assertRegex(finding["pa"], r"^0x[0-9a-f]+$")
                if finding["golden"] is not None:
                    self.assertRegex(finding["golden"], r"^([0-9a-f]{2}){1,16}$")
                    self.assertNotEqual(finding["golden"], finding["observed"])

    def test_json_of_the_platforms_own_caches(self):
        results = self.results("--mode", "replay", scenario("variables-nc.set-way"), scenario("variables-nc.per-range"))
        self.assertEqual([r["scenario"] for r in results],
                         [scenario("variables-nc.per-range"), scenario("variables-nc.set-way")])
        self.check_keys(results, "replay")
        self.assertEqual(results[0]["findings"], [])
        for finding in results[1]["findings"]:
            self.assertEqual(len(finding["golden"]), 2 * min(finding["size"], 16))
            self.assertEqual((finding["moves"], finding["token"], finding["replay"]), ([], None, None))
        first = results[1]["findings"][0]
        self.assertEqual((first["rule"], first["owner"], first["after"]), ("lost-write", "buffer", None))
        self.assertEqual(first["by"], "invalidate_dcache_all")
        self.assertIn("DC ISW in invalidate_dcache_all (firmware/maintenance/set_way.c:", first["message"])
        self.assertRegex(first["golden_writer"], r"^pe0@\d+ memcpy \(firmware/common/memory\.c:\d+\)$")
        self.assertIn("dram", first["copies"])
        owners = {(f["owner"], f["severity"]) for f in results[1]["findings"]}
        self.assertLessEqual({("os", "error"), ("buffer", "error")}, owners)

    def test_json_of_prove_has_moves_token_and_replay(self):
        results = self.results(scenario("variables-nc.set-way"), scenario("prove.civac-only"))
        self.check_keys(results, "prove")
        errors = [f for r in results for f in r["findings"] if f["severity"] == "error" and f["rule"] in RULES]
        self.assertGreaterEqual(len(errors), 4)
        for finding in errors:
            self.assertRegex(finding["token"], TOKEN)
            for move in finding["moves"]:
                self.assertIn(f":{move};", finding["token"].replace(";", ";:").replace("::", ":"))
            self.assertIsNotNone(finding["replay"])
            self.assertIsNotNone(finding["golden"])
        for finding in [f for r in results for f in r["findings"] if f["severity"] != "error"]:
            self.assertEqual((finding["token"], finding["replay"]), (None, None))
        first = [f for f in results[0]["findings"] if f["severity"] == "error"][0]
        self.assertIsNone(first["after"])
        self.assertEqual((first["rule"], first["owner"], first["agent"], first["file"]),
                         ("stale-read", "buffer", "pe0", "firmware/common/memory.c"))
        self.assertEqual(first["copies"], {"l1d0": "clean stale", "dram": "fresh"})
        self.assertRegex(first["golden_writer"], r"^partition@\d+ ffa_direct_message ")
        self.assertRegex(first["observed_writer"], r"^pe0@\d+ memcpy ")
        self.assertIn("returned EFI_DEVICE_ERROR instead of EFI_SUCCESS", first["replay"])
        behind = [f for f in results[1]["findings"] if f["severity"] == "error"][1]
        self.assertIn("stale-read buffer", behind["after"])

    def test_json_on_standard_output_stands_alone(self):
        stdout, _ = self.expect(0, "run", "--json", "-", scenario("variables-nc.per-range"))
        self.assertEqual(len(json.loads(stdout)), 1)

    def test_names_survive_the_virtual_map(self):
        finding = self.results("--mode", "replay", scenario("variables-nc.set-way-runtime"))[0]["findings"][0]
        self.assertEqual((finding["by"], finding["function"]), ("invalidate_dcache_all", "ffa_direct_message"))
        self.assertGreaterEqual(int(finding["pc"], 16), 0x4000000000)

    def test_junit(self):
        path = os.path.join(self.folder, "out.xml")
        wrong = self.write("<wrong>.yaml", GOOD.replace('expect: "bar"', 'expect: "<&>"'))
        broken = self.write("zbroken.yaml", "about: x\n")
        self.expect(2, "run", "--junit", path, self.write("good.yaml", GOOD), wrong, broken)
        suite = xml.etree.ElementTree.parse(path).getroot().find("testsuite")
        self.assertEqual((suite.get("tests"), suite.get("failures"), suite.get("errors")), ("3", "1", "1"))
        cases = suite.findall("testcase")
        self.assertEqual([len(c.findall("failure")) for c in cases], [1, 0, 0])
        self.assertEqual(len(cases[2].findall("error")), 1)
        stale = self.write("stale.yaml", GOOD.replace("per-range", "civac-only"))
        self.expect(1, "run", "--junit", path, stale)
        text = xml.etree.ElementTree.parse(path).getroot().find("testsuite/testcase/failure").text
        self.assertRegex(text, r"token: v1:stale:corstone1000-nc:[0-9a-f]{16}:partition@\d+\.fill\.ns\.0x")
        self.assertRegex(text, r"replay: step 1, boot, returned EFI_DEVICE_ERROR")

    def test_events(self):
        path = os.path.join(self.folder, "events")
        self.expect(0, "run", "--events", path, scenario("direct-request.interrupted"))
        with open(path, encoding="ascii") as file:
            lines = file.read().splitlines()
        self.assertEqual(lines[0], "# direct-request.interrupted")
        shape = re.compile(r"^\d+ \d+ 0x[0-9a-f]+ [a-z_0-9.]+ agent=[a-z0-9]+( [a-z0-9_]+=(0x[0-9a-f]+|\d+))*$")
        for line in lines[1:]:
            self.assertRegex(line, shape)
        kinds = {line.split()[3] for line in lines[1:]}
        self.assertLessEqual({"cpu.smc", "spmc.call", "mm.request", "mm.reply", "script.step", "run.end"}, kinds)
        sequences = [int(line.split()[0]) for line in lines[1:]]
        self.assertEqual(sequences, sorted(sequences))

    def test_files_that_cannot_be_written(self):
        for option in ("--json", "--junit", "--events"):
            result = self.call("run", option, "/nonexistent/file", scenario("variables-nc.per-range"))
            self.assertEqual(result.returncode, 2, option)


class cli_bad_scenario(cli):
    CASES = [
        ("about: a test", "abut: a test", "unknown key 'abut'"),
        ("about: a test\n", "", "key 'about' is missing"),
        ("platform: corstone1000-nc\n", "", "key 'platform' is missing"),
        ("firmware: per-range\n", "", "key 'firmware' is missing"),
        ("  findings: []\n", "  end: clean\n", "key 'findings' is missing"),
        ("expect:\n  findings: []\n", "", "key 'expect' is missing"),
        ("findings: []", "findings: none", "expected a list"),
        ("findings: []", "findings: [{}]", "an empty finding"),
        ("findings: []", "findings: [{rule: wrong}]", "'wrong' is wrong, expected stale-read"),
        ("findings: []", "findings: [{owner: me}]", "expected buffer, firmware, os"),
        ("findings: []", "findings: [{colour: red}]", "unknown key 'colour'"),
        ("findings: []", "findings: []\n  end: soon", "expected clean, fault, limit or any"),
        ("  - boot", "  - boots", "unknown step 'boots'"),
        ("  - boot", "  - {boot: {}, reset: {}}", "expected a step"),
        ("  - boot", "  - [boot]", "expected a step"),
        ("  - boot", "  - reset", "'reset' is not in this version"),
        ("  - boot", "  - mem_share", "'mem_share' is not in this version"),
        ("  - boot", "  - mem_reclaim", "'mem_reclaim' is not in this version"),
        ("  - boot", "  - os_run", "'os_run' is not in this version"),
        ("  - boot", "  - set_variable", "has no operands"),
        ("  - boot", "  - os_dirty: {lines: 0}", "'0' is wrong"),
        ("  - boot", "  - os_dirty: {lines: 257}", "'257' is wrong"),
        ("  - boot", "  - boot: {interrupts: many}", "'many' is wrong"),
        ("  - boot", "  - boot: {interrupts: -1}", "'-1' is wrong"),
        ("  - boot", "  - boot: {expect_status: EFI_FINE}", "'EFI_FINE' is wrong, expected EFI_SUCCESS"),
        ("  - boot", "  - boot: {sp_fault: loud}", "expected silent"),
        ("  - boot", "  - boot: {sp_fault: {mm_status: x}}", "'x' is wrong"),
        ("  - boot", "  - boot: {sp_fault: {mm_status: 1, efi_status: 2}}", "expected silent, or one of"),
        ("  - boot", "  - boot: {sp_fault: {ffa_error: FFA_FINE}}", "like FFA_DENIED"),
        ("  - boot", "  - boot: {sp_fault: {malformed: all}}", "expected message_length, guid or function"),
        ("[NV, BS, RT]", "[NV, XX]", "'XX' is no attribute"),
        ("[NV, BS, RT]", "NV", "expected a list of NV"),
        ("name: Foo, attributes", "attributes", "key 'name' is missing"),
        ("name: Foo, expect", "guid: 8be4df61, name: Foo, expect", "'8be4df61' is no GUID"),
        ("name: Foo, expect", "size_max: 99999, name: Foo, expect", "'99999' is wrong"),
        ("name: Foo, expect", "name: Foo, name: Bar, expect", "stands twice"),
        ("name: Foo, expect", "colour: red, name: Foo, expect", "unknown key 'colour'"),
        ("steps:\n", "payload: {image: x}\nsteps:\n", "payload beside firmware or steps"),
        ("steps:\n", "console: [{send: x}]\nsteps:\n", "expected expect: TEXT"),
        ("steps:\n", "stop: {after: [x]}\nsteps:\n", "expected text"),
        ("steps:\n", "stop: {instructions: 0}\nsteps:\n", "'0' is wrong"),
        ("steps:\n", "steps: {}\nother:\n", "unknown key 'other'"),
        ("about: a test", "about: [a", "not YAML"),
        ("about: a test", "about: \tx: y: z", "not YAML"),
        ("about: a test", "about: &a test", "anchors"),
    ]

    def test_each_mistake_is_one_line_with_a_position(self):
        for old, new, told in self.CASES:
            with self.subTest(new=new):
                text = GOOD.replace(old, new, 1)
                self.assertNotEqual(text, GOOD)
                stderr = self.mistake(told, "run", self.write("bad.yaml", text))
                self.assertRegex(stderr, POSITION)

    def test_payloads_of_later_versions(self):
        for key, value in (("dtb", "generated"), ("flash", "[f.bin]"), ("disk", "d.img")):
            text = f"about: x\nplatform: bench\npayload: {{image: x, {key}: {value}}}\nexpect: {{findings: []}}\n"
            self.mistake("not in this version", "run", self.write("bad.yaml", text))

    def test_the_image_must_fit_the_platform(self):
        self.mistake("outside memory", "run", self.write("bad.yaml", GOOD.replace("corstone1000-nc", "bench")))

    def test_a_scenario_with_steps_needs_a_script_page(self):
        with open(os.path.join(ROOT, "platforms", "corstone1000-nc.yaml"), encoding="utf-8") as file:
            text = file.read()
        board = self.write("board.yaml", text.replace("script: 0x1A300000\n", ""))
        self.mistake("no script page", "run", "--platform", board, scenario("variables-nc.per-range"))

    def test_files_that_are_no_scenarios(self):
        self.mistake("empty", "run", self.write("bad.yaml", ""))
        self.mistake("no text", "run", self.write("bad.yaml", bytes(range(256))))
        self.mistake("too large", "run", self.write("bad.yaml", b"#" * (1 << 21)))
        os.symlink("/nonexistent", os.path.join(self.folder, "dangling.yaml"))
        self.expect(2, "run", os.path.join(self.folder, "dangling.yaml"))

    def test_a_bad_scenario_does_not_keep_the_others_from_running(self):
        bad = self.write("bad.yaml", "about: [")
        good = self.write("good.yaml", GOOD)
        stdout, stderr = self.expect(2, "run", bad, good)
        self.assertIn("pass  good", stdout)
        self.assertEqual(stderr.count("\n"), 1)


class cli_bad_platform(cli):
    def setUp(self):
        super().setUp()
        with open(os.path.join(ROOT, "platforms", "corstone1000-nc.yaml"), encoding="utf-8") as file:
            self.good = file.read()

    def test_mistakes_have_a_position(self):
        for old, new, told in (("cores: 1", "cores: 2", "2 cores are not in this version, expected 1"),
                               ("profile: hafnium", "profile: op-tee", "'op-tee' is not in this version"),
                               ("smm-gateway", "standalone-mm", "'standalone-mm' is not in this version"),
                               ("entry-caches: empty", "entry-caches: unknown", "'unknown' is not in this version"),
                               ("entry-caches: empty", "entry-caches: empty\ndma-coherent: maybe",
                                "expected true or false"),
                               ("line: 64", "line: 48", "expected a power of two"),
                               ("ways: 16", "ways: 17", "expected a number of sets"),
                               ("pa: 0x81FFF000", "pa: 0x1FFF000", "outside memory"),
                               ("mapping: normal-nc", "mapping: warm", "expected normal-nc, device"),
                               ("script: 0x1A300000", "script: 0x80000000", "lies in memory")):
            text = self.good.replace(old, new)
            self.assertNotEqual(text, self.good)
            path = self.write("board.yaml", text)
            stderr = self.mistake(told, "run", "--platform", path, scenario("variables-nc.per-range"))
            self.assertRegex(stderr, POSITION)

    def test_settings_name_themselves(self):
        stderr = self.mistake("expected drops or cleans", "run", "--set", "cache.invalidate=melts",
                              scenario("variables-nc.per-range"))
        self.assertTrue(stderr.startswith("--set cache.invalidate=melts: "), stderr)
        self.mistake("expected KEY=VALUE", "run", "--set", "cache", scenario("variables-nc.per-range"))


class elf_file:
    """An ELF file whose headers can be changed field by field."""
    HEADER = {"machine": (18, "<H"), "type": (16, "<H"), "entry": (24, "<Q"), "phoff": (32, "<Q"),
              "phentsize": (54, "<H"), "phnum": (56, "<H")}
    SEGMENT = {"type": (0, "<I"), "offset": (8, "<Q"), "vaddr": (16, "<Q"), "paddr": (24, "<Q"), "filesz": (32, "<Q"),
               "memsz": (40, "<Q")}

    def __init__(self, path):
        with open(path, "rb") as file:
            self.bytes = bytearray(file.read())
        self.phoff = struct.unpack_from("<Q", self.bytes, 32)[0]

    def header(self, name, value):
        struct.pack_into(self.HEADER[name][1], self.bytes, self.HEADER[name][0], value)
        return self

    def segment(self, index, name, value):
        struct.pack_into(self.SEGMENT[name][1], self.bytes, self.phoff + 56 * index + self.SEGMENT[name][0], value)
        return self

    def byte(self, offset, value):
        self.bytes[offset] = value
        return self


class cli_bad_elf(cli):
    def refused(self, data, told):
        path = self.write("bad.elf", bytes(data))
        stderr = self.mistake(told, "run", "--firmware", path, scenario("variables-nc.per-range"))
        self.assertTrue(stderr.startswith(path + ": "), stderr)

    def good(self):
        return elf_file(firmware("per-range"))

    def test_headers(self):
        self.refused(b"", "empty")
        self.refused(b"MZ", "no ELF magic")
        self.refused(self.good().byte(4, 1).bytes, "ELF class 1, expected 2")
        self.refused(self.good().byte(5, 2).bytes, "ELF data encoding 2, expected 1")
        self.refused(self.good().byte(6, 9).bytes, "ELF version 9")
        self.refused(self.good().header("machine", 62).bytes, "ELF machine 62, expected 183")
        self.refused(self.good().header("type", 1).bytes, "ELF type 1, expected 2 or 3")
        self.refused(self.good().header("phnum", 0).bytes, "no program headers")
        self.refused(self.good().header("phnum", 60000).bytes, "program headers are truncated")
        self.refused(self.good().header("phentsize", 32).bytes, "program headers of 32 bytes")
        self.refused(self.good().header("phoff", 1 << 60).bytes, "program headers are truncated")

    def test_segments(self):
        self.refused(self.good().segment(0, "paddr", 0x1000).bytes, "are outside memory")
        self.refused(self.good().segment(0, "paddr", 0xFFFFF000).bytes, "are outside memory")
        self.refused(self.good().segment(0, "paddr", (1 << 64) - 4096).bytes, "are outside memory")
        self.refused(self.good().segment(0, "memsz", 1 << 62).bytes, "are outside memory")
        self.refused(self.good().segment(0, "offset", 1 << 40).bytes, "expected them inside the file")
        self.refused(self.good().segment(0, "filesz", 1 << 40).bytes, "expected them inside the file")
        self.refused(self.good().segment(0, "memsz", 16).bytes, "expected no fewer in memory")
        self.refused(self.good().segment(1, "paddr", 0x80000000).segment(1, "memsz", 0x1000)
                     .segment(1, "filesz", 0).bytes, "overlap")
        self.refused(self.good().header("entry", 0x90000000).bytes, "entry 0x90000000, expected")
        self.refused(self.good().header("entry", 0x80000002).bytes, "entry 0x80000002, expected")
        every = self.good()
        for index in range(struct.unpack_from("<H", every.bytes, 56)[0]):
            every.segment(index, "type", 0)
        self.refused(every.bytes, "nothing to load")

    def test_truncated_anywhere(self):
        data = self.good().bytes
        segments = [struct.unpack_from("<QQQQ", data, 64 + 56 * i + 8)  # p_offset, p_vaddr, p_paddr, p_filesz
                    for i in range(struct.unpack_from("<H", data, 56)[0])]
        end = max(segment[0] + segment[3] for segment in segments)
        generator = random.Random(SEED)
        for size in [1, 3, 4, 15, 16, 63, 64, 65, 119, 120] + [generator.randrange(end) for _ in range(20)]:
            self.refused(data[:size], "expected")

    def test_missing_and_odd_files(self):
        self.mistake("no such file", "run", "--firmware", "./none.elf", scenario("variables-nc.per-range"))
        os.mkdir(os.path.join(self.folder, "folder.elf"))
        self.mistake("not a regular file", "run", "--firmware", os.path.join(self.folder, "folder.elf"),
                     scenario("variables-nc.per-range"))
        raw = self.write("raw.bin", b"\0" * 64)
        self.mistake("outside memory", "boot", "--platform", "bench", "--load", "0x1000", raw)
        self.mistake("entry 0x1000", "boot", "--platform", "bench", "--entry", "0x1000", raw)
        self.mistake("load address for an ELF file", "boot", "--platform", "bench", "--load", "0x40000000",
                     firmware("hello"))
        self.mistake("with symbols", "boot", "--platform", "bench", "--symbols", raw, firmware("hello"))


class cli_random(cli):
    """Random bytes and mutations in quantity: a refusal in one line or an ordinary run, never an internal error."""

    def survives(self, data, name, *arguments):
        path = self.write(name, bytes(data))
        result = self.call(*arguments, path, timeout=60)
        self.assertIn(result.returncode, RUNS_OUT, f"seed {SEED}: {result.stderr[-2000:]}")
        if result.returncode == 2:
            self.assertEqual(result.stderr.count(b"\n"), 1, result.stderr)
        return result.returncode

    def mutate(self, generator, data, changes):
        data = bytearray(data)
        for _ in range(generator.randint(1, changes)):
            data[generator.randrange(len(data))] = generator.randrange(256)
        return data

    def test_scenarios(self):
        generator = random.Random(SEED)
        with open(scenario("variables-nc.per-range"), "rb") as file:
            good = file.read()
        statuses = [self.survives(generator.randbytes(generator.randrange(1, 500)), "r.yaml", "run")
                    for _ in range(50)]
        self.assertEqual(set(statuses), {2})
        for _ in range(100):
            self.survives(self.mutate(generator, good, 3), "m.yaml", "run")

    def test_platforms(self):
        generator = random.Random(SEED + 1)
        with open(os.path.join(ROOT, "platforms", "bench.yaml"), "rb") as file:
            good = file.read()
        arguments = ["boot", "--max-instructions", "20000", firmware("hello"), "--platform"]
        for _ in range(50):
            self.assertEqual(self.survives(generator.randbytes(generator.randrange(1, 500)), "r.yaml", *arguments), 2)
        for _ in range(100):
            self.survives(self.mutate(generator, good, 3), "m.yaml", *arguments)

    def test_images(self):
        generator = random.Random(SEED + 2)
        with open(firmware("hello"), "rb") as file:
            good = file.read()
        arguments = ["boot", "--platform", "bench", "--max-instructions", "20000"]
        for _ in range(100):
            self.survives(generator.randbytes(4 * generator.randrange(1, 500)), "r.bin", *arguments)
        for _ in range(100):
            self.survives(b"\x7fELF" + generator.randbytes(generator.randrange(1, 500)), "r.elf", *arguments)
        for _ in range(150):  # headers alone, then anywhere: code, symbols, DWARF
            head = self.mutate(generator, good[:400], 4)
            self.survives(bytes(head) + good[400:], "m.elf", *arguments)
            self.survives(self.mutate(generator, good, 200), "m.elf", *arguments)


class cli_prove(cli):
    """What prove finds and a deterministic cache hides, and what the report says of it."""

    def test_the_pairs_that_only_prove_can_tell_apart(self):
        for name in HIDDEN:
            with self.subTest(name=name):
                stdout, _ = self.expect(0, "run", scenario("prove." + name))
                self.assertIn("a deterministic cache hides this: run --mode replay finds no error", stdout)
                self.assertNotIn("did not notice", stdout.split("\n    error:")[1])
                self.expect(0, "run", "--mode", "replay", scenario("prove." + name))
        for name in ("per-range", "per-range-civac", "neighbour-clean", "non-cacheable", "missing-dsb-after"):
            with self.subTest(name=name):
                for finding in self.findings(0, "run", scenario("prove." + name)):
                    self.assertNotEqual(finding["severity"], "error")

    def test_a_deterministic_cache_may_show_it_too(self):
        stdout, _ = self.expect(0, "run", scenario("variables-nc.clean-only"))
        self.assertIn("a deterministic cache shows an error too (run --mode replay)", stdout)

    def test_the_first_error_is_told_in_full_and_first(self):
        stdout, _ = self.expect(0, "run", scenario("prove.civac-only"))
        lines = stdout.split("\n")
        self.assertTrue(lines[1].startswith("    error: stale-read buffer read by pe0 in memcpy"), lines[1])
        labels = [line.split()[0] for line in lines[2:14]]
        for label in ("what", "where", "reader", "golden", "observed", "moves", "copies", "contract", "repair", "replay",
                      "token"):
            self.assertIn(label, labels)
        text = " ".join(lines[2:14])
        for part in ("firmware/common/memory.c:", "written by partition at instruction", "written by pe0 at instruction",
                     "the cache fills the line speculatively", "l1d0 clean stale, dram fresh",
                     "after the SMC and before the first read of it in memcpy", "ffa-cosim replay 'v1:"):
            self.assertIn(part, text)

    def test_every_kind_of_rule_has_its_own_words(self):
        for name, told in (("missing-dsb", "Issue DSB SY after DC CIVAC in flush_dcache_range_without_dsb"),
                           ("neighbour-dirty", "align the buffer and pad it to whole lines"),
                           ("dirty-room", "Clean and invalidate every line that the store in memset"),
                           ("civac-only", "an invalidate before the SMC does not replace it")):
            self.assertIn(told, self.expect(0, "run", scenario("prove." + name))[0])
        self.assertIn("Let the secure side issue DSB SY", self.expect(0, "run", scenario("secure-side.undrained"))[0])
        self.assertIn("it must maintain its copies itself", self.expect(0, "run", scenario("secure-side.alias-bare"))[0])

    def test_every_error_about_bytes_has_been_replayed(self):
        path = os.path.join(self.folder, "out.json")
        self.expect(0, "run", "--json", path, "scenarios", timeout=500)
        with open(path, encoding="utf-8") as file:
            results = json.load(file)
        errors = [f for r in results for f in r["findings"] if f["severity"] == "error" and f["rule"] in RULES]
        self.assertGreater(len(errors), 50)
        for finding in errors:
            self.assertRegex(finding["token"], TOKEN)
            self.assertNotIn("not replayed", finding["replay"])

    def test_jobs_do_not_change_what_is_said(self):
        names = [scenario("prove." + name) for name in HIDDEN]
        one = self.expect(0, "run", "--jobs", "1", *names)[0]
        self.assertEqual(one, self.expect(0, "run", "--jobs", "3", *names)[0])


class cli_replay(cli):
    """`replay TOKEN`: the damage once more, and refusals of what is no token of this run."""

    def setUp(self):
        super().setUp()
        self.good = self.token("prove.civac-only")

    def test_a_token_shows_the_damage(self):
        for name in ["prove." + name for name in HIDDEN] + ["variables-nc.set-way", "secure-side.alias-bare"]:
            with self.subTest(name=name):
                stdout, stderr = self.expect(1, "replay", self.token(name))
                self.assertTrue(stdout.startswith(f"shown  {name}  ("), stdout)
                self.assertEqual(stderr, "")
                self.assertNotIn("the program did not notice", stdout)

    def test_the_report_is_that_of_a_finding(self):
        stdout, _ = self.expect(1, "replay", self.good)
        for part in ("1 of 1 moves were made, and step 1, boot, returned EFI_DEVICE_ERROR instead of EFI_SUCCESS",
                     "stale-read buffer read by pe0 in memcpy", "the cache fills the line speculatively",
                     "copies    l1d0 clean stale, dram fresh", "contract", "repair"):
            self.assertIn(part, stdout)

    def test_twice_is_the_same(self):
        self.assertEqual(self.expect(1, "replay", self.good), self.expect(1, "replay", self.good))

    def test_a_token_without_moves_is_the_golden_run(self):
        head = self.good[:self.good.index("partition@")]
        stdout, _ = self.expect(0, "replay", head + "pe0@0.read")
        self.assertIn("no moves: the run is as on golden memory", stdout)

    def test_moves_that_do_no_harm_or_cannot_be_made(self):
        head = self.good[:self.good.index("partition@")]
        stdout, _ = self.expect(3, "replay", head + "fetch0@0.drop.ns.0x80000000;pe0@5.read")
        self.assertIn("all 1 moves were made and nothing was stale, expected the damage", stdout)
        stdout, _ = self.expect(3, "replay", head + "pe0@999999999.fill.ns.0x81fff020;pe0@5.read")
        self.assertIn("move 1 of 1 was not made: the run has no access there", stdout)
        stdout, _ = self.expect(3, "replay", head + "partition@2.writeback.ns.0x81fff020;pe0@5.read")
        self.assertIn("move 1 of 1 was not made: the caches were in no state that allows it", stdout)
        self.mistake("move 1 is at 0x1000, expected an address in memory", "replay",
                     head + "pe0@0.fill.ns.0x1000;pe0@5.read")

    def test_malformed_tokens_tell_the_column(self):
        self.mistake("no token", "replay")
        for text, column, expected in (("", 1, "v1:"), ("v2:a", 2, "v1:"), ("v1::b", 4, "the name of a scenario"),
                                       ("v1:a:b:xyz", 8, "16 hexadecimal digits"),
                                       (self.good + ".", len(self.good) + 1, "the end of the token"),
                                       (self.good.replace("fill", "flip"), self.good.index("fill") + 1, "fill, drop"),
                                       (self.good.replace(".ns.", ".nx."), self.good.index(".ns.") + 2, "ns or s"),
                                       (self.good[:-5], len(self.good) - 4, "")):
            with self.subTest(text=text):
                stderr = self.mistake(expected, "replay", text)
                self.assertIn(f"token:{column}: ", stderr)

    def test_random_changes_of_a_token_are_refused_or_run(self):
        generator = random.Random(SEED)
        for _ in range(60):
            text = list(self.good)
            for _ in range(generator.randint(1, 2)):
                text[generator.randrange(len(text))] = chr(generator.randrange(33, 127))
            result = self.call("replay", "".join(text))
            self.assertIn(result.returncode, (1, 2, 3), f"seed {SEED}: {''.join(text)} {result.stderr[-2000:]}")

    def test_another_run_is_refused(self):
        for arguments in (["--firmware", "per-range"], ["--set", "cache.invalidate=cleans"],
                          ["--scenario", scenario("prove.per-range")]):
            stderr = self.mistake("expected", "replay", *arguments, self.good)
            self.assertRegex(stderr, "image, platform, scenario or input differ|made of scenario prove.civac-only")
        self.mistake("expected --platform corstone1000-nc", "replay", "--platform", "corstone1000-wb", self.good)
        changed = self.good.replace(self.good.split(":")[3], "0123456789abcdef")
        self.assertIn("expected 0123456789abcdef", self.mistake("image, platform", "replay", changed))
        self.mistake("unknown scenario", "replay", self.good.replace("prove.civac-only", "prove.no-such"))
        self.mistake("one argument too many", "replay", self.good, "more")
        self.mistake("unknown firmware", "replay", "--firmware", "none-such", self.good)
        self.expect(2, "replay", "--colour", self.good)

    def test_what_was_overridden_must_be_repeated(self):
        path = self.write("mine.yaml", GOOD)
        overrides = ["--firmware", "civac-only", "--platform", "corstone1000-nc-cleans", "--set", "entry-el=1"]
        token = [f["token"] for f in self.findings(1, "run", *overrides, path) if f["token"] is not None][0]
        self.mistake("unknown scenario", "replay", *overrides, token)
        self.expect(1, "replay", *overrides, "--scenario", path, token)
        self.mistake("differ", "replay", *overrides[:4], "--scenario", path, token)
        self.mistake("expected --platform corstone1000-nc-cleans", "replay", *overrides[:2], *overrides[4:], "--scenario",
                     path, token)
        os.mkdir(os.path.join(self.folder, "scenarios"))
        shutil.copy(path, os.path.join(self.folder, "scenarios"))
        self.expect(1, "replay", *overrides, token, env={"FFA_COSIM_DATA": self.folder})

    def test_the_printed_command_line_works_in_a_shell(self):
        path = self.write("it's mine.yaml", GOOD.replace("per-range", "civac-only"))
        name = os.path.join(self.folder, "two words.yaml")
        shutil.copy(path, name)
        stdout, _ = self.expect(1, "run", path)
        self.assertIn("does not fit a token", stdout)
        plain = self.write("deeper.yaml", GOOD.replace("per-range", "civac-only"))
        stdout, _ = self.expect(1, "run", plain)
        line = re.search(r"(?m)^      token     ffa-cosim (.*)$", stdout).group(1)
        result = subprocess.run(["sh", "-c", f"'{PROGRAM}' {line}"], cwd=ROOT, capture_output=True, timeout=60)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn(b"shown  deeper", result.stdout)


class cli_boot(cli):
    def test_prove_is_the_default_and_tells_after_the_console(self):
        raw = self.write("loser.bin", LOSER)
        stdout, stderr = self.expect(1, "boot", "--platform", "bench", raw)
        self.assertEqual(stdout, "")
        for part in ("lost-write unknown by DC IVAC", "the program did not end", "-- --platform bench"):
            self.assertIn(part, stderr)
        self.expect(1, "boot", "--mode", "prove", "--platform", "bench", raw)
        self.expect(4, "boot", "--mode", "replay", "--platform", "bench", "--max-instructions", "1000", raw)
        self.expect(0, "boot", "--mode", "golden", "--platform", "bench", raw)

    def test_a_token_of_a_boot_run_is_replayed_with_its_options(self):
        raw = self.write("loser.bin", LOSER)
        options = ["--platform", "bench", "--load", "0x40000000", "--payload", raw]
        token = self.findings(1, "boot", *options)[0]["token"]
        self.assertTrue(token.startswith("v1:boot:bench:"), token)
        _, stderr = self.expect(1, "replay", token, "--", *options)
        self.assertIn("shown  boot", stderr)
        self.assertIn("the program did not end", stderr)
        self.expect(1, "replay", token, "--", "--platform", "bench", raw)
        self.mistake("expected its options once more", "replay", token)
        self.mistake("no platform", "replay", token, "--", raw)
        self.mistake("nothing to run", "replay", token, "--", "--platform", "bench")
        self.mistake("the options of boot must be repeated", "replay", token, "--", *options, "--el", "1")
        self.mistake("the options of boot must be repeated", "replay", token, "--", "--platform", "bench",
                     firmware("hello"))
        self.mistake("--json", "replay", token, "--", "--json", "x", *options)
        self.mistake("--mode", "replay", token, "--", "--mode", "prove", *options)
        self.mistake("--firmware", "replay", "--firmware", "per-range", token, "--", *options)
        self.mistake("--scenario", "replay", "--scenario", "x", token, "--", *options)

    def test_console_and_input_are_part_of_a_boot_token(self):
        raw = self.write("loser.bin", LOSER)
        options = ["--platform", "bench", "--until", "x\ty z", raw]
        _, stderr = self.expect(1, "boot", *options)
        line = re.search(r"(?m)^      token     ffa-cosim (.*)$", stderr).group(1)
        result = subprocess.run(["sh", "-c", f"'{PROGRAM}' {line}"], cwd=ROOT, capture_output=True, timeout=60)
        self.assertEqual(result.returncode, 1, result.stderr)

    def test_hello(self):
        stdout, stderr = self.expect(0, "boot", "--platform", "bench", "--payload", firmware("hello"))
        self.assertEqual((stdout, stderr), ("hello from EL2\n", ""))
        self.assertEqual(self.expect(0, "boot", "--platform", "bench", "--el", "1", firmware("hello"))[0],
                         "hello from EL1\n")
        for mode in ("golden", "prove", "replay"):
            self.assertEqual(self.expect(0, "boot", "--platform", "bench", "--mode", mode, firmware("hello"))[0],
                             "hello from EL2\n")

    def test_until_and_limits(self):
        stdout, _ = self.expect(0, "boot", "--platform", "bench", "--until", "hello", firmware("hello"))
        self.assertEqual(stdout, "hello")
        _, stderr = self.expect(4, "boot", "--platform", "bench", "--max-instructions", "10", firmware("hello"))
        self.assertIn("limit: 10 instructions", stderr)

    def test_json_and_events(self):
        json_path = os.path.join(self.folder, "j")
        events_path = os.path.join(self.folder, "e")
        self.expect(0, "boot", "--platform", "bench", "--json", json_path, "--events", events_path, firmware("hello"))
        with open(json_path, encoding="utf-8") as file:
            self.assertEqual(list(json.load(file)[0]), SCENARIO_KEYS)
        with open(events_path, encoding="utf-8") as file:
            self.assertIn("console.byte", file.read())

    def test_raw_image(self):
        # movz x0, #8; movk x0, #0x8400, lsl #16; smc #0: PSCI SYSTEM_OFF
        raw = self.write("off.bin", struct.pack("<3I", 0xD2800100, 0xF2B08000, 0xD4000003))
        self.expect(0, "boot", "--platform", "bench", raw)
        self.expect(0, "boot", "--platform", "bench", "--load", "0x50000000", raw)
        # The same instruction stream, entered behind its first instruction, is no power off.
        self.assertEqual(self.call("boot", "--platform", "bench", "--entry", "0x40000004", "--max-instructions", "1000",
                                   raw).returncode, 4)

    def test_payload_scenario(self):
        shutil.copy(firmware("hello"), os.path.join(self.folder, "hello.elf"))
        text = ("about: x\nplatform: bench\npayload: {image: hello.elf, dtb: none, flash: [], disk: none, "
                "symbols: none}\nconsole:\n  - {expect: \"hello\"}\nstop: {after: \"EL2\"}\nexpect: {findings: []}\n")
        self.expect(0, "run", self.write("p.yaml", text))
        stdout, _ = self.expect(1, "run", self.write("p.yaml", text.replace("EL2", "EL3")))
        self.assertIn("console: the guest ended before it printed 'EL3'", stdout)
        within = text.replace('"hello"}', '"never", within_instructions: 5}')
        self.assertIn("the expected text did not come: 'never'", self.expect(4, "run", self.write("p.yaml", within))[0])


class cli_guests(cli):
    """Whatever a guest does, the run ends with status 4 and says where the guest was."""

    def limited(self, name, platform, *told, instructions="300000"):
        for mode in ("golden", "prove", "replay"):
            _, stderr = self.expect(4, "boot", "--platform", platform, "--mode", mode, "--max-instructions",
                                    instructions, firmware(os.path.join("guests", name)))
            self.assertIn("the guest was at 0x", stderr)
            for text in told:
                self.assertIn(text, stderr)

    def test_loop(self):
        self.limited("loop", "bench", "limit: 300000 instructions", "loop.S")

    def test_fault(self):
        self.limited("fault", "bench", "the same exception over and over")
        self.limited("fault_handled", "bench", "the same exception over and over", "fault_handled.S")

    def test_jump_nowhere(self):
        self.limited("jump_nowhere", "bench", "the same exception over and over")

    def test_smc_hammer(self):
        self.limited("smc_hammer", "bench", "limit:")
        self.limited("smc_hammer_corstone1000", "corstone1000-nc", "limit:")


class cli_interrupt(cli):
    def test_ctrl_c_reports_what_is_known(self):
        process = subprocess.Popen([PROGRAM, "boot", "--platform", "bench", "--json", self.folder + "/j",
                                    firmware("guests/loop")], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, cwd=ROOT)
        time.sleep(1.0)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, stderr)
        self.assertIn(b"interrupted after", stderr)
        with open(self.folder + "/j", encoding="utf-8") as file:
            self.assertEqual(json.load(file)[0]["end"], "interrupted")

    def test_a_terminal_interrupts_the_whole_group(self):
        endless = ("about: x\nplatform: bench\npayload: {image: loop.elf}\nstop: {instructions: 100000000000}\n"
                   "expect: {findings: []}\n")
        shutil.copy(firmware("guests/loop"), os.path.join(self.folder, "loop.elf"))
        for name in ("a", "b", "c"):
            self.write(name + ".yaml", endless)
        process = subprocess.Popen([PROGRAM, "run", "--jobs", "2", self.folder], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, start_new_session=True)
        time.sleep(1.0)
        os.killpg(process.pid, signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertIn(b"1 of 3 scenarios were not run", stderr)
        self.assertEqual(stdout.count(b"interrupted after"), 2)


class cli_promote(cli):
    def test_promote_then_run_then_differ(self):
        path = self.write("p.good.yaml", GOOD)
        expected = os.path.join(self.folder, "p.good.expected")
        stdout, _ = self.expect(0, "promote", path)
        self.assertIn("were 0", stdout)
        with open(expected, encoding="ascii") as file:
            promoted = file.read()
        self.expect(0, "run", path)
        self.assertIn("unchanged", self.expect(0, "promote", path)[0])
        lines = promoted.splitlines(keepends=True)
        with open(expected, "w", encoding="ascii") as file:
            file.write("".join(lines[:10] + ["something else\n"] + lines[11:]))
        stdout, _ = self.expect(1, "run", path)
        self.assertIn("events: line 11 is", stdout)
        self.assertIn("ffa-cosim promote", stdout)
        stdout, _ = self.expect(0, "promote", path)
        self.assertIn("-something else", stdout)
        self.assertIn("+" + lines[10], stdout)
        with open(expected, encoding="ascii") as file:
            self.assertEqual(file.read(), promoted)

    def test_the_event_text_is_that_of_a_prove_run_alone(self):
        path = self.write("p.good.yaml", GOOD)
        self.expect(0, "promote", path)
        with open(os.path.join(self.folder, "p.good.expected"), encoding="ascii") as file:
            self.assertNotIn("cache.fill", file.read())
        self.expect(0, "run", "--mode", "replay", path)

    def test_what_fails_for_another_reason_is_not_promoted(self):
        path = self.write("p.bad.yaml", GOOD.replace('expect: "bar"', 'expect: "other"'))
        self.expect(1, "promote", path)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "p.bad.expected")))


class cli_install(cli):
    def test_an_installed_program_finds_its_data(self):
        subprocess.run(["cmake", "--install", BUILD, "--prefix", self.folder], check=True, capture_output=True)
        share = os.path.join(self.folder, "share", "ffa-cosim")
        for path in ("platforms/bench.yaml", "scenarios/variables-nc.per-range.yaml", "firmware/per-range.elf"):
            self.assertTrue(os.path.exists(os.path.join(share, path)), path)
        result = subprocess.run([os.path.join(self.folder, "bin", "ffa-cosim"), "run", "variables-nc.per-range"],
                                cwd="/", capture_output=True, timeout=60)
        self.assertEqual(result.returncode, 0, result.stderr)


class cli_twice(cli):
    def test_two_runs_give_the_same_bytes(self):
        outputs = []
        for jobs in ("1", "3"):
            names = [os.path.join(self.folder, kind + jobs) for kind in ("json", "events", "junit")]
            stdout, _ = self.expect(0, "run", "--jobs", jobs, "--json", names[0], "--events", names[1], "--junit",
                                    names[2], "scenarios", timeout=500)
            files = []
            for name in names:
                with open(name, "rb") as file:
                    files.append(file.read())
            self.assertGreater(len(files[1]), 100000)
            outputs.append([stdout] + files)
        self.assertEqual(outputs[0], outputs[1])


def main():
    global PROGRAM, BUILD
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--build", required=True)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    PROGRAM = os.path.abspath(options.program)
    BUILD = os.path.abspath(options.build)
    unittest.main(argv=[sys.argv[0], *options.names], verbosity=1)


if __name__ == "__main__":
    main()
