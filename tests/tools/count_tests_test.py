# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0

import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, "tools")
import count_tests  # noqa: E402


class CountTests(unittest.TestCase):
    def test_takes_the_closing_line(self):
        self.assertEqual(count_tests.count("pass", "noise\n12 passed, 0 failed\n"), (12, 0))

    def test_counts_a_test_without_a_closing_line_as_one(self):
        self.assertEqual(count_tests.count("pass", "fine"), (1, 0))
        self.assertEqual(count_tests.count("fail", "broken"), (0, 1))

    def test_counts_a_binary_that_must_fail_as_one_that_passed(self):
        self.assertEqual(count_tests.count("pass", "1 passed, 3 failed\n", True), (1, 0))
        self.assertEqual(count_tests.count("fail", "1 passed, 3 failed\n", True), (0, 1))

    def test_believes_the_closing_line_more_than_the_exit_code(self):
        self.assertEqual(count_tests.count("pass", "5 passed, 3 failed\n"), (5, 3))
        self.assertEqual(count_tests.count("pass", "0 passed, 0 failed\n"), (0, 0))

    def test_does_not_guess_what_was_cut_off(self):
        cut = "noise\n[This part of the test output was removed since it exceeds the threshold of 1024 bytes.]"
        self.assertEqual(count_tests.count("pass", cut), (0, 1))
        self.assertEqual(count_tests.count("pass", cut, True), (1, 0))

    def test_knows_by_the_name_which_tests_must_fail(self):
        for name in ("board_fails", "shim_fails_prints", "board_fails_exits"):
            self.assertTrue(count_tests.MUST_FAIL.search(name))
        for name in ("nn", "link_fails_over", "prints"):
            self.assertFalse(count_tests.MUST_FAIL.search(name))

    def test_adds_up_a_whole_run(self):
        run = """<testsuite>
          <testcase name="a" status="run"><system-out>5 passed, 3 failed</system-out></testcase>
          <testcase name="b_fails" status="run"><system-out>1 passed, 3 failed</system-out></testcase></testsuite>"""
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
            file.write(run)
            file.flush()
            done = subprocess.run([sys.executable, "tools/count_tests.py", file.name],
                                  capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout.splitlines()[-1], "6 3")

    def test_never_reports_a_failed_run_as_clean(self):
        self.assertEqual(count_tests.count("fail", "7 passed, 0 failed\nSegmentation fault"), (7, 1))
        self.assertEqual(count_tests.count("fail", "7 passed, 2 failed\n"), (7, 2))

    def test_tells_a_skip_from_a_program_that_is_missing(self):
        def case(status, message=None):
            text = f'<testcase status="{status}">'
            text += f'<skipped message="{message}"/>' if message else ""
            return ElementTree.fromstring(text + "</testcase>")

        self.assertEqual(count_tests.verdict_of(case("run")), "pass")
        self.assertEqual(count_tests.verdict_of(case("fail")), "fail")
        self.assertEqual(count_tests.verdict_of(case("notrun", "SKIP_RETURN_CODE=77")), "skip")
        self.assertEqual(count_tests.verdict_of(case("notrun", "Unable to find executable")), "fail")


if __name__ == "__main__":
    unittest.main()
