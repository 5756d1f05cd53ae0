#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The 25 one-byte programs as real firmware (scenarios/litmus), on caches of four kinds: the verdict of each is known.
The same programs as traces come to the same verdicts by the same rules. Run by ctest as `cli.litmus*`."""
import json
import os
import random
import re
import sys

from cli_base import ROOT, SEED, cli, main

# What runs: its mode, and the caches that it runs on.
COLUMNS = [
    ("caches that drop what they are told to invalidate", ["--mode", "replay"]),
    ("caches that clean it first", ["--mode", "replay", "--set", "cache.invalidate=cleans"]),
    ("any caches", ["--mode", "prove"]),
    ("any caches, with one that set/way does not reach",
     ["--mode", "prove", "--set", "cache.system.size=2 MiB", "--set", "cache.system.ways=16"]),
]
ANY, ELSEWHERE = 2, 3

# Scenario, what the program is about, its events, the verdict of each column: whose read is stale first. NS reads
# through the caches, S past them.
PROGRAMS = [
    ("request.clean-invalidate", "correct: W CI D / SR SW / IV D R",
     "ns w; ns civac; ns dsb; sp r; sp w; ns ivac; ns dsb; ns r",
     ("ok", "ok", "ok", "ok")),
    ("request.clean", "correct: clean-only before",
     "ns w; ns cvac; ns dsb; sp r; sp w; ns ivac; ns dsb; ns r",
     ("ok", "ok", "ok", "ok")),
    ("request.none", "no clean",
     "ns w; sp r",
     ("S stale", "S stale", "S stale", "S stale")),
    ("request.isw", "mainline U-Boot (ISW)",
     "ns w; ns dsb; ns isw; ns dsb; sp r; sp w; ns r",
     ("S stale", "ok", "S stale", "S stale")),
    ("request.cisw", "same, ISW=CISW",
     "ns w; ns dsb; ns cisw; ns dsb; sp r; sp w; ns r",
     ("ok", "ok", "NS stale", "S stale")),
    ("response.none", "flush before, nothing after",
     "ns w; ns civac; ns dsb; sp r; sp w; ns r",
     ("ok", "ok", "NS stale", "NS stale")),
    ("response.dirty-ivac", "only IV after, dirty left",
     "ns w; sp w; ns ivac; ns dsb; ns r",
     ("ok", "NS stale", "NS stale", "NS stale")),
    ("response.dirty-civac", "CI after, dirty left",
     "ns w; sp w; ns civac; ns dsb; ns r",
     ("NS stale", "NS stale", "NS stale", "NS stale")),
    ("response.ivac-before", "IV before only",
     "ns w; ns ivac; ns dsb; sp w; ns r",
     ("ok", "ok", "NS stale", "NS stale")),
    ("response.ivac-around", "IV before + after (dead buffer)",
     "ns w; ns ivac; ns dsb; sp w; ns ivac; ns dsb; ns r",
     ("ok", "ok", "ok", "ok")),
    ("neighbour.ivac", "neighbour dirtied during ownership",
     "ns w; ns civac; ns dsb; ns wn; sp w; ns ivac; ns dsb; ns r",
     ("ok", "NS stale", "NS stale", "NS stale")),
    ("neighbour.lost", "neighbour's byte under IV",
     "ns w; ns civac; ns dsb; ns wn; ns ivac; ns dsb; ns rn",
     ("NS stale", "ok", "NS stale", "NS stale")),
    ("neighbour.civac", "edge CI, neighbour dirty",
     "ns w; ns civac; ns dsb; ns wn; sp w; ns civac; ns dsb; ns r",
     ("NS stale", "NS stale", "NS stale", "NS stale")),
    ("request.missing-dsb", "missing DSB",
     "ns w; ns civac; sp r",
     ("ok", "ok", "S stale", "S stale")),
    ("response.missing-dsb", "missing DSB after final IV",
     "ns w; ns civac; ns dsb; sp r; sp w; ns ivac; ns r",
     ("ok", "ok", "ok", "ok")),
    ("request.write-after", "write after clean",
     "ns w; ns civac; ns dsb; ns w; sp r",
     ("S stale", "S stale", "S stale", "S stale")),
    ("request.tail", "tail outside range",
     "ns w; sp r",
     ("S stale", "S stale", "S stale", "S stale")),
    ("alias.dirty", "dirty WB alias then NC write",
     "ns w; ns wnc; ns rnc",
     ("ok", "ok", "NS stale", "NS stale")),
    ("sweep.isw", "OS dirty line vs inv-all",
     "ns w; ns dsb; ns isw; ns dsb; ns r",
     ("NS stale", "ok", "NS stale", "NS stale")),
    ("sweep.cisw", "OS dirty line vs clean+inv-all",
     "ns w; ns dsb; ns cisw; ns dsb; ns r",
     ("ok", "ok", "ok", "ok")),
    ("request.ivac", "IVAC (range) before SMC",
     "ns w; ns ivac; ns dsb; sp r",
     ("S stale", "ok", "S stale", "S stale")),
    ("response.second-call", "2nd call clear not flushed",
     "ns w; ns civac; ns dsb; sp r; sp w; ns ivac; ns dsb; ns r; ns w; sp w; ns ivac; ns dsb; ns r",
     ("ok", "NS stale", "NS stale", "NS stale")),
    ("response.ivac-early", "IV too early, none after",
     "ns ivac; ns dsb; sp w; ns r",
     ("ok", "ok", "NS stale", "NS stale")),
    ("response.read-during-ivac", "NS read during S ownership, then IV",
     "ns w; ns civac; ns dsb; ns r; sp w; ns ivac; ns dsb; ns r",
     ("ok", "ok", "ok", "ok")),
    ("response.read-during", "NS read during S ownership, no IV",
     "ns w; ns civac; ns dsb; ns r; sp w; ns r",
     ("NS stale", "NS stale", "NS stale", "NS stale")),
]

PREFIX = """agent ns wb
agent sp nc
"""
ADDRESSES = {"w": "w 0x8000 1", "r": "r 0x8000 1", "wn": "w 0x8001 1", "rn": "r 0x8001 1", "wnc": "w.nc 0x8000 1",
             "rnc": "r.nc 0x8000 1", "civac": "civac 0x8000", "cvac": "cvac 0x8000", "ivac": "ivac 0x8000"}

STEP = """about: a test
platform: litmus
firmware: per-range
steps:
  - smc: {function: FFA_VERSION, w1: 0x10002}
  - smc: {function: FFA_RXTX_MAP_64, x1: tx, x2: rx, w3: 1}
  - mem_share: {name: line, to: [{id: 0x8002}]}
  - direct_request: {to: 0x8002, payload: [1, {handle: line}, 8], expect: {x3: 0}}
  - litmus: {%s}
