#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Prove on the command line: what it finds and says, the tokens of its findings, and `replay`.

Run by ctest as `cli.*`; by hand: cli_prove_test.py --program PATH --build DIR [CLASS...].
"""
import json
import os
import random
import re
import shutil
import struct

import cli_base
from cli_base import GOOD, ROOT, RULES, SEED, TOKEN, cli, firmware, scenario

# Each is right by the platform's own caches and wrong by those of another that the architecture allows.
HIDDEN = ["alias-dirty", "civac-only", "dirty-room", "dirty-tail", "invalidate-early", "missing-dsb", "neighbour-dirty"]

# Turns the MMU on (1 GiB blocks, write-back), stores 0x5a to 0x40002000, DC IVAC, DSB, loads it; powers off if it is
# still 0x5a and loops for ever if not.
LOSER = struct.pack(
    "<30I", 0xD2820000, 0xF2A80000, 0xD280E021, 0xF2A80001, 0xF9000401, 0xD2801FE2, 0xD51CA202, 0xD286A402, 0xF2B01002,
    0xD51C2042, 0xD51C2000, 0xD5033F9F, 0xD5033FDF, 0xD53C1003, 0xB2400063, 0xB27E0063, 0xD51C1003, 0xD5033FDF,
    0xD2840004, 0xF2A80004, 0xD2800B45, 0xF9000085, 0xD5087624, 0xD5033F9F, 0xF9400086, 0xEB0500DF, 0x54000001,
    0xD2800100, 0xF2B08000, 0xD4000003)


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
        for label in ("what", "where", "reader", "golden", "observed", "moves", "copies", "contract", "repair",
                      "replay", "token"):
            self.assertIn(label, labels)
        text = " ".join(lines[2:14])
        for part in ("firmware/common/memory.c:", "written by partition at instruction",
                     "written by pe0 at instruction", "the cache fills the line speculatively",
                     "l1d0 clean stale, dram fresh",
                     "after the SMC and before the first read of it in memcpy", "ffa-cosim replay 'v1:"):
            self.assertIn(part, text)

    def test_every_kind_of_rule_has_its_own_words(self):
        for name, told in (("missing-dsb", "Issue DSB SY after DC CIVAC in flush_dcache_range_without_dsb"),
                           ("neighbour-dirty", "align the buffer and pad it to whole lines"),
                           ("dirty-room", "Clean and invalidate every line that the store in memset"),
                           ("civac-only", "an invalidate before the SMC does not replace it")):
            self.assertIn(told, self.expect(0, "run", scenario("prove." + name))[0])
        self.assertIn("Let the secure side issue DSB SY", self.expect(0, "run", scenario("secure-side.undrained"))[0])
        self.assertIn("it must maintain its copies itself",
                      self.expect(0, "run", scenario("secure-side.alias-bare"))[0])

    def test_every_error_about_bytes_has_been_replayed(self):
        path = os.path.join(self.folder, "out.json")
        self.expect(0, "run", "--json", path, cli_base.ALL_SCENARIOS, timeout=500)
        with open(path, encoding="utf-8") as file:
            results = json.load(file)
        errors = [f for r in results for f in r["findings"] if f["severity"] == "error" and f["rule"] in RULES]
        self.assertGreater(len(errors), 50)
        for finding in errors:
            if finding["token"] is None:  # no cache of a replay holds copies of instructions and of translations
                self.assertRegex(finding["agent"], "^(fetch|walker)0$")
                self.assertIn("not replayed", finding["replay"])
            else:
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
        self.mistake("expected --platform corstone1000-nc-cleans", "replay", *overrides[:2], *overrides[4:],
                     "--scenario", path, token)
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
        result = self.shell(line)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn(b"shown  deeper", result.stdout)


class cli_boot_prove(cli):
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
        result = self.shell(line)
        self.assertEqual(result.returncode, 1, result.stderr)


if __name__ == "__main__":
    cli_base.main(__name__)
