# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0

import sys
import unittest
from fractions import Fraction

sys.path.insert(0, "tools")
import make_golden_nn as golden  # noqa: E402


class MakeGoldenNn(unittest.TestCase):
    def test_the_committed_header_is_what_it_writes(self):
        self.assertEqual(golden.main(["--check"]), 0)

    def test_rounds_ties_away_from_zero(self):
        self.assertEqual([golden.half_away(Fraction(x, 2)) for x in (-3, -1, 1, 3)], [-2, -1, 1, 2])

    def test_a_mean_of_equal_codes_is_the_code(self):
        case = golden.mean_case("equal", 1, 12, 1, 0.1, 4, 0.1, golden.out(4))
        self.assertEqual(golden.mean(case, [77] * 12), [77])

    def test_a_sum_of_opposites_is_zero(self):
        case = golden.add_case("opposite", 1, 0.1, 5, 0.1, -3, 0.2, golden.out(9))
        self.assertEqual(golden.add_element(case, 5 + 40, -3 - 40, 1), 9)


if __name__ == "__main__":
    unittest.main()