expect:
  findings: []
"""


def path_of(name):
    return os.path.join(ROOT, "scenarios", "litmus", name + ".yaml")


# What the machine does beside the event itself: the partition ends a write with a DSB, a sweep is between two.
AROUND = {"sp w": ["sp w", "ns dsb"], "ns isw": ["ns dsb", "ns isw", "ns dsb"],
          "ns cisw": ["ns dsb", "ns cisw", "ns dsb"]}


def trace_of(events, elsewhere, around=None):
    """The program as check-trace takes it."""
    lines = []
    for event in [part for event in events.split("; ") for part in (around or {}).get(event, [event])]:
        agent, operation = event.split()
        lines.append(f"{agent} {ADDRESSES.get(operation, operation)}\n")
    return ("elsewhere\n" if elsewhere else "") + PREFIX + "".join(lines)


class litmus(cli):
    def stale_reads(self, path, options):
        """Errors about a read, the first first. What is lost at the end of the run is no read."""
        # without --platform, --firmware and --set a run is compared with its file, which has another test
        result = self.call("run", *options, "--firmware", "per-range", "--json", self.folder + "/json", path)
        self.assertIn(result.returncode, (0, 1), result.stderr)
        with open(self.folder + "/json", encoding="utf-8") as file:
            runs = json.load(file)
        self.assertEqual([run["end"] for run in runs], ["clean"])
        return [finding for finding in runs[0]["findings"]
                if finding["severity"] == "error" and finding["function"] is not None]

    def told_of_trace(self, text):
        """Rule and agent of each finding."""
        result = self.call("check-trace", self.write("trace", text))
        self.assertIn(result.returncode, (0, 1), result.stderr)
        return re.findall(r"trace:\d+: (\S+) agent=(\S+)", result.stdout.decode())

    def told_of_firmware(self, path, options):
        agents = {"partition": "sp", "pe0": "ns"}
        return [(finding["rule"], agents[finding["agent"]]) for finding in self.stale_reads(path, options)]


class cli_litmus(litmus):
    def verdict(self, name, options):
        stale = self.stale_reads(path_of(name), options)
        if not stale:
            return "ok"
        return {"partition": "S stale", "pe0": "NS stale"}[stale[0]["agent"]]

    def test_the_scenarios_are_these_programs(self):
        names = sorted(name[:-len(".yaml")] for name in os.listdir(os.path.join(ROOT, "scenarios", "litmus"))
                       if name.endswith(".yaml"))
        self.assertEqual(names, sorted(row[0] for row in PROGRAMS))
        for name, _, events, _ in PROGRAMS:
            with open(path_of(name), encoding="utf-8") as file:
                self.assertEqual(re.findall(r'program: "([^"]*)"', file.read()), [events], name)

    def test_the_verdict_of_each_program_on_each_kind_of_caches(self):
        for name, about, events, verdicts in PROGRAMS:
            for (caches, options), verdict in zip(COLUMNS, verdicts):
                with self.subTest(program=about, events=events, caches=caches):
                    self.assertEqual(self.verdict(name, options), verdict)

    def test_traces_of_the_programs_have_the_same_verdicts_by_the_same_rules(self):
        for name, about, events, verdicts in PROGRAMS:
            for column in (ANY, ELSEWHERE):
                with self.subTest(program=about, events=events, caches=COLUMNS[column][0]):
                    told = self.told_of_trace(trace_of(events, column == ELSEWHERE))
                    self.assertEqual(self.told_of_firmware(path_of(name), COLUMNS[column][1])[:1], told[:1])
                    self.assertEqual(bool(told), verdicts[column] != "ok")

    def test_every_error_is_shown_on_caches_that_hold_data(self):
        for name, about, events, verdicts in PROGRAMS:
            for finding in self.stale_reads(path_of(name), COLUMNS[ANY][1]):
                with self.subTest(program=about, events=events):
                    self.assertRegex(finding["replay"], r"^step 5, litmus, returned [0-9a-f.]+ instead of [0-9a-f.]+$")


class cli_litmus_random(litmus):
    def program(self, generator):
        events = ["ns w", "ns r", "ns wn", "ns rn", "ns wnc", "ns rnc", "ns civac", "ns cvac", "ns ivac", "ns dsb",
                  "ns dsb", "ns isw", "ns cisw", "sp r", "sp r", "sp w", "sp w"]
        while True:
            program = [generator.choice(events) for _ in range(generator.randint(2, 14))]
            if 1 <= sum(event.split()[1] in ("r", "rn", "rnc") for event in program) <= 6:
                return "; ".join(program)

    def test_any_program_has_the_verdict_of_its_trace(self):
        generator = random.Random(SEED + 12)
        count = 20 if os.environ.get("FFA_COSIM_FEW_SCENARIOS") else 100
        wrong = 0
        for _ in range(count):
            program = self.program(generator)
            column = generator.choice((ANY, ELSEWHERE))
            told = self.told_of_trace(trace_of(program, column == ELSEWHERE, AROUND))
            path = self.write("random.yaml", STEP % f'region: line, to: 0x8002, program: "{program}"')
            with self.subTest(program=program, caches=COLUMNS[column][0]):
                self.assertEqual(self.told_of_firmware(path, COLUMNS[column][1])[:1], told[:1])
            wrong += bool(told)
        self.assertTrue(count / 5 < wrong < count * 4 / 5, wrong)


class cli_litmus_step(cli):
    def step(self, operands):
        return self.write("step.yaml", STEP % operands)

    def refused(self, operands, column, text):
        stderr = self.mistake(text, "run", self.step(operands))
        self.assertIn(f"step.yaml:9:{column}: ", stderr)

    def test_a_program_is_refused_where_it_is_wrong(self):
        place = "region: line, to: 0x8002, program: "
        at = len("  - litmus: {") + len(place) + 1  # of a value without quotes
        self.refused(place + '"ns w; ns flush; sp r"', at + 1 + len("ns w; "),
                     "'ns flush' is no event, expected ns w, ns r, ")
        self.refused(place + '"ns w;"', at + 1 + len("ns w;"), "'' is no event")
        self.refused(place + '""', at + 1, "'' is no event")
        self.refused(place + "sp civac", at, "'sp civac' is no event")
        self.refused(place + "ns cisww" + "w" * 300, at, "'ns cisww")
        self.refused(place + '"' + "; ".join(["ns w"] * 17) + '"', at + 1, "at most 16 events")
        self.refused(place + '"' + "; ".join(["ns r"] * 7) + '"', at + 1, "7 reads, expected at most 6")
        self.refused(place + '"ns r", expect: [0, 1]', at + len('"ns r", expect: '), "a list of 1 values")

    def test_what_it_needs_is_required(self):
        self.refused('to: 0x8002, program: "ns w"', 13, "key 'region' is missing")
        self.refused('region: line, program: "ns w"', 13, "key 'to' is missing")
        self.refused("region: line, to: 0x8002", 13, "key 'program' is missing")
        self.refused('region: other, to: 0x8002, program: "ns w"', 22, "'other' names no memory sent before")
        self.refused('region: line, to: nobody, program: "ns w"', 32, "expected")

    def test_words_may_stand_apart(self):
        self.expect(0, "run", self.step('region: line, to: 0x8002, program: "  ns  w ;ns r", expect: [1]'))

    def test_a_wrong_value_is_told(self):
        stdout, _ = self.expect(1, "run", self.step('region: line, to: 0x8002, program: "ns w; ns r", expect: [2]'))
        self.assertIn("step 5, litmus: read 1 0x1, expected read 1 0x2", stdout)

    def test_the_longest_program_and_all_its_reads(self):
        events = ["ns w", "ns wn", "ns rn", "ns civac", "ns dsb", "sp r", "sp w", "ns ivac", "ns dsb", "ns r", "ns rn",
                  "ns civac", "ns dsb", "ns rnc", "ns w", "ns r"]
        operands = f'region: line, to: 0x8002, program: "{"; ".join(events)}", expect: [2, 1, 7, 2, 7, 15]'
        self.expect(0, "run", self.step(operands))
        self.expect(0, "run", "--mode", "replay", self.step(operands))

    def test_a_clean_leaves_the_copy_that_an_invalidate_takes_away(self):
        for operation, copies in (("cvac", 1), ("civac", 0), ("ivac", 0)):
            path = self.step(f'region: line, to: 0x8002, program: "ns w; ns {operation}; ns dsb; sp w; ns r"')
            found = self.findings(copies, "run", "--mode", "replay", path)
            self.assertEqual(sum(finding["severity"] == "error" for finding in found), copies, operation)

    def test_a_partition_that_does_not_answer_fails_the_step(self):
        # 0x8003 is the MM partition, which no borrower's command means anything to
        stdout, _ = self.expect(1, "run", self.step('region: line, to: 0x8003, program: "ns w; sp r"'))
        self.assertIn("step 5, litmus: EFI_DEVICE_ERROR, expected EFI_SUCCESS", stdout)

    def test_it_belongs_before_boot(self):
        steps = ["smc: {function: FFA_VERSION, w1: 0x10002}", "boot", "mem_share: {name: line, to: [{id: 0x8002}]}",
                 'litmus: {region: line, to: 0x8002, program: "ns w"}']
        path = self.write("late.yaml", "about: a test\nplatform: litmus\nfirmware: per-range\nsteps:\n" +
                          "".join(f"  - {step}\n" for step in steps) + "expect:\n  findings: []\n")
        stdout, _ = self.expect(1, "run", path)
        self.assertIn("late.yaml:8: step 4, litmus: EFI_UNSUPPORTED, expected EFI_SUCCESS", stdout)

    def test_at_el1_it_is_the_same(self):
        self.expect(0, "run", "--set", "entry-el=1", self.step(
            'region: line, to: 0x8002, program: "ns w; ns dsb; ns cisw; ns dsb; sp r; ns wnc; ns dsb; ns rnc"'))


if __name__ == "__main__":
    main(sys.modules[__name__])
