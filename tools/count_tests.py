#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Adds up a ctest run: count_tests.py [--closing] JUNIT.xml

A test that ends with `N passed, M failed` counts as those N and M, whatever its exit code, and any other
as one. A test that ctest calls failed counts at least one failure, whatever it printed. A test named
*_fails, *_fails_prints or *_fails_exits proves that failures are seen: it counts as one, by ctest's
verdict. What says SKIPPED is shown again, so that nobody overlooks it. The last line is the two sums.
--closing shows the last lines of each test instead.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree

MUST_FAIL = re.compile(r"_fails(_prints|_exits)?$")
CUT = "test output was removed since it exceeds the threshold"
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed\r?$", re.MULTILINE)


def count(verdict, text, must_fail=False):
    """(passed, failed) of one test: `verdict` is ctest's, `text` what it printed."""
    good = verdict == "pass"
    closing = [] if must_fail else CLOSING.findall(text)
    if not closing:
        # Whether a cut output had a closing line, and which, is not known.
        good = good and (must_fail or CUT not in text)
        return (1, 0) if good else (0, 1)
    passed, failed = int(closing[-1][0]), int(closing[-1][1])
    return passed, failed if good else max(failed, 1)


def verdict_of(case):
    """pass, fail or skip. A test whose program does not exist is "notrun", too, and no skip."""
    if case.get("status") == "run":
        return "pass"
    skipped = case.find("skipped")
    if skipped is not None and "SKIP_" in (skipped.get("message") or ""):
        return "skip"
    return "fail"


def main(path, closing):
    passed = failed = 0
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        text = case.findtext("system-out") or ""
        lines = text.strip().splitlines()
        verdict = verdict_of(case)
        if closing:
            print("\n".join(f"  {case.get('name')}: {line}" for line in lines[-3:]))
            continue
        # GoogleTest names each of its skipped tests twice, once with the time.
        skips = [line for line in lines
                 if "SKIPPED" in line and ("[  SKIPPED ]" not in line or line.endswith("ms)"))]
        skips = list(dict.fromkeys(skips))
        if verdict == "skip":
            skips = skips or ["SKIPPED " + " ".join(lines[-1:])]
        else:
            good, bad = count(verdict, text, MUST_FAIL.search(case.get("name")))
            passed += good
            failed += bad
        for line in skips:
            print(f"  {case.get('name')}: {line}")
    if not closing:
        print(passed, failed)


if __name__ == "__main__":
    main(sys.argv[-1], "--closing" in sys.argv[1:-1])
