# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0

import sys
import unittest

sys.path.insert(0, "tools")
import check_includes  # noqa: E402


def complaints(path, line):
    return check_includes.check_file(path, line)


class CheckIncludes(unittest.TestCase):
    def test_accepts_the_edges_of_the_table(self):
        self.assertEqual(complaints("src/store/queue.cpp", '#include "aiot/hal/flash.hpp"'), [])
        self.assertEqual(complaints("tools/aiot/run.cpp", '#include "ports/linux/clock.hpp"'), [])
        self.assertEqual(complaints("ports/sim/flash.hpp", '#include "ports/sim/random.hpp"'), [])

    def test_refuses_an_edge_upwards(self):
        found = complaints("include/aiot/core/ring.hpp", '\n#include "aiot/hal/flash.hpp"')
        self.assertEqual(len(found), 1)
        self.assertIn("include/aiot/core/ring.hpp:2: core may not include hal", found[0])

    def test_refuses_siblings_and_services_in_ports(self):
        self.assertTrue(complaints("src/dsp/fft.cpp", '#include "aiot/nn/quant.hpp"'))
        self.assertTrue(complaints("ports/sim/flash.cpp", '#include "aiot/store/queue.hpp"'))
        self.assertTrue(complaints("src/store/queue.cpp", '#include "ports/sim/flash.hpp"'))

    def test_keeps_third_parties_in_their_cpp_files(self):
        self.assertEqual(complaints("src/crypto/sha256.cpp", "#include <mbedtls/sha256.h>"), [])
        self.assertTrue(complaints("src/crypto/sha256.hpp", "#include <mbedtls/sha256.h>"))
        self.assertTrue(complaints("src/model/load.cpp", '#include "mbedtls/sha256.h"'))
        self.assertEqual(complaints("tests/record/cbor_host_test.cpp", "#include <cbor.h>"), [])
        self.assertTrue(complaints("src/record/cbor.cpp", "#include <cbor.h>"))

    def test_keeps_public_headers_light(self):
        self.assertTrue(complaints("include/aiot/nn/quant.hpp", "#include <string>"))
        self.assertTrue(complaints("include/aiot/nn/quant.hpp", "#include <atomic>"))
        self.assertEqual(complaints("include/aiot/core/ring.hpp", "#include <atomic>"), [])
        self.assertEqual(complaints("src/nn/executor.cpp", "#include <string>"), [])
        self.assertEqual(complaints("include/aiot/toolkit/dataset.hpp", "#include <vector>"), [])

    def test_lets_the_boot_loader_compose(self):
        line = '#include "aiot/update/boot_choice.hpp"'
        self.assertEqual(complaints("ports/baremetal/boot/main.cpp", line), [])
        self.assertTrue(complaints("ports/baremetal/start.cpp", line))

    def test_wants_a_row_for_each_module(self):
        self.assertIn("no row", complaints("src/unheard/of.cpp", "")[0])


if __name__ == "__main__":
    unittest.main()
