#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""FF-A steps on the command line: what a wrong expectation looks like, what a profile changes, which partitions are
refused. Run by ctest as `cli.ffa_*`."""
import glob
import os
import random
import sys

from cli_base import ROOT, SEED, cli, main, scenario

HEAD = """about: a test
platform: ffa
firmware: per-range
"""
TAIL = """expect:
  findings: []
"""
VERSION = "  - smc: {function: FFA_VERSION, w1: 0x10002, expect: {w0: 0x10002}}\n"


def text(steps, before=""):
    return HEAD + before + "steps:\n" + VERSION + "".join(f"  - {step}\n" for step in steps) + TAIL


class cli_ffa_steps(cli):
    def differs(self, step, found, expected, options=()):
        path = self.write("wrong.yaml", text([step]))
        stdout, _ = self.expect(1, "run", *options, path)
        self.assertIn(f"wrong.yaml:6: step 2, {step.split(':')[0]}: {found}, expected {expected}", stdout)

    def test_a_wrong_expectation_is_told_with_both_values(self):
        for options in ((), ("--mode", "replay"), ("--set", "profile=hafnium"), ("--set", "profile=op-tee")):
            self.differs("smc: {function: FFA_ID_GET, expect: {w2: 7}}", "w2 0x0", "w2 0x7", options)

    def test_registers_statuses_and_functions_have_names(self):
        self.differs("smc: {function: FFA_ID_GET, expect: {x0: FFA_ERROR}}", "x0 FFA_SUCCESS_32", "x0 FFA_ERROR")
        self.differs("smc: {function: FFA_ID_GET, expect: {status: FFA_DENIED}}", "no error", "FFA_DENIED")
        self.differs("smc: {function: FFA_RX_RELEASE, expect: {status: FFA_SUCCESS}}", "FFA_DENIED", "no error")
        self.differs("smc: {function: FFA_RX_RELEASE, expect: {w2: FFA_BUSY}}", "w2 FFA_DENIED", "w2 FFA_BUSY")
        self.differs("direct_request: {to: 0x8001, payload: [5], expect: {x3: 6}}", "x3 0x5", "x3 0x6")
        self.differs("direct_request: {to: 0x8001, interrupts: 2, expect: {interrupts: 1}}", "interrupts 0x2",
                     "interrupts 0x1")
        self.differs("rx_read: {expect: {u8: [1]}}", "byte 0 is 0x00", "0x01")

    def test_memory_that_is_refused_fails_the_step_without_an_expectation(self):
        # no buffers are mapped: there is nothing to send a descriptor through
        self.differs("mem_share: {name: a, to: [{id: 0x8002}]}", "FFA_INVALID_PARAMETERS", "no error")

    def test_only_what_is_named_is_compared(self):
        self.expect(0, "run", self.write("right.yaml", text(["smc: {function: FFA_RX_RELEASE}"])))

    def test_a_map_is_for_the_profiles_that_it_names(self):
        path = self.write("map.yaml", text(["smc: {function: FFA_ID_GET, expect: {w2: {op-tee: 7}}}"]))
        self.expect(0, "run", path)
        self.expect(0, "run", "--set", "profile=el3-spmc", path)
        self.expect(1, "run", "--set", "profile=op-tee", path)
        path = self.write("default.yaml", text(["smc: {function: FFA_ID_GET, expect: {w2: {op-tee: 7, default: 0}}}"]))
        self.expect(0, "run", path)
        self.expect(1, "run", "--set", "profile=op-tee", path)

    def test_steps_of_other_profiles_are_left_out(self):
        path = self.write("left.yaml", text(["smc: {function: FFA_ID_GET, profiles: [op-tee], expect: {w2: 7}}"]))
        self.expect(0, "run", path)
        self.expect(1, "run", "--set", "profile=op-tee", path)

    def test_an_end_by_profile(self):
        stdout, _ = self.expect(0, "run", scenario("ffa/memory.lender-writes"))
        self.assertIn("end fault", stdout)
        self.assertIn("in lender_writes (firmware/common/ffa_step.c:", stdout)
        stdout, _ = self.expect(0, "run", "--set", "profile=op-tee", scenario("ffa/memory.lender-writes"))
        self.assertIn("end clean", stdout)

    def test_steps_before_the_end_that_is_expected_are_compared(self):
        with open(scenario("ffa/memory.lender-writes"), encoding="utf-8") as file:
            right = file.read()
        wrong = right.replace("expect: {w0: 0x10002}", "expect: {w0: 0x10001}")
        self.assertNotEqual(right, wrong)
        stdout, _ = self.expect(1, "run", self.write("wrong.yaml", wrong))
        self.assertIn("step 1, smc: w0 0x10002, expected w0 0x10001", stdout)

    def test_a_lent_page_is_refused_once_in_the_events(self):
        path = self.folder + "/events"
        self.expect(0, "run", "--events", path, scenario("ffa/memory.lender-writes"))
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read().count("bus.refused"), 1)

    def test_two_runs_are_the_same(self):
        for name in ("ffa/memory.share", "ffa/cycles.chained-interrupt"):
            first, second = (self.expect(0, "run", "--json", "-", scenario(name))[0] for _ in range(2))
            self.assertEqual(first, second)


class cli_ffa_partitions(cli):
    def refused(self, partition, told):
        path = self.write("bad.yaml", text(["smc: {function: FFA_ID_GET}"], f"partitions:\n  - {partition}\n"))
        error = self.mistake(told, "run", path)
        self.assertRegex(error, r"bad\.yaml:5:\d+: ")

    def test_partitions_of_a_scenario_are_refused_with_their_place(self):
        uuid = "uuid: 00000000-0000-4000-8000-000000008006"
        self.refused("{id: 0x8006, behaviour: parrot}", "'parrot' is wrong, expected mm, echo")
        self.refused("{id: 0x8006, behaviour: echo}", "key 'uuid' is missing")
        self.refused(f"{{id: 6, behaviour: echo, {uuid}}}", "'6' is wrong")
        self.refused(f"{{id: 0x8006, behaviour: borrower, {uuid}}}", "a borrower without buffers")
        self.refused(f"{{id: 0x8006, behaviour: forwarder, forward-to: 0x8009, {uuid}}}", "0x8009 is no partition")
        self.refused(f"{{id: 0x8006, behaviour: echo, {uuid}, rx-tx: {{rx: 0x02000000, tx: 0x02008000}}}}",
                     "partition 0x8001 has buffers there")
        self.refused(f"{{id: 0x8006, behaviour: mm, {uuid}}}", "expected at most one")
        self.refused(f"{{id: 0x8006, behaviour: scripted, {uuid}, rules: [{{}}]}}", "a rule that does nothing")

    def test_settings_of_a_scenario_are_told_with_their_place(self):
        for setting, told in (("profile=xen", "profile=xen: 'xen' is wrong"),
                              ("secure.colour=red", "secure.colour=red: unknown key 'colour'"),
                              ("secure", "expected KEY=VALUE")):
            path = self.write("bad.yaml", text(["smc: {function: FFA_ID_GET}"], f"set:\n  - {setting}\n"))
            self.assertRegex(self.mistake(told, "run", path), r"bad\.yaml:5:5: ")
        path = self.write("bad.yaml", text(["smc: {function: FFA_ID_GET}"], "set: profile=op-tee\n"))
        self.mistake("expected a list of at most 16 settings", "run", path)

    def test_the_command_line_wins_over_the_scenario(self):
        path = self.write("set.yaml", text(["smc: {function: FFA_FEATURES, w1: FFA_RX_RELEASE, "
                                            "expect: {x1: {hafnium: 7, el3-spmc: FFA_RX_RELEASE, op-tee: 0}}}"],
                                           "set: [profile=el3-spmc]\n"))
        self.expect(0, "run", path)
        self.expect(0, "run", "--set", "profile=op-tee", path)

    def test_a_platform_without_a_secure_side_has_none(self):
        path = self.write("bench.yaml", text(["smc: {function: FFA_ID_GET}"], "partitions: []\n")
                          .replace("platform: ffa", "platform: bench"))
        self.mistake("partitions without a secure side", "run", path)

    def test_a_profile_that_nobody_has(self):
        for key in ("profile", "secure.profile"):
            self.mistake("'xen' is wrong, expected hafnium, el3-spmc or op-tee", "run", "--set", f"{key}=xen",
                         scenario("ffa/messaging.echo"))


class cli_ffa_random(cli):
    """Mutations of what is delivered: a refusal in one line or an ordinary run, never an internal error."""

    def survives(self, data, *arguments):
        path = self.write("m.yaml", bytes(data))
        result = self.call("run", *arguments, path, timeout=60)
        self.assertIn(result.returncode, (0, 1, 2, 4), f"seed {SEED}: {bytes(data)!r} {result.stderr[-2000:]}")
        if result.returncode == 2:
            self.assertEqual(result.stderr.count(b"\n"), 1, result.stderr)

    @staticmethod
    def mutate(generator, data):
        data = bytearray(data)
        for _ in range(generator.randint(1, 4)):
            at = generator.randrange(len(data))
            if generator.random() < 0.5:  # a digit for a digit: other calls, other values
                digits = [i for i, byte in enumerate(data) if chr(byte).isdigit()]
                data[generator.choice(digits)] = generator.choice(b"0123456789")
            else:
                data[at] = generator.choice(b"0123456789abcdefx{}[]:, -\n\"\xff")
        return data

    def test_scenarios(self):
        generator = random.Random(SEED + 10)
        paths = sorted(glob.glob(os.path.join(ROOT, "scenarios", "ffa", "*.yaml")))
        count = 2 if os.environ.get("FFA_COSIM_FEW_SCENARIOS") else 6
        for path in paths:
            with open(path, "rb") as file:
                good = file.read()
            for _ in range(count):
                profile = generator.choice(("hafnium", "el3-spmc", "op-tee"))
                self.survives(self.mutate(generator, good), "--set", f"profile={profile}")

    def test_platforms(self):
        generator = random.Random(SEED + 11)
        with open(os.path.join(ROOT, "platforms", "ffa.yaml"), "rb") as file:
            good = file.read()
        for _ in range(100):
            path = self.write("board.yaml", bytes(self.mutate(generator, good)))
            result = self.call("run", "--platform", path, scenario("ffa/memory.share"), timeout=60)
            self.assertIn(result.returncode, (0, 1, 2, 4), f"seed {SEED}: {result.stderr[-2000:]}")


if __name__ == "__main__":
    main(sys.modules[__name__])
