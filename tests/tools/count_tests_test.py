# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0

import sys
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
        self.assertEqual(count_tests.count("pass", "1 passed, 3 failed\n"), (1, 0))

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
