#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""`ffa-cosim vars` on files, and authentication of what efitools signs.

vars_test.py FFA-COSIM AUTHENTICATE TEST-CLASS"""
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import unittest

PROGRAM, AUTHENTICATE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
OTHER = "01234567-89ab-cdef-0123-456789abcdef"
OWNER = "77fa9abd-0359-4d32-bd60-28f4e78f784b"
SUCCESS, VIOLATION = "0", "800000000000001a"


def variable(name="Foo", guid=GLOBAL, attributes=("NV", "BS"), data="626172", **more):
    return {"name": name, "guid": guid, "attributes": list(attributes), "data": data, **more}


class VarsCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="ffa-cosim-vars-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.store = self.path("store")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def vars(self, *arguments, stdin=b""):
        return subprocess.run([PROGRAM, "vars", *arguments], input=stdin, capture_output=True, check=False)

    def good(self, *arguments, stdin=b""):
        result = self.vars(*arguments, stdin=stdin)
        self.assertEqual((result.returncode, result.stderr), (0, b""), arguments)
        return result.stdout

    def refused(self, expected, *arguments, stdin=b""):
        """One line on standard error that holds `expected`, nothing on standard output, exit status 2."""
        result = self.vars(*arguments, stdin=stdin)
        self.assertEqual((result.returncode, result.stdout), (2, b""), (arguments, result.stderr))
        text = result.stderr.decode()
        self.assertEqual((text.count("\n"), text[:11]), (1, "ffa-cosim: "), text)
        self.assertIn(expected, text)

    def json(self, *variables):
        return json.dumps({"variables": list(variables)}).encode()

    def fill(self, *variables):
        self.good(self.store, "--import", "-", stdin=self.json(*variables))


class cli_vars_text(VarsCase):
    def test_list(self):
        self.fill(variable("Zulu", attributes=["NV", "BS", "RT"], data=""), variable("Alpha", guid=OTHER),
                  variable("Grüße 😀", attributes=["NV", "0x80000000"]),
                  variable("", **{"name-utf16": "410000000d00", "attributes": ["NV", "BS", "AT"]}))
        self.assertEqual(self.good(self.store).decode(), (
            f"{GLOBAL}  NV BS RT         0  Zulu\n"
            f"{OTHER}  NV BS            3  Alpha\n"
            f"{GLOBAL}  NV 0x80000000      3  Grüße 😀\n"
            f"{GLOBAL}  NV BS AT         3  A\\u0000\\u000d\n"))

    def test_print(self):
        self.fill(variable(data="00" * 15 + "414243"), variable("Signed", attributes=["NV", "BS", "AT"], data="",
                                                                 timestamp="e8070c1f173b3b" + "00" * 9,
                                                                 fingerprint="ab" * 32))
        self.assertEqual(self.good(self.store, "--print", "Foo").decode(), (
            f"name: Foo\nguid: {GLOBAL}\nattributes: NV BS\nsize: 18\n"
            "00000000  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 41  |...............A|\n"
            "00000010  42 43                                            |BC|\n"))
        self.assertEqual(self.good(self.store, "--print", "Signed").decode(), (
            f"name: Signed\nguid: {GLOBAL}\nattributes: NV BS AT\nsigned: 2024-12-31 23:59:59 GMT\n"
            f"signer: {'ab' * 32}\nsize: 0\n"))

    def test_namespace(self):
        self.fill(variable(data="01"), variable(guid=OTHER, data="02"))
        self.refused("Foo is the name of 2 variables, expected --guid", self.store, "--print", "Foo")
        self.assertIn(b"00000000  02", self.good(self.store, "--print", "Foo", "--guid", OTHER.upper()))
        self.refused("no variable Foo in this namespace", self.store, "--delete", "Foo", "--guid", OWNER)
        self.good(self.store, "--guid", OTHER, "--delete", "Foo")
        self.assertIn(b"00000000  01", self.good(self.store, "--print", "Foo"))

    def test_reading_leaves_the_file(self):
        self.fill(variable())
        before = self.read("store")
        self.good(self.store)
        self.good(self.store, "--print", "Foo")
        self.good(self.store, "--export", "-")
        self.assertEqual(before, self.read("store"))
        self.assertEqual(os.listdir(self.folder), ["store"])


class cli_vars_json(VarsCase):
    def test_there_and_back(self):
        self.fill(variable("Zulu", data="00ff" * 3000), variable("Alpha", attributes=["NV", "BS", "RT", "0x40000000"]),
                  variable("Signed", timestamp="01" * 16),
                  variable("Bound", timestamp="02" * 16, fingerprint="03" * 32),
                  variable("", **{"name-utf16": "00d8410000"}), variable("Empty", data=""))
        first = self.good(self.store, "--export", "-")
        self.good(self.store, "--export", self.path("json"))
        self.assertEqual(first, self.read("json"))
        self.good(self.path("copy"), "--import", self.path("json"))
        self.assertEqual(first, self.good(self.path("copy"), "--export", "-"))
        self.assertEqual([entry["name"] for entry in json.loads(first)["variables"]],
                         ["Zulu", "Alpha", "Signed", "Bound", "\\ud800A\\x00", "Empty"])

    def test_import_sets_and_keeps(self):
        self.fill(variable("A"), variable("B"), variable("C"))
        self.good(self.store, "--import", "-", stdin=self.json(variable("B", data="00"), variable("D")))
        names = [line.split()[-1] for line in self.good(self.store).decode().splitlines()]
        self.assertEqual(names, ["A", "B", "C", "D"])
        self.assertIn(b"00000000  00 ", self.good(self.store, "--print", "B"))

    def test_nothing_is_imported_of_what_is_wrong(self):
        self.fill(variable("A"))
        before = self.read("store")
        self.refused("variables[1].data", self.store, "--import", "-",
                     stdin=self.json(variable("B"), variable("C", data="0")))
        self.assertEqual(before, self.read("store"))


class cli_vars_lists(VarsCase):
    def test_there_and_back(self):
        lists = bytes.fromhex("2616c4c14c509240aca941f936934328") + (28 + 48).to_bytes(4, "little") + \
            (0).to_bytes(4, "little") + (48).to_bytes(4, "little") + bytes(16) + bytes(range(32))
        for name in ["PK", "KEK", "db", "dbx", "dbt"]:
            self.good(self.store, "--import-esl", name, self.write("in.esl", lists))
            self.good(self.store, "--export-esl", name, self.path("out.esl"))
            self.assertEqual(lists, self.read("out.esl"))
        self.assertEqual(self.good(self.store, "--export-esl", "db", "-"), lists)
        text = self.good(self.store).decode().splitlines()
        self.assertEqual([line.split()[-1] for line in text], ["PK", "KEK", "db", "dbx", "dbt"])
        self.assertTrue(text[0].startswith(f"{GLOBAL}  NV BS RT AT"), text[0])
        self.assertTrue(text[2].startswith("d719b2cb-3d3a-4596-a3bc-dad00e67656f  NV BS RT AT"), text[2])
        two = self.write("two.esl", lists + lists)
        self.refused("more than one signature", self.store, "--import-esl", "PK", two)
        self.good(self.store, "--import-esl", "KEK", two)


class cli_vars_refusals(VarsCase):
    def test_arguments(self):
        self.fill(variable())
        self.refused("no file, expected a variable store")
        self.refused("unknown option", self.store, "--what")
        self.refused("one file too many", self.store, "more")
        self.refused("--print: expected the name of a variable", self.store, "--print")
        self.refused("--export: expected a file for JSON", self.store, "--export")
        self.refused("--import-esl: expected PK, KEK", self.store, "--import-esl", "db")
        self.refused("expected one thing to do", self.store, "--print", "Foo", "--export", "-")
        self.refused("--guid 123: expected one as", self.store, "--print", "Foo", "--guid", "123")
        self.refused("--guid", self.store, "--print", "Foo", "--guid", GLOBAL.replace("-", "0"))
        self.refused("--guid: expected with", self.store, "--guid", GLOBAL)
        self.refused("no variable Bar", self.store, "--print", "Bar")
        self.refused("no variable db", self.store, "--export-esl", "db", "-")
        self.refused("expected PK, KEK, db, dbx or dbt", self.store, "--export-esl", "Foo", "-")
        self.refused("expected a file to write", self.store, "--export", self.path("no/such"))

    def test_files(self):
        self.refused("cannot be opened", self.path("none"))
        self.assertEqual(os.listdir(self.folder), [])
        self.refused("cannot be opened", self.folder)
        self.refused("not the name of a file", "")
        self.refused("is empty", self.write("empty", b""))
        self.refused("not a variable store", self.write("text", "variables\n" * 100))
        other = sqlite3.connect(self.path("other"))
        other.execute("CREATE TABLE other (x)")
        other.close()
        self.refused("a database of another program", self.path("other"))
        self.refused("a database of another program", self.path("other"), "--import", "-", stdin=self.json(variable()))
        self.fill(variable(data="00" * 5000))
        self.refused("", self.write("cut", self.read("store")[:9000]))
        other = sqlite3.connect(self.store)
        other.execute("PRAGMA user_version = 7")
        other.close()
        self.refused("version 7, expected version 1", self.store)

    def test_the_store_is_not_exported_over_itself(self):
        self.fill(variable())
        before = self.read("store")
        os.link(self.store, self.path("alias"))
        for path in [self.store, self.path("alias")]:
            self.refused("the variable store itself, expected another file", self.store, "--export", path)
            self.refused("the variable store itself", self.store, "--export-esl", "db", path)
        self.assertEqual(before, self.read("store"))

    def test_output_that_cannot_be_written(self):
        self.fill(variable())
        for arguments in [(), ("--print", "Foo"), ("--export", "-")]:
            with open("/dev/full", "wb") as full:
                result = subprocess.run([PROGRAM, "vars", self.store, *arguments], stdout=full, stderr=subprocess.PIPE,
                                        check=False)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertEqual(result.stderr.count(b"\n"), 1, arguments)
            self.assertIn(b"cannot be written", result.stderr)

    def test_in_use(self):
        self.fill(variable())
        other = sqlite3.connect(self.store)
        other.execute("BEGIN EXCLUSIVE")
        self.refused("in use", self.store)
        other.close()

    def test_json(self):
        cases = [
            (b"", "expected JSON"),
            (b"{\n  oops}", ":2:"),
            (b"[]", "expected {\"variables\": [...]}"),
            (b'{"variables": {}}', "expected {\"variables\": [...]}"),
            (b'{"variables": [], "more": 1}', "expected {\"variables\": [...]}"),
            (b'{"variables": [1]}', "variables[0]: no mapping"),
            (self.json(variable(more=1)), "unknown key `more`"),
            (self.json(variable(name="")), "variables[0].name"),
            (self.json(variable(name=7)), "variables[0].name"),
            (self.json(variable(name="a\\b")), "variables[0].name"),
            (self.json(variable(name="a\nb")), "variables[0].name"),
            (self.json(variable(name="a" * 600)), "variables[0].name"),
            (self.json(variable(**{"name-utf16": "41"})), "variables[0].name-utf16"),
            (self.json(variable(guid="Foo")), "variables[0].guid"),
            (self.json(variable(guid=None)), "variables[0].guid"),
            (self.json(variable(attributes=["NV", "XX"])), "variables[0].attributes: XX"),
            (self.json(variable(attributes=["BS"])), "no NV"),
            (self.json(variable(attributes=["NV", "0x"])), "variables[0].attributes"),
            (self.json(variable(attributes=["NV", "0x100000000"])), "variables[0].attributes"),
            (self.json(variable(data="6")), "variables[0].data: 1 digits"),
            (self.json(variable(data="6G")), "variables[0].data: `6G`"),
            (self.json(variable(data=6)), "variables[0].data: no text"),
            (self.json(variable(data="00" * 65537)), "variables[0].data"),
            (self.json(variable(timestamp="00")), "variables[0].timestamp"),
            (self.json(variable(fingerprint="00" * 32)), "variables[0].timestamp: missing"),
            (self.json(variable(timestamp="00" * 16, fingerprint="00")), "variables[0].fingerprint"),
            (self.json(variable(), variable("Bar"), variable()),
             "variables[2].name: the same as that of variables[0]"),
            (self.json({"name": "Foo"}), "variables[0].guid: missing"),
            (b'{"variables": [{"name": "a", "name": "b"}]}', "expected JSON"),
        ]
        for text, expected in cases:
            self.refused(expected, self.store, "--import", "-", stdin=text)
        self.refused("no/such", self.store, "--import", self.path("no/such"))
        self.assertEqual(os.listdir(self.folder), [], "no file is made of a mistake")

    def test_each_once_however_it_is_spelt(self):
        for again, place in [(variable(guid=GLOBAL.upper()), "name"),
                             (variable("Other", **{"name-utf16": "46006f006f000000"}), "name-utf16")]:
            self.refused(f"variables[1].{place}: the same as that of variables[0]", self.store, "--import", "-",
                         stdin=self.json(variable(), again))
        self.fill(variable("A", **{"name-utf16": "4100"}), variable("A"))  # without and with its NUL: two

    def test_many(self):
        self.fill(*[variable(f"V{i}") for i in range(20000)])
        self.assertEqual(len(self.good(self.store).splitlines()), 20000)

    def test_lists(self):
        self.fill(variable())
        before = self.read("store")
        self.refused("expected signature lists", self.store, "--import-esl", "db",
                     self.write("a", b"no list at all" * 9))
        self.refused("empty", self.store, "--import-esl", "db", self.write("b", b""))
        self.refused("cannot be opened", self.store, "--import-esl", "db", self.path("none"))
        self.refused("of at most 65536", self.store, "--import-esl", "db", self.write("c", bytes(70000)))
        self.assertEqual(before, self.read("store"))
        self.fill(variable("db", guid="d719b2cb-3d3a-4596-a3bc-dad00e67656f"))
        self.refused("expected signature lists", self.store, "--export-esl", "db", "-")


class cli_store_boot(VarsCase):
    """A machine that keeps its variables: the U-Boot with FF-A of our own sets Foo."""

    def boot(self, *arguments, status=0):
        result = subprocess.run([PROGRAM, "boot", "--platform", "virt", "--payload", "ffa-range.elf", "--mode", "prove",
                                 "--expect", "=> ", "--send", "p",
                                 *arguments], capture_output=True, check=False, timeout=90)
        self.assertEqual(result.returncode, status, result.stderr)
        return result.stderr.decode()

    def names(self):
        return [line.split()[-1] for line in self.good(self.store).decode().splitlines()]

    def test_written_where_it_is_asked_for(self):
        self.boot("--set", f"secure.store={self.store}", "--write-back", "store")
        self.assertEqual(self.names(), ["Foo"])
        self.assertEqual(os.listdir(self.folder), ["store"])
        self.fill(variable("Other"))
        self.boot("--set", f"secure.store={self.store}", "--write-back", "store")
        self.assertEqual(self.names(), ["Foo", "Other"])

    def test_left_alone_otherwise(self):
        self.fill(variable("Other"))
        before = self.read("store")
        self.boot("--set", f"secure.store={self.store}")
        self.assertEqual(before, self.read("store"))

    def test_refused(self):
        self.assertIn("--write-back store: no file, expected --set secure.store=FILE",
                      self.boot("--write-back", "store", status=2))
        self.assertIn("cannot be opened", self.boot("--set", f"secure.store={self.path('none')}", status=2))
        self.write("text", b"no variables" * 100)
        self.assertIn("not a variable store", self.boot("--set", f"secure.store={self.path('text')}",
                                                        "--write-back", "store", status=2))
        self.assertEqual(self.read("text"), b"no variables" * 100)


class cli_efitools(VarsCase):
    """What cert-to-efi-sig-list and sign-efi-sig-list make, which share no code with us."""

    def tool(self, *command):
        result = subprocess.run(command, cwd=self.folder, capture_output=True, check=False)
        self.assertEqual(result.returncode, 0, (command, result.stdout, result.stderr))

    def person(self, name):
        self.tool("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", "30", "-subj",
                  f"/CN={name}/", "-keyout", f"{name}.key", "-out", f"{name}.crt")
        self.tool("cert-to-efi-sig-list", "-g", OWNER, f"{name}.crt", f"{name}.esl")

    def sign(self, signer, name, lists, auth, *more):
        self.tool("sign-efi-sig-list", *more, "-t", "2024-05-06 07:08:09", "-k", f"{signer}.key", "-c",
                  f"{signer}.crt", name, lists, auth)

    def status(self, rules, *arguments):
        result = subprocess.run([AUTHENTICATE, rules, *arguments], cwd=self.folder, capture_output=True, check=True)
        return result.stdout.decode().split()[0]

    def test_signed_files(self):
        for name in ["platform", "exchange", "stranger"]:
            self.person(name)
        self.sign("platform", "PK", "platform.esl", "pk.auth")
        self.sign("platform", "KEK", "exchange.esl", "kek.auth")
        self.sign("exchange", "db", "stranger.esl", "db.auth")
        self.sign("exchange", "dbx", "stranger.esl", "dbx.auth", "-a")
        self.sign("stranger", "db", "stranger.esl", "foreign.auth")
        self.write("empty.esl", b"")
        self.sign("platform", "PK", "empty.esl", "nopk.auth")
        keys = ["platform.esl", "exchange.esl"]
        for rules in ["edk2", "trusted-services"]:
            self.assertEqual(self.status(rules, "PK", "pk.auth"), SUCCESS)
            self.assertEqual(self.status(rules, "PK", "pk.auth", *keys), SUCCESS)
            self.assertEqual(self.status(rules, "PK", "nopk.auth", *keys), SUCCESS)
            self.assertEqual(self.status(rules, "KEK", "kek.auth", *keys), SUCCESS)
            self.assertEqual(self.status(rules, "db", "db.auth", *keys), SUCCESS)
            self.assertEqual(self.status(rules, "append", "dbx", "dbx.auth", *keys), SUCCESS)
            self.assertEqual(self.status(rules, "db", "foreign.auth"), SUCCESS)  # setup mode
            for arguments in [("db", "foreign.auth"), ("dbx", "db.auth"), ("KEK", "db.auth"), ("db", "dbx.auth"),
                              ("append", "db", "db.auth")]:
                self.assertEqual(self.status(rules, *arguments, *keys), VIOLATION, (rules, arguments))
            self.assertEqual(self.status(rules, "PK", "pk.auth", "stranger.esl"), VIOLATION)

    def test_lists_of_efitools_in_a_store(self):
        self.person("platform")
        self.good(self.store, "--import-esl", "PK", self.path("platform.esl"))
        self.good(self.store, "--export-esl", "PK", self.path("out.esl"))
        self.assertEqual(self.read("platform.esl"), self.read("out.esl"))
        self.sign("platform", "db", "platform.esl", "db.auth")
        self.refused("signed for SetVariable (.auth)", self.store, "--import-esl", "db", self.path("db.auth"))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
