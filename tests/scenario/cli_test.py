#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The contract of the command line: exit statuses, one line per mistake, reports, bad input, hostile guests.

Run by ctest as `cli.*`; by hand: cli_test.py --program PATH --build DIR [CLASS...]. All chance comes from SEED, which
failures print.
"""
import glob
import json
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import time
import xml.etree.ElementTree

import cli_base
from cli_base import GOOD, ROOT, RULES, SEED, TOKEN, cli, firmware, scenario

POSITION = re.compile(r"^[^\n]*:\d+:\d+: [^\n]*expected[^\n]*\n$")
RUNS_OUT = [0, 1, 2, 4]
FINDING_KEYS = ["rule", "severity", "after", "owner", "agent", "pa", "va", "size", "pc", "function", "file", "line",
                "golden", "observed", "golden_writer", "observed_writer", "by", "moves", "copies", "token", "message",
                "count", "replay"]
SCENARIO_KEYS = ["scenario", "verdict", "mode", "end", "instructions", "events", "findings"]


class cli_help(cli):
    def test_help_and_version(self):
        for arguments in (["--help"], ["run", "--help"], ["list", "--help"], ["boot", "--help"],
                          ["platforms", "--help"], ["promote", "--help"], ["check-trace", "--help"],
                          ["replay", "--help"], ["matrix", "--help"], ["vars", "--help"]):
            stdout, stderr = self.expect(0, *arguments)
            self.assertIn("usage: ffa-cosim", stdout)
            self.assertEqual(stderr, "")
        self.assertRegex(self.expect(0, "--version")[0], r"^ffa-cosim \d+\.\d+\.\d+\n$")

    def test_no_or_unknown_command(self):
        self.assertIn("usage:", self.expect(2)[1])
        self.mistake("unknown command", "walk")

    def test_every_command_is_told(self):
        stdout, _ = self.expect(0, "--help")
        for command in ("run", "list", "matrix", "vars", "replay", "check-trace", "boot", "platforms", "promote"):
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
            self.mistake("no such file", "boot", "--platform", "virt", option, "f", firmware("hello"))

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
        one = self.expect(0, "run", "--jobs", "1", cli_base.ALL_SCENARIOS)[0]
        many = self.expect(0, "run", "--jobs", "4", cli_base.ALL_SCENARIOS)[0]
        self.assertEqual(one, many)
        names = re.findall(r"(?m)^pass  (\S+)", one)
        paths = sorted(glob.glob(os.path.join(ROOT, cli_base.ALL_SCENARIOS, "**", "*.yaml"), recursive=True))
        self.assertEqual(names, [name for name in (os.path.basename(p)[:-5] for p in paths) if name in set(names)])

    def test_data_folder_of_the_environment_comes_first(self):
        os.mkdir(os.path.join(self.folder, "scenarios"))
        self.write("scenarios/mine.flow.yaml", GOOD)
        self.expect(0, "run", "mine.flow", env={"FFA_COSIM_DATA": self.folder})
        self.expect(2, "run", "mine.flow")


class cli_verdict(cli):
    def test_expected_findings_pass_and_others_fail(self):
        stdout, _ = self.expect(0, "run", scenario("variables-nc.set-way"))
        for word in ("lost-write os by invalidate_dcache_all", "stale-read buffer", "golden", "observed", "contract",
                     "repair", "moves", "copies", "token", "replay", "firmware/defects/set_way.c:"):
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
        self.assertIn("DC ISW in invalidate_dcache_all (firmware/defects/set_way.c:", first["message"])
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
        ("  - boot", "  - mem_share", "step 'mem_share' has no operands"),
        ("  - boot", "  - mem_share: {to: [{id: 1}]}", "key 'name' is missing"),
        ("  - boot", "  - mem_share: {to: [{id: 1}], name: a, pages: 17}", "a number from 1 to 16"),
        ("  - boot", "  - mem_share: {to: [{id: 1}], name: a, pages: 1, ranges: []}", "ranges beside pages"),
        ("  - boot", "  - mem_share: {to: [{id: 1}], name: a, ranges: [{page: 15, count: 2}]}",
         "the pool has 16 pages"),
        ("  - boot", "  - mem_share: {to: [{id: 1}], name: a, expect_status: EFI_SUCCESS}",
         "expected FFA_SUCCESS, or a status like FFA_DENIED"),
        ("  - boot", "  - mem_reclaim: {handle: a}", "'a' names no memory sent before"),
        ("  - boot", "  - mem_write: {region: a, value: 1}", "'a' names no memory sent before"),
        ("  - boot", "  - smc: {x1: 2}", "key 'function' is missing"),
        ("  - boot", "  - smc: {function: FFA_TYPO}", "neither a function nor a status"),
        ("  - boot", "  - smc: {function: FFA_RUN, x0: 1}", "'x0' beside function"),
        ("  - boot", "  - smc: {function: FFA_RUN, x18: 1}", "unknown key 'x18'"),
        ("  - boot", "  - smc: {function: FFA_RUN, w1: 0x100000000}", "0x100000000"),
        ("  - boot", "  - smc: {function: FFA_RUN, expect: {y0: 1}}", "'y0' is wrong, expected x0 to x17"),
        ("  - boot", "  - smc: {function: FFA_RUN, expect: {status: 1}}", "expected FFA_SUCCESS, or a status"),
        ("  - boot", "  - smc: {function: FFA_RUN, expect: {w0: {xen: 1}}}", "unknown key 'xen'"),
        ("  - boot", "  - smc: {function: FFA_RUN, profiles: [xen]}", "'xen' is wrong, expected hafnium"),
        ("  - boot", "  - direct_request: {payload: []}", "key 'to' is missing"),
        ("  - boot", "  - direct_request: {to: 1, payload: [1, 2, 3, 4, 5, 6]}", "at most 5 values"),
        ("  - boot", "  - tx_write: {offset: 0}", "no contents, expected bytes, text"),
        ("  - boot", "  - tx_write: {bytes: \"0\"}", "pairs of hexadecimal digits"),
        ("  - boot", "  - tx_write: {offset: 4095, u16: [1]}", "do not fit"),
        ("  - boot", "  - rx_read: {offset: 0}", "key 'expect' is missing"),
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
                               ("profile: hafnium", "profile: trusty",
                                "'trusty' is wrong, expected hafnium, el3-spmc or op-tee"),
                               ("smm-gateway", "tianocore", "'tianocore' is wrong, expected smm-gateway or"),
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


class cli_boot(cli):
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
        process = subprocess.Popen([cli_base.program(), "boot", "--platform", "bench", "--json", self.folder + "/j",
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
        process = subprocess.Popen([cli_base.program(), "run", "--jobs", "2", self.folder], stdin=subprocess.DEVNULL,
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
        subprocess.run(["cmake", "--install", cli_base.build(), "--prefix", self.folder], check=True,
                       capture_output=True)
        share = os.path.join(self.folder, "share", "ffa-cosim")
        for path in ("platforms/bench.yaml", "scenarios/variables-nc.per-range.yaml", "firmware/per-range.elf"):
            self.assertTrue(os.path.exists(os.path.join(share, path)), path)
        result = subprocess.run([os.path.join(self.folder, "bin", "ffa-cosim"), "run", "variables-nc.per-range"],
                                cwd="/", capture_output=True, timeout=60)
        self.assertEqual(result.returncode, 0, result.stderr)


class cli_twice(cli):
    def test_two_runs_give_the_same_bytes(self):
        outputs = []
        few = "FFA_COSIM_FEW_SCENARIOS" in os.environ
        paths = sorted(glob.glob(os.path.join(ROOT, "scenarios", "prove.*.yaml"))) if few else ["scenarios"]
        for jobs in ("1", "3"):
            names = [os.path.join(self.folder, kind + jobs) for kind in ("json", "events", "junit")]
            stdout, _ = self.expect(0, "run", "--jobs", jobs, "--json", names[0], "--events", names[1], "--junit",
                                    names[2], *paths, timeout=500)
            files = []
            for name in names:
                with open(name, "rb") as file:
                    files.append(file.read())
            self.assertGreater(len(files[1]), 100000)
            outputs.append([stdout] + files)
        self.assertEqual(outputs[0], outputs[1])


if __name__ == "__main__":
    cli_base.main(__name__)
