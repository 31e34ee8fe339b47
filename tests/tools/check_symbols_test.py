# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0

import sys
import unittest

sys.path.insert(0, "tools")
import check_symbols  # noqa: E402


def symbols(*names):
    text = "\n".join(f"build/node.elf:queue.cpp.obj:         U {name}" for name in names)
    return [name for name, _ in check_symbols.forbidden(text)]


class CheckSymbols(unittest.TestCase):
    def test_finds_heap_exceptions_guards_and_printf(self):
        bad = ["malloc", "calloc", "free", "_malloc_r", "_sbrk", "_Znwj", "_ZnajRKSt9nothrow_t",
               "_ZdlPvj", "__cxa_throw", "__cxa_guard_acquire", "printf", "vsnprintf", "_printf_r",
               "sprintf", "siprintf", "puts"]
        self.assertEqual(symbols(*bad), bad)

    def test_leaves_names_that_only_look_alike(self):
        self.assertEqual(symbols("mbedtls_calloc", "mbedtls_mpi_free", "platform_free_uninit", "memcpy",
                                 "_ZN4aiot5storage4freeEv", "buffer_alloc_free", "main"), [])

    def test_counts_definitions_too(self):
        self.assertEqual(check_symbols.forbidden("node.elf:00008000 T malloc"), [("malloc", "node.elf:00008000")])


if __name__ == "__main__":
    unittest.main()
