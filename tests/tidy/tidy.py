#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The house rules that a tool can check. Run by ctest as `tidy.*`; by hand: tests/tidy/tidy.py CHECK...

includes   rooms include only lower rooms (the table below), cores include no SystemC
shape      files of at most 800 lines, functions of at most 70, lines of at most 120 columns
words      licence lines, calls that break determinism, words that mark something unfinished
headers    every header compiles alone, included twice, a .h as C11 and as C++17
"""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# room -> what it may include besides itself. Siblings never include each other.
LOW = ["model/abi", "model/event", "model/bus"]
SIBLINGS = ["model/cache", "model/checker", "model/cpu_nsel1", "model/device", "model/spmc", "model/mm_sp",
            "model/partition"]
TABLE = {
    "model/abi": [],
    "model/event": ["model/abi"],
    "model/bus": ["model/abi", "model/event"],
    **{room: LOW for room in SIBLINGS},
    "model/platform": LOW + SIBLINGS,
    "cosim": LOW + SIBLINGS + ["model/platform"],
    "bench": LOW + SIBLINGS + ["model/platform", "tests"],
    "firmware": ["model/abi"],
    "tests": LOW + SIBLINGS + ["model/platform", "cosim", "firmware"],
}
FILE_LINES_MAX = 800
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = 120
SHELL_LINES_MAX = 150
SOURCE = (".c", ".h", ".cpp", ".hpp", ".inc")

# In cores: no libc that asks the host, prints or draws lots. `allowed` names files whose subject it is.
BANNED_IN_MODEL = {
    r"\b(rand|srand|random|drand48)\s*\(": [],
    r"\b(time|clock|gettimeofday|clock_gettime)\s*\(": [],
    r"\b(printf|puts|putchar)\s*\(": [],
    r"\bfprintf\s*\(": ["model/event/event_text.c"],
    r"\bstd::(random_device|unordered_map|unordered_set|cout|cerr)\b": [],
}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")


def tracked():
    listing = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode == 0 and listing.stdout:
        return [f for f in listing.stdout.split("\n") if f and os.path.isfile(os.path.join(ROOT, f))]
    found = []
    for folder, names, files in os.walk(ROOT):
        names[:] = [n for n in names if n not in ("build", ".git")]
        found += [os.path.relpath(os.path.join(folder, f), ROOT) for f in files]
    return sorted(found)


def sources():
    return [f for f in tracked() if f.endswith(SOURCE)]


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def room_of(path):
    for room in sorted(TABLE, key=len, reverse=True):
        if path.startswith(room + "/"):
            return room
    return None


def check_includes():
    for path in sources():
        room = room_of(path)
        if room is None:
            yield f"{path}: stands in no room of the table in tests/tidy/tidy.py"
            continue
        for number, line in enumerate(read(path).splitlines(), 1):
            found = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', line)
            if not found:
                continue
            quote, target = found.groups()
            core = path.endswith((".c", ".h", ".inc"))
            if core and quote == "<" and re.match(r"(systemc|tlm|sysc/)", target):
                yield f"{path}:{number}: a core includes SystemC"
            if quote != '"':
                continue
            other = room_of(target)
            if other is None:
                yield f"{path}:{number}: \"{target}\" does not name its room from the root of the tree"
            elif other != room and other not in TABLE[room]:
                yield f"{path}:{number}: {room} may not include {other}"


def functions(text):
    """(first line, length) of every body that opens and closes in column 0, as clang-format lays them out."""
    start = None
    for number, line in enumerate(text.splitlines(), 1):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            yield start, number - start + 1
            start = None


def check_shape():
    for path in sources() + [f for f in tracked() if f.endswith(".py")]:
        text = read(path)
        lines = text.splitlines()
        if len(lines) > FILE_LINES_MAX:
            yield f"{path}: {len(lines)} lines, at most {FILE_LINES_MAX}"
        if path.endswith("_module.cpp") and path.startswith("model/") and len(lines) > SHELL_LINES_MAX + 50:
            yield f"{path}: {len(lines)} lines in a shell"
        for number, line in enumerate(lines, 1):
            if len(line) > COLUMNS_MAX:
                yield f"{path}:{number}: {len(line)} columns, at most {COLUMNS_MAX}"
        for start, length in functions(text):
            if length > FUNCTION_LINES_MAX:
                yield f"{path}:{start}: a function of {length} lines, at most {FUNCTION_LINES_MAX}"


def check_words():
    for path in tracked():
        script = os.path.basename(path) == "CMakeLists.txt"
        if script or path.endswith(SOURCE + (".py", ".cmake", ".S", ".ld", ".ld.in", ".sh")):
            text = read(path)
            if "SPDX-License-Identifier: BSD-3-Clause" not in "\n".join(text.splitlines()[:3]):
                yield f"{path}:1: no SPDX-License-Identifier line"
            for number, line in enumerate(text.splitlines(), 1):
                if UNFINISHED.search(line) and path != "tests/tidy/tidy.py":
                    yield f"{path}:{number}: marks something unfinished"
        if path.startswith("model/") and path.endswith(SOURCE):
            for number, line in enumerate(read(path).splitlines(), 1):
                code = re.sub(r"^\s*\*.*", "", line).split("/*")[0].split("//")[0]
                for pattern, allowed in BANNED_IN_MODEL.items():
                    if re.search(pattern, code) and path not in allowed:
                        yield f"{path}:{number}: banned in model/: {line.strip()}"


def check_headers():
    flags = os.environ.get("TIDY_CXX_FLAGS", "").split()
    for path in sources():
        if path.startswith("firmware/") or "/guest/" in path or not path.endswith((".h", ".hpp")):
            continue
        languages = [("c++", "-std=c++17")] + ([("c", "-std=c11")] if path.endswith(".h") else [])
        for language, standard in languages:
            compiler = os.environ.get("CXX", "g++") if language == "c++" else os.environ.get("CC", "gcc")
            text = f'#include "{path}"\n#include "{path}"\n'
            run = subprocess.run([compiler, "-x", language, standard, "-fsyntax-only", "-D_POSIX_C_SOURCE=200809L",
                                  "-I", ROOT] + flags + ["-"], input=text, capture_output=True, text=True)
            if run.returncode != 0:
                yield f"{path}: does not compile alone as {standard}:\n{run.stderr}"


CHECKS = {"includes": check_includes, "shape": check_shape, "words": check_words, "headers": check_headers}


def main(names):
    complaints = []
    for name in names or CHECKS:
        if name not in CHECKS:
            sys.exit(f"{name}: no such check, expected one of {', '.join(CHECKS)}")
        complaints += CHECKS[name]()
    print("\n".join(complaints) or "tidy")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
