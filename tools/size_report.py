#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Text, data, bss and worst stack of the reference firmwares against budget/size.json.

  size_report.py --build build/arm-m4              print the table; fail when a budget is exceeded
  size_report.py --build build/arm-m4 --update     write what was measured into the budget and README
  size_report.py --build build/arm-m4 --functions  also the largest functions and the deepest path

Worst stack = deepest path of the thread + exception frame + deepest path of an interrupt handler, see
tools/stack_graph.py; what calls through a pointer may reach is in budget/indirect_calls.json. bss is
without the stack, which is an area of its own.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import stack_graph  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUDGET = ROOT / "budget" / "size.json"
README = ROOT / "README.md"
CALLS = ROOT / "budget" / "indirect_calls.json"
PREFIX = "arm-none-eabi-"
KINDS = ("text", "data", "bss", "stack")
# What a firmware may take in all, whatever its budget: node_monitor is to fit into 64 KB, the boot loader
# into 22 KB and 6 KB.
TEXT_LIMITS = {"boot": 22 * 1024}
RAM_LIMITS = {"node_monitor": 65536, "boot": 6 * 1024}


def sections(size_output):
    """(text, data, bss) of a `size -A -d` listing: what is in flash only, in both, in RAM only."""
    sizes = {}
    for line in size_output.splitlines():
        words = line.split()
        if len(words) == 3 and words[0].startswith("."):
            sizes[words[0]] = int(words[1])
    text = sum(sizes.get(name, 0) for name in (".vectors", ".text", ".rodata", ".ARM.exidx"))
    return text, sizes.get(".data", 0), sizes.get(".bss", 0)


def worst_stack(graph, calls):
    """(bytes, names) of the deepest moment: thread, exception frame, interrupt handler."""
    for root in (*calls["threads"], *calls["interrupts"]):
        if root not in graph.functions:
            graph.errors.append(f"no function {root}, which budget/indirect_calls.json calls a root")
    thread = max((graph.depth(name) for name in calls["threads"]), key=lambda found: found[0])
    handlers = [graph.depth(name) for name in calls["interrupts"]]
    handler = max(handlers, key=lambda found: found[0], default=(0, []))
    frame = calls["exception_frame_bytes"] if handlers else 0
    return thread[0] + frame + handler[0], thread[1] + handler[1]


def measure(elf, build, calls):
    """({kind: bytes}, graph, names on the deepest path) of one firmware."""
    listing = subprocess.run([PREFIX + "size", "-A", "-d", str(elf)], capture_output=True, text=True,
                             check=True).stdout
    graph = stack_graph.load(elf, stack_graph.read_frames(build, elf), PREFIX, calls["indirect"])
    stack, path = worst_stack(graph, calls)
    return dict(zip(KINDS, (*sections(listing), stack))), graph, path


def ram(sizes):
    return sizes["data"] + sizes["bss"] + sizes["stack"]


def table(measured):
    """The Markdown table that README shows."""
    lines = ["| firmware (Cortex-M4, -Os) | text | data | bss | worst stack | RAM in all |",
             "|---|---|---|---|---|---|"]
    for name, sizes in measured.items():
        lines.append(f"| {name} | " + " | ".join(f"{sizes[kind]:,}" for kind in KINDS) + f" | {ram(sizes):,} |")
    return "\n".join(lines)


def with_table(readme, wanted):
    """README's text with its size table replaced."""
    lines = readme.split("\n")
    first = next((i for i, line in enumerate(lines) if line.startswith("| firmware (")), None)
    if first is None:
        sys.exit("size_report: README.md has no size table; a line must begin with '| firmware ('")
    last = first
    while last < len(lines) and lines[last].startswith("|"):
        last += 1
    return "\n".join(lines[:first] + wanted.split("\n") + lines[last:])


def over_budget(measured, budget):
    """Complaints, one a line."""
    complaints = [f"{name}: in the budget but not built" for name in budget if name not in measured]
    for name, sizes in measured.items():
        if name not in budget:
            complaints.append(f"{name}: not in budget/size.json; ./dev size --update adds it")
            continue
        for kind in KINDS:
            if sizes[kind] > budget[name][kind]:
                more = sizes[kind] - budget[name][kind]
                complaints.append(f"{name}: {kind} {sizes[kind]} is {more} over its budget; shrink it, or "
                                  "raise the budget in the same commit and say why")
        if name in TEXT_LIMITS and sizes["text"] > TEXT_LIMITS[name]:
            complaints.append(f"{name}: text {sizes['text']} is {sizes['text'] - TEXT_LIMITS[name]} over what it may take")
        if name in RAM_LIMITS and ram(sizes) > RAM_LIMITS[name]:
            complaints.append(f"{name}: RAM {ram(sizes)} is {ram(sizes) - RAM_LIMITS[name]} over what it may take")
    return complaints


def print_functions(elf, graph, path):
    listing = subprocess.run([PREFIX + "nm", "-S", "--size-sort", "-r", "-C", str(elf)],
                             capture_output=True, text=True, check=True).stdout
    print(f"\n{elf.stem}: largest symbols (bytes, kind, name)")
    for line in listing.splitlines()[:40]:
        _, size, kind, name = line.split(" ", 3)
        print(f"{int(size, 16):8} {kind} {name[:120]}")
    print(f"\n{elf.stem}: deepest path (frame, function)")
    for name in path:
        print(f"{graph.functions[name].frame:8} {graph.demangled[name][:120]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "arm-m4")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--functions", action="store_true")
    options = parser.parse_args()
    # Of a firmware for both slots one; what hangs on purpose is no firmware for anybody.
    firmwares = sorted((elf for elf in (*(options.build / "examples").rglob("*.elf"),
                                        *(options.build / "ports" / "baremetal" / "boot").glob("boot.elf"))
                        if not re.search("_b$|_hangs_", elf.stem)), key=lambda elf: elf.stem)
    if not firmwares:
        sys.exit(f"size_report: no firmware under {options.build}/examples; build it first")
    calls = json.loads(CALLS.read_text())
    budget = json.loads(BUDGET.read_text()) if BUDGET.exists() else {}
    measured, complaints = {}, []
    for elf in firmwares:
        name = elf.stem.removesuffix("_a")
        measured[name], graph, path = measure(elf, options.build, calls)
        complaints += [f"{name}: {error}" for error in sorted(set(graph.errors))]
        if options.functions:
            print_functions(elf, graph, path)
    print(table(measured))
    if options.update:
        BUDGET.write_text(json.dumps(measured, indent=2) + "\n")
        README.write_text(with_table(README.read_text(), table(measured)))
    else:
        complaints += over_budget(measured, budget)
        if table(budget) not in README.read_text():
            complaints.append("README.md does not show the table of budget/size.json; ./dev size --update "
                              "writes it")
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
