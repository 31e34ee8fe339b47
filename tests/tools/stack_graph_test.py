# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, "tools")
import size_report  # noqa: E402
import stack_graph  # noqa: E402

LISTING = """
00008000 <main>:
    8000:\tpush\t{r4, r5, r6, lr}
    8002:\tsub\tsp, #24
    8004:\tbl\t8020 <leaf>
    8008:\tblx\tr3
    800a:\tbne.n\t8004 <main+0x4>
    800c:\tb.w\t8040 <tail>

00008020 <leaf>:
    8020:\tvpush\t{d8-d9}
    8024:\tstr.w\tr7, [sp, #-4]!
    8028:\tbx\tlr

00008040 <tail>:
    8040:\tstmdb\tsp!, {r4, r5, r6, r7, r8, lr}
    8044:\tsub.w\tsp, sp, #1024\t; 0x400
    8048:\tldmia.w\tsp!, {r4, r5, r6, r7, r8, pc}

00008060 <kernel>:
    8060:\tpush\t{r0-r3}
"""


def graph(table):
    functions = stack_graph.read_disassembly(LISTING)
    return stack_graph.Graph(functions, {name: name for name in functions}, table)


class StackGraph(unittest.TestCase):
    def test_frames_are_of_what_was_linked(self):
        with tempfile.TemporaryDirectory() as name:
            build = pathlib.Path(name)
            for file, size in (("app/CMakeFiles/a.dir/main.cpp", 8), ("app/CMakeFiles/b.dir/main.cpp", 500),
                               ("CMakeFiles/core.dir/src/ring.cpp", 24)):
                graph_file = build / f"{file}.ci"
                graph_file.parent.mkdir(parents=True)
                graph_file.write_text(f'node: {{ title: "{file.split("/")[-1][:-4]}" label: "x\\n{size} bytes '
                                      '(static)\\n0 dynamic objects" }\n', encoding="utf-8")
            (build / "a.elf.map").write_text("LOAD app/CMakeFiles/a.dir/main.cpp.obj\nLOAD libcore.a\n"
                                             "LOAD /usr/lib/libc_nano.a\n", encoding="utf-8")
            self.assertEqual(stack_graph.read_frames(build, build / "a.elf"),
                             {"main": (8, "static"), "ring": (24, "static")})

    def test_adds_what_a_function_pushes(self):
        functions = stack_graph.read_disassembly(LISTING)
        self.assertEqual({name: function.frame for name, function in functions.items()},
                         {"main": 40, "leaf": 20, "tail": 1048, "kernel": 16})

    def test_believes_the_compiler_but_for_functions_that_are_all_assembly(self):
        self.assertEqual(stack_graph.frame([(24, "static"), (16, "static")], 40), 24)
        self.assertEqual(stack_graph.frame([(0, "static")], 40), 40)
        self.assertEqual(stack_graph.frame([], 40), 40)

    def test_sees_calls_tail_calls_and_calls_through_pointers(self):
        main = stack_graph.read_disassembly(LISTING)["main"]
        self.assertEqual(main.calls, {"leaf", "tail"})
        self.assertTrue(main.indirect)
        self.assertFalse(stack_graph.read_disassembly(LISTING)["leaf"].indirect)

    def test_takes_the_deepest_path(self):
        found = graph([{"from": "^main$", "to": ["^kernel$"]}]).depth("main")
        self.assertEqual(found, (1088, ["main", "tail"]))

    def test_refuses_an_indirect_call_without_a_row(self):
        without = graph([])
        without.depth("main")
        self.assertIn("indirect call without a row", without.errors[0])

    def test_refuses_recursion(self):
        loop = graph([{"from": "^main$", "to": ["^main$", "^tail$"]}])
        loop.functions["tail"].calls.add("main")
        loop.depth("main")
        self.assertIn("recursion: main -> tail -> main", loop.errors)

    def test_reads_the_compilers_frames(self):
        match = stack_graph.NODE.match('node: { title: "src/a.cpp:_ZN1a1bEv" label: '
                                       '"int a::b()\\nsrc/a.cpp:1:1\\n72 bytes (static)" }')
        self.assertEqual(match.groups(), ("src/a.cpp:_ZN1a1bEv", "72", "static"))


class SizeReport(unittest.TestCase):
    def test_counts_bss_without_the_stack(self):
        listing = ".text 1000 0\n.stack 4096 536870912\n.data 8 1\n.bss 300 2\n.comment 50 0\n"
        self.assertEqual(size_report.sections(listing), (1000, 8, 300))

    def test_puts_the_table_into_the_readme(self):
        table = size_report.table({"node": {"text": 1000, "data": 2, "bss": 3, "stack": 4}})
        before = "# x\n\n| firmware (old) |\n|---|\n| gone | 1 |\n\nafter\n"
        self.assertEqual(size_report.with_table(before, table), f"# x\n\n{table}\n\nafter\n")

    def test_names_what_is_over_budget(self):
        measured = {"node": {"text": 11, "data": 0, "bss": 5, "stack": 9}}
        budget = {"node": {"text": 10, "data": 0, "bss": 6, "stack": 9}}
        complaints = size_report.over_budget(measured, budget)
        self.assertEqual(len(complaints), 1)
        self.assertIn("node: text 11 is 1 over its budget", complaints[0])
        self.assertIn("not built", size_report.over_budget({}, budget)[0])
        self.assertIn("not in budget", size_report.over_budget(measured, {})[0])


if __name__ == "__main__":
    unittest.main()
