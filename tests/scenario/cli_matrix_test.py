#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""`ffa-cosim matrix`: the two-domain table from real firmware, its formats, and what it refuses."""
import csv
import io
import json
import os

import cli_base
from cli_base import cli

PLATFORMS = ["corstone1000-nc", "corstone1000-wb", "corstone1000-alias-bare", "corstone1000-alias"]
# What the normal world does before and after the SMC, and where that is right: the table of the design.
TWO_DOMAINS = {
    "no-maintenance": "stale ok stale stale",
    "none-ivac": "stale stale stale stale",
    "none-civac": "stale ok stale stale",
    "civac-only": "stale ok stale stale",
    "clean-only": "stale ok stale stale",
    "cvac-ivac": "ok stale stale ok",
    "per-range": "ok stale stale ok",
    "cvac-civac": "ok ok stale ok",
    "per-range-civac": "ok ok stale ok",
    "ivac-none": "stale stale stale stale",
    "ivac-ivac": "stale stale stale stale",
    "ivac-civac": "stale stale stale stale",
}
# A deterministic cache fills nothing of its own accord.
DETERMINISTIC = {"civac-only": "ok ok stale ok"}
DATA_RULES = ("stale-read", "lost-write", "clobber", "missing-barrier")


def table(names):
    return [argument for name in names for argument in ("--firmware", name)] + \
        [argument for name in PLATFORMS for argument in ("--platform", name)]


class cli_matrix(cli):
    def verdicts(self, *arguments):
        stdout, _ = self.expect(0, "matrix", "--csv", "-", *arguments)
        rows = list(csv.reader(io.StringIO(stdout)))
        self.assertEqual(rows[0], ["firmware"] + PLATFORMS)
        for row in rows[1:]:
            for verdict in row[1:]:
                self.assertIn(verdict.split(" +")[0], ("ok",) + DATA_RULES)
        return {row[0]: " ".join("ok" if verdict == "ok" else "stale" for verdict in row[1:]) for row in rows[1:]}

    def test_two_domains(self):
        self.assertEqual(self.verdicts(*table(TWO_DOMAINS)), TWO_DOMAINS)

    def test_two_domains_on_a_deterministic_cache(self):
        self.assertEqual(self.verdicts("--mode", "replay", *table(TWO_DOMAINS)), {**TWO_DOMAINS, **DETERMINISTIC})

    def test_formats_agree(self):
        names = ["per-range", "civac-only"]
        path = os.path.join(self.folder, "matrix.json")
        stdout, _ = self.expect(0, "matrix", "--json", path, *table(names))
        with open(path, encoding="utf-8") as file:
            matrix = json.load(file)
        self.assertEqual(list(matrix), ["scenario", "mode", "cells"])
        self.assertEqual(matrix["mode"], "prove")
        self.assertEqual([(cell["firmware"], cell["platform"]) for cell in matrix["cells"]],
                         [(name, platform) for name in names for platform in PLATFORMS])
        for cell in matrix["cells"]:
            self.assertEqual(cell["verdict"] == "ok", cell["errors"] == 0)
            self.assertEqual(cell["token"] is None, cell["errors"] == 0)
            self.assertEqual(cell["first"] is None, cell["errors"] == 0)
            row = next(line for line in stdout.splitlines() if line.startswith(cell["firmware"] + " "))
            self.assertIn(cell["verdict"], row)
        again, _ = self.expect(0, "matrix", "--json", "-", *table(names))
        self.assertEqual(json.loads(again), matrix)

    def test_one_platform_of_any_scenario(self):
        stdout, _ = self.expect(0, "matrix", "--platform", "corstone1000-nc", "--firmware", "per-range",
                                "runtime.virtual-map")
        self.assertRegex(stdout, r"(?m)^per-range +ok$")

    def test_a_run_without_verdict_is_told(self):
        _, stderr = self.expect(2, "matrix", "--platform", "corstone1000-nc", "--firmware", "no-such-firmware")
        self.assertIn("no-such-firmware", stderr)
        self.assertIn("expected", stderr)

    def test_refusals(self):
        self.mistake("one argument too many", "matrix", "a", "b")
        self.mistake("unknown scenario", "matrix", "no-such-scenario")
        self.mistake("expected a number", "matrix", "--jobs", "none")
        self.mistake("unknown mode", "matrix", "--mode", "golden")
        self.mistake("too many", "matrix", *[word for _ in range(65) for word in ("--firmware", "per-range")])
        _, stderr = self.expect(2, "matrix", "--platform", "corstone1000-nc", "--firmware", "per-range", "--csv",
                                "/no/such/folder/matrix.csv")
        self.assertIn("cannot be written", stderr)


if __name__ == "__main__":
    cli_base.main(__name__)
