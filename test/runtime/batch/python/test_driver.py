"""Tests of the Python driver's own rules. Run by python-driver.test.ts, with the driver's sources on the path."""

import os
import tempfile
import textwrap
import unittest

from analysis_driver import folders, item_run, outputs, warm_imports


class WarmImports(unittest.TestCase):
    def imports_of(self, source, name="script.py"):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as script:
                script.write(textwrap.dedent(source))
            return [module for module, _ in warm_imports.warm_imports(path)]

    def test_takes_the_imports_that_a_script_begins_with(self):
        source = '''
            """About it."""
            from __future__ import annotations
            import json
            import pandas as pd
            from matplotlib import pyplot
            print()
            import numpy
        '''
        self.assertEqual(self.imports_of(source), ["__future__", "json", "pandas", "matplotlib"])

    def test_stops_at_whatever_could_change_what_an_import_does(self):
        for line in (
            "import os; os.environ['A'] = '1'",
            "import my_settings",
            "from . import local",
            "if True: import json",
            "a = 1",
        ):
            with self.subTest(line):
                self.assertNotIn("numpy", self.imports_of("%s\nimport numpy\n" % line))

    def test_takes_none_of_a_script_that_is_called_like_a_module(self):
        for name in ("numpy.py", "subprocess.py", "dateutil.py"):
            with self.subTest(name):
                self.assertEqual(self.imports_of("import json\nimport pandas\n", name=name), [])

    def test_leaves_errors_to_the_item(self):
        for source in ("def x(:", "\0", "(" * 10_000):
            with self.subTest(source[:10]):
                self.assertEqual(self.imports_of(source), [])


class Outputs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.record = {"parts": [], "warnings": []}

    def write(self, name, content=b"x"):
        path = os.path.join(os.fsencode(self.folder), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as target:
            target.write(content)

    def take(self, **limits):
        limits = {"maxPathBytes": 900, "largeBytes": 1000, "archiveBytes": 10_000, **limits}
        return outputs.take_files(self.record, self.folder, limits)

    def test_are_taken_in_the_order_of_their_paths(self):
        for name in (b"b", b"a/z", b"a/b/c"):
            self.write(name, name)
        self.assertEqual(self.take(), [b"a/b/c", b"a/z", b"b"])
        self.assertEqual([part["path"] for part in self.record["parts"]], ["a/b/c", "a/z", "b"])
        self.assertNotIn("error", self.record)

    def test_one_that_cannot_be_kept_fails_the_item_and_leaves_the_others(self):
        self.write(b"fine.txt")
        self.write(b"caf\xe9.csv")
        self.write(b"long-name.csv")
        self.assertEqual(self.take(maxPathBytes=10), [b"x"])
        self.assertEqual(
            self.record["error"],
            {
                "name": "OutputUnreadable",
                "message": "output/caf\\xe9.csv: the name is not UTF-8, "
                "output/long-name.csv: the path has 13 bytes, more than the 10 that its key in S3 has room for",
            },
        )

    def test_do_not_hide_why_the_script_failed(self):
        self.record["error"] = {"name": "ScriptFailed", "message": "first"}
        self.write(b"caf\xe9.csv")
        self.take()
        self.assertEqual(self.record["error"]["message"], "first")

    def test_links_are_told_and_not_followed(self):
        os.symlink("/etc/passwd", os.path.join(self.folder, "link"))
        self.assertEqual(self.take(), [])
        self.assertEqual([warning["code"] for warning in self.record["warnings"]], ["SpecialFiles"])

    def test_no_folder_is_no_output(self):
        os.rmdir(self.folder)
        self.assertEqual(self.take(), [])
        os.mkdir(self.folder)


class Folders(unittest.TestCase):
    def test_are_removed_however_deep_they_are_and_whatever_rights_they_have(self):
        base = tempfile.mkdtemp()
        here = os.getcwd()
        try:
            os.chdir(base)
            for _ in range(2000):
                os.mkdir("deeper")
                os.chdir("deeper")
        finally:
            os.chdir(here)
        os.mkdir(os.path.join(base, "closed"))
        os.chmod(os.path.join(base, "closed"), 0)
        folders.remove_folder(base)
        self.assertFalse(os.path.lexists(base))

    def test_a_link_is_removed_and_not_what_it_leads_to(self):
        with tempfile.TemporaryDirectory() as base:
            os.mkdir(os.path.join(base, "kept"))
            os.symlink("kept", os.path.join(base, "link"))
            folders.remove_folder(os.path.join(base, "link"))
            self.assertEqual(os.listdir(base), ["kept"])


class Items(unittest.TestCase):
    def test_every_digit_of_the_parameters_stays(self):
        parameters = '{"n": 123456789012345678901234567890, "d": 0.10000000000000000000001}'
        item = {"id": "1", "input": "a.csv", "parameters": parameters}
        self.assertIn('"parameters": %s,' % parameters, item_run.describe_item(item))

    def test_what_a_process_noted_is_taken_only_where_it_fits(self):
        with tempfile.NamedTemporaryFile("w", suffix=".notes") as notes:
            notes.write("{'kind': 'error', 'name': 'A'}\n[1]\n{'kind': 5}\n__import__('os')\n\x00\n" + "(" * 5000)
            notes.flush()
            self.assertEqual(item_run._read_notes(notes.name), [{"kind": "error", "name": "A"}])


if __name__ == "__main__":
    unittest.main()
