# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Worst-case stack of a linked firmware.

Calls are read from the disassembly of the linked file, so C library, compiler helpers and merged
functions are in. Frames are what GCC says (-fcallgraph-info=su); for code without such a graph, and for
functions that are all assembly, they are the sum of what the function pushes. Indirect calls need a row in a table: a regular expression for
the function that calls, and others for the functions that it may reach. A function that calls through
a pointer without a row, recursion, and frames of unknown size are errors, not guesses.
"""

import pathlib
import re
import subprocess

FUNCTION = re.compile(r"^[0-9a-f]+ <(.+)>:$")
INSTRUCTION = re.compile(r"^ *([0-9a-f]+):\t(\S+)(?:\t(.*))?$")
TARGET = re.compile(r"\b[0-9a-f]+ <([^>+]+)(\+0x[0-9a-f]+)?>")
NODE = re.compile(r'^node: \{ title: "([^"]+)" label: "[^"]*?(\d+) bytes \(([a-z,]+)\)')
BRANCH = re.compile(r"^(b|bl|blx|b(eq|ne|cs|cc|hs|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al))(\.[nw])?$")


class Function:
    """What is known about one function: its frame, whom it calls, whether it calls through a pointer."""

    def __init__(self, name):
        self.name = name
        self.frame = 0
        self.calls = set()
        self.indirect = False


def registers(text):
    """Number of registers in `{r4, r5-r7, lr}` or `{d8-d15}`."""
    count = 0
    for part in text.strip("{} ").split(","):
        ends = [int(number) for number in re.findall(r"\d+", part)]
        count += ends[1] - ends[0] + 1 if "-" in part and len(ends) == 2 else 1
    return count


def pushed(mnemonic, operands):
    """Bytes by which one instruction lowers the stack pointer."""
    list_of_registers = re.search(r"\{[^}]*\}", operands)
    if mnemonic.startswith("push") or (mnemonic.startswith(("stmdb", "stmfd"))
                                       and operands.startswith("sp!")):
        return 4 * registers(list_of_registers.group())
    if mnemonic.startswith("vpush") or (mnemonic.startswith("vstmdb") and operands.startswith("sp!")):
        size = 8 if "d" in list_of_registers.group() else 4
        return size * registers(list_of_registers.group())
    lowered = re.match(r"^sp,(?: sp,)? #(\d+)", operands)
    if mnemonic.startswith("sub") and lowered:
        return int(lowered.group(1))
    stored = re.search(r"\[sp, #-(\d+)\]!", operands)
    if mnemonic.startswith(("str", "vstr")) and stored:
        return int(stored.group(1))
    return 0


def read_disassembly(text):
    """{name: Function} of an `objdump -d --no-show-raw-insn` listing; frames are the pushed bytes."""
    functions = {}
    current = None
    for line in text.splitlines():
        start = FUNCTION.match(line)
        if start:
            current = functions.setdefault(start.group(1), Function(start.group(1)))
            continue
        instruction = INSTRUCTION.match(line)
        if not instruction or current is None:
            continue
        mnemonic, operands = instruction.group(2), instruction.group(3) or ""
        current.frame += pushed(mnemonic, operands)
        if BRANCH.match(mnemonic):
            target = TARGET.search(operands)
            if target and target.group(1) != current.name:
                current.calls.add(target.group(1))
        register = operands.split(";")[0].strip()
        if mnemonic in ("blx", "bx") and re.match(r"^(r\d+|ip|sl|fp|r9)$", register):
            current.indirect = True
    return functions


def linked_graphs(build, link_map):
    """The call graph files of what a firmware was linked from, by the text of its map: objects, and the targets
    of static libraries. Paths in the map are relative to the folder `build`."""
    build = pathlib.Path(build)
    for line in link_map.splitlines():
        name = line.removeprefix("LOAD ")
        if name == line or name.startswith("/"):
            continue
        file = build / name
        if file.suffix == ".a":
            yield from (file.parent / "CMakeFiles" / f"{file.stem.removeprefix('lib')}.dir").rglob("*.ci")
        else:
            yield file.with_suffix(".ci")


def read_frames(build, elf):
    """{mangled name: (bytes, kind)} of everything that `elf` was linked from. Two static functions of one name
    in different files: the larger frame."""
    link_map = pathlib.Path(f"{elf}.map").read_text(encoding="utf-8", errors="replace")
    return read_graphs(file for file in linked_graphs(build, link_map) if file.exists())


def read_graphs(files):
    frames = {}
    for file in files:
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            node = NODE.match(line)
            if node:
                name = node.group(1).rsplit(":", 1)[-1]
                size, kind = int(node.group(2)), node.group(3)
                if size >= frames.get(name, (-1, ""))[0]:
                    frames[name] = (size, kind)
    return frames


def aliases(nm_output):
    """{name: all names of the same address}."""
    by_address = {}
    for line in nm_output.splitlines():
        words = line.split()
        if len(words) >= 3 and words[-2] in "tTwW":
            by_address.setdefault(words[0], []).append(words[-1])
    return {name: names for names in by_address.values() for name in names}


def demangle(names, tool):
    result = subprocess.run([tool], input="\n".join(names), capture_output=True, text=True, check=True)
    return dict(zip(names, result.stdout.splitlines()))


class Graph:
    """The call graph of one firmware, and the deepest path through it."""

    def __init__(self, functions, demangled, table):
        self.functions = functions
        self.demangled = demangled
        self.table = [(re.compile(row["from"]), [re.compile(to) for to in row["to"]]) for row in table]
        self.errors = []
        self.worst = {}

    def targets(self, function):
        """All functions that `function` may call."""
        calls = set(function.calls)
        if function.indirect:
            rows = [to for source, to in self.table if source.search(self.demangled[function.name])]
            if not rows:
                self.errors.append("indirect call without a row in budget/indirect_calls.json: "
                                   + self.demangled[function.name])
            for pattern in (pattern for row in rows for pattern in row):
                calls |= {name for name in self.functions if pattern.search(self.demangled[name])}
        return calls

    def depth(self, name, path=()):
        """(bytes, [names]) of the deepest path that starts with a function."""
        if name in self.worst:
            return self.worst[name]
        if name in path:
            loop = " -> ".join(self.demangled[n] for n in (*path[path.index(name):], name))
            self.errors.append("recursion: " + loop)
            return 0, []
        function = self.functions.get(name)
        if function is None:
            return 0, []
        below, chain = 0, []
        for target in sorted(self.targets(function)):
            if target != name:
                size, names = self.depth(target, (*path, name))
                if size > below or (size == below and not chain):
                    below, chain = size, names
        self.worst[name] = (function.frame + below, [name, *chain])
        return self.worst[name]


def frame(known, pushed_bytes):
    """Bytes of a function's frame by what GCC says of it, [(bytes, kind)]. GCC knows nothing of functions
    that are all assembly and says 0: what they push stands then."""
    return max((size for size, _ in known), default=0) or pushed_bytes


def load(elf, frames, prefix, table):
    """The Graph of a linked firmware; `prefix` is that of the binutils."""

    def run(tool, *arguments):
        return subprocess.run([prefix + tool, *arguments, str(elf)], capture_output=True, text=True,
                              check=True).stdout

    # Link-time optimisation compiles at the link, into graphs beside the firmware: they count first.
    elf = pathlib.Path(elf)
    frames = {**frames, **read_graphs(elf.parent.glob(elf.name + ".ltrans*.ci"))}
    functions = read_disassembly(run("objdump", "-d", "--no-show-raw-insn"))
    same = aliases(run("nm"))
    for name, function in functions.items():
        known = [frames[alias] for alias in same.get(name, [name]) if alias in frames]
        function.frame = frame(known, function.frame)
    graph = Graph(functions, demangle(sorted(functions), prefix + "c++filt"), table)
    for name, function in functions.items():
        kinds = [frames[alias][1] for alias in same.get(name, [name]) if alias in frames]
        if "dynamic" in kinds:
            graph.errors.append("frame of unknown size: " + graph.demangled[name])
    return graph
