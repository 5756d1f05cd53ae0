#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The zoo: every entry run in both modes, every right twin on every platform; and the table of scenarios/zoo/README.md.

    tools/zoo.py --program PATH            runs all; exit 1 if an entry is not convicted, a right run is, or the
                                           table is old
    tools/zoo.py --program PATH --write    the same, and writes the table

An entry is scenarios/zoo/<id>.<short>.yaml; its twin is <id>.<short>-right.yaml, which differs in one line. What is
convicted of what stands in each file; the program compares. `about` of an entry is "PATTERN (REFERENCE).".
"""
import argparse
import glob
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ZOO = os.path.join(ROOT, "scenarios", "zoo")
README = os.path.join(ZOO, "README.md")
PLATFORMS = ["corstone1000-nc", "corstone1000-nc-cleans", "corstone1000-nc-slc", "corstone1000-nc-ccidx",
             "corstone1000-device", "corstone1000-wb", "corstone1000-alias"]
# Where a right twin is wrong, because no firmware could be right there, or because it is right on one kind of secure
# side only: it invalidates, or leaves alone, what a coherent secure side has dirty.
WRONG_ON = {
    "neighbour-clean": {"corstone1000-wb"},
    "non-cacheable": {"corstone1000-wb"},
}
# Patterns that wait, and what for.
WAITING = [
    ("13", "One line too many", "the same verdict as 09; the buffer of these platforms ends with its page"),
    ("16", "Maintenance after the mapping is gone", "a program of its own with translation tables"),
    ("17", "Set/way while a line migrates", "a second PE"),
    ("20", "IC without barriers", "a program of its own; payload.efi-selftest shows it of U-Boot"),
    ("21", "Set/way of two levels reordered", "sweeps are not ordered, so that 24 is convicted with and without a DSB"),
    ("27", "Speculation into secure memory", "a firewall that answers a speculative fill"),
    ("29", "An old dirty line from before a reset", "platforms with entry-caches: unknown"),
    ("30", "Stale lines when the caches turn on", "platforms with entry-caches: unknown"),
    ("31", "A non-coherent core's state line", "a second PE"),
    ("32", "Tables and the walker", "a program of its own"),
    ("33", "A stale TLB", "a program of its own"),
    ("34", "Copied code, instruction side not maintained", "a program of its own"),
    ("37", "A payload not cleaned before a warm reset", "the step reset"),
    ("38", "Invalidate-all where caches are on already", "a program of its own"),
    ("39", "An invalidate that shows old memory", "labels of where bytes come from"),
    ("40", "A range whose end wraps", "no cache is needed to see it"),
    ("42", "Redundant maintenance", "a note in most runs, no error to convict of"),
    ("43", "D3 to D12 of the design documents",
     "the rules non-resident, undefined-value, double-fetch, layout, resource"),
]


def run(program, mode, path):
    """The exit status of one scenario, and its result."""
    result = subprocess.run([program, "run", "--mode", mode, "--json", "-", path], capture_output=True, text=True,
                            check=False)
    text = result.stdout
    if "[\n" not in text:
        sys.exit(f"zoo: {path}: {text}{result.stderr}")
    return result.returncode, json.loads(text[text.index("[\n"):])[0]


def errors(result):
    return [finding for finding in result["findings"] if finding["severity"] == "error"]


def told(findings):
    """'clobber by memset, lost-write': each rule once, with the first culprit."""
    seen = {}
    for finding in findings:
        seen.setdefault(finding["rule"], finding["by"])
    return ", ".join(f"{rule} by `{by}`" if by else rule for rule, by in seen.items()) or "nothing"


def field(path, key):
    with open(path, encoding="utf-8") as file:
        return re.search(rf'(?m)^{key}: "?(.*?)"?$', file.read()).group(1)


def entry_row(program, path):
    """(convicted, row of the table)"""
    name = os.path.basename(path)[:-5]
    status, proved = run(program, "prove", path)
    replay_status, replayed = run(program, "replay", path)
    pattern, reference = re.fullmatch(r"(.*) \((.*)\)\.", field(path, "about")).groups()
    token = next((finding["token"] for finding in errors(proved) if finding["token"]), "-")
    convicted = status == 0 and replay_status == 0 and bool(errors(proved))
    cells = [name.split(".")[0], pattern, reference, f"`{field(path, 'firmware')}` on {field(path, 'platform')}",
             told(errors(replayed)), told(errors(proved)), "`" + token.replace("|", r"\|") + "`"]
    return convicted, "| " + " | ".join(cells) + " |"


def right_runs(program):
    """How many runs of right twins there were, and which of them found an error."""
    twins = sorted(glob.glob(os.path.join(ZOO, "*-right.yaml")))
    alarms = [os.path.basename(twin) for twin in twins if run(program, "prove", twin)[0] != 0]
    runs = len(twins)
    for firmware in sorted({field(twin, "firmware") for twin in twins}):
        platforms = [platform for platform in PLATFORMS if platform not in WRONG_ON.get(firmware, ())]
        arguments = [word for platform in platforms for word in ("--platform", platform)]
        result = subprocess.run([program, "matrix", "--json", "-", "--firmware", firmware, *arguments],
                                capture_output=True, text=True, check=False, cwd=ROOT)
        cells = json.loads(result.stdout)["cells"]
        runs += len(cells)
        alarms += [f"{cell['firmware']} on {cell['platform']}" for cell in cells if cell["verdict"] != "ok"]
    return runs, alarms


def table(rows):
    waiting = "".join(f"| {number} | {pattern} | {what} |\n" for number, pattern, what in WAITING)
    return f"""<!-- SPDX-License-Identifier: BSD-3-Clause -->
<!-- Made by tools/zoo.py --write. -->
# The zoo

Wrong cache maintenance as it was found in the field, each pattern once: the wrong firmware or secure side is convicted,
its right twin (`<id>.<short>-right.yaml`, one line differs) is silent. The first error's token replays the damage:
`ffa-cosim replay --scenario scenarios/zoo/<id>.<short>.yaml TOKEN`.

| id | pattern | found in | what runs | a deterministic cache shows | prove says | token |
| --- | --- | --- | --- | --- | --- | --- |
{rows}
Waiting, and what for:

| id | pattern | waits for |
| --- | --- | --- |
{waiting}"""


def without_tokens(text):
    """A token names the image, which every change of the firmware changes."""
    return re.sub(r"`v1:[^`]*`", "`token`", text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    paths = sorted(path for path in glob.glob(os.path.join(ZOO, "*.yaml")) if not path.endswith("-right.yaml"))
    results = [entry_row(program, path) for path in paths]
    runs, alarms = right_runs(program)
    convicted = sum(result[0] for result in results)
    print(f"zoo: {convicted} convicted of {len(paths)}, {len(alarms)} false alarms in {runs} right runs")
    for path, result in zip(paths, results):
        if not result[0]:
            print(f"not convicted as expected: {os.path.relpath(path, ROOT)}")
    for alarm in alarms:
        print(f"false alarm: {alarm}")
    made = table("".join(result[1] + "\n" for result in results))
    if options.write:
        with open(README, "w", encoding="utf-8") as file:
            file.write(made)
    with open(README, encoding="utf-8") as file:
        current = without_tokens(file.read()) == without_tokens(made)
    if not current:
        print("scenarios/zoo/README.md is old, expected what tools/zoo.py --write makes")
    sys.exit(0 if convicted == len(paths) and not alarms and current else 1)


if __name__ == "__main__":
    main()
