#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Adds up a ctest run: count_tests.py JUNIT.xml

A test that ends with `N passed, M failed` counts as those N and M, any other as one. A test that ctest
calls failed counts at least one failure, whatever it printed. Lines that start with SKIPPED: are shown
again, so that nobody overlooks them. The last line is the two sums.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree

CLOSING = re.compile(r"^(\d+) passed, (\d+) failed\r?$", re.MULTILINE)


def count(case, text):
    """(passed, failed) of one test: `case` is ctest's verdict, `text` what it printed."""
    closing = CLOSING.findall(text)
    if case == "pass":
        # A test that must fail prints failures and passes: then it is one passed test.
        if closing and int(closing[-1][1]) == 0:
            return max(int(closing[-1][0]), 1), 0
        return 1, 0
    if closing:
        return int(closing[-1][0]), max(int(closing[-1][1]), 1)
    return 0, 1


def main(path):
    passed = failed = 0
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        text = case.findtext("system-out") or ""
        verdict = "pass" if case.get("status") == "run" else "fail"
        good, bad = count(verdict, text)
        passed += good
        failed += bad
        for line in text.splitlines():
            if line.startswith("SKIPPED:"):
                print(f"  {case.get('name')}: {line}")
    print(passed, failed)


if __name__ == "__main__":
    main(sys.argv[1])
