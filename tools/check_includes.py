#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Checks who includes whom: check_includes.py [ROOT]

The layers of the library are only as real as their include lines. Three rules:
  - a module includes only the modules that its row below names;
  - third parties appear in the .cpp files of the module that owns them, never in a header;
  - public headers stay light: no <string>, <vector>, <functional>, ..., and <atomic> in the ring only.
"""

import pathlib
import re
import sys

PURE = {"core"}
SERVICES = {"core", "hal", "dsp", "nn", "decide", "record", "crypto", "model", "store", "link", "update"}
DEVICE = SERVICES | {"device"}
EVERYTHING = DEVICE | {"toolkit", "gateway", "capi", "ports", "tests", "tools", "examples", "bench"}

# Module -> modules that it may include beside itself; the same edges as in CMakeLists.txt.
EDGES = {
    "core": set(),
    "hal": PURE,
    "dsp": PURE,
    "nn": PURE,
    "decide": PURE,
    "record": PURE,
    "crypto": PURE,
    "model": {"core", "dsp", "nn", "decide", "crypto"},
    "store": {"core", "hal", "crypto"},
    "link": {"core", "hal", "crypto", "record", "store"},
    "update": {"core", "hal", "crypto", "record", "store", "model"},
    "device": SERVICES,
    # A shared library of Linux is a composition: it brings the store in a directory.
    "capi": DEVICE | {"ports"},
    "toolkit": DEVICE,
    "gateway": DEVICE,
    "ports": {"core", "hal", "crypto"},
    "tools": EVERYTHING,
    "examples": EVERYTHING,
    "tests": EVERYTHING,
    "bench": EVERYTHING,
}

# First folder or stem of a third party's header -> modules whose .cpp files may include it.
THIRD_PARTY = {
    "mbedtls": {"crypto", "ports", "toolkit"},
    "flatbuffers": {"model", "toolkit"},
    "aiot_schema": {"model", "toolkit"},
    "Eigen": {"toolkit"},
    "matio": {"toolkit"},
    "sodium": {"toolkit"},
    "mosquitto": {"gateway"},
    "httplib": {"gateway"},
    "CLI": set(),
    "cbor": set(),
    "nlohmann": {"gateway"},
    "sqlite3": {"toolkit"},
}
COMPOSITION = {"tools", "examples", "tests", "bench"}

HEAVY = {"string", "vector", "functional", "iostream", "sstream", "fstream", "chrono", "map", "memory",
         "unordered_map", "thread", "mutex", "regex", "random", "format", "atomic"}
HEAVY_ALLOWED = {("include/aiot/core/ring.hpp", "atomic")}
# Mbed TLS reads its configuration from this header.
CONFIGURATION = {"src/crypto/mbedtls_config.h"}
# Host-only headers may use the heap.
HOST_ONLY = ("include/aiot/toolkit/", "include/aiot/gateway/")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def owner(path):
    """The module that a path relative to the root belongs to, or None."""
    parts = path.split("/")
    if parts[:2] == ["include", "aiot"] and len(parts) > 3:
        return parts[2]
    if parts[0] == "src" and len(parts) > 2:
        return parts[1]
    # The boot loader is an application that happens to live beside its board.
    if path.startswith("ports/baremetal/boot/"):
        return "tools"
    return parts[0] if parts[0] in EDGES and len(parts) > 1 else None


def included_module(name):
    """The module of an included path of ours, or None for foreign headers."""
    if name.startswith("aiot/"):
        return name.split("/")[1] if name.count("/") > 1 else "capi"
    return owner(name)


def check_line(path, module, quote, name):
    """What is wrong with one include line, or None."""
    target = included_module(name)
    if target is not None:
        if target != module and target not in EDGES[module]:
            allowed = ", ".join(sorted(EDGES[module])) or "nothing"
            return f"{module} may not include {target} (it may include {allowed})"
        return None
    header = not path.endswith(".cpp")
    party = name.split("/")[0].removesuffix(".h").removesuffix(".hpp")
    if party in THIRD_PARTY and module not in COMPOSITION:
        if module not in THIRD_PARTY[party]:
            return f"third party <{name}> is not for {module}"
        if header and path not in CONFIGURATION:
            return f"third party <{name}> belongs into a .cpp file"
    public = path.startswith("include/") and not path.startswith(HOST_ONLY)
    if public and name in HEAVY and (path, name) not in HEAVY_ALLOWED:
        return f"public headers stay light: <{name}> belongs into a .cpp file"
    return None


def check_file(path, text):
    """Complaints about one file, as `path:line: what`."""
    module = owner(path)
    if module is None:
        return []
    if module not in EDGES:
        return [f"{path}:1: the module '{module}' has no row in tools/check_includes.py"]
    complaints = []
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            complaint = check_line(path, module, *match.groups())
            if complaint:
                complaints.append(f"{path}:{number}: {complaint}")
    return complaints


def main(root):
    complaints = []
    count = 0
    for folder in ("include", "src", "ports", "tools", "examples", "tests", "bench"):
        for file in sorted((root / folder).rglob("*")):
            if file.suffix in (".hpp", ".h", ".cpp", ".c") and file.is_file():
                count += 1
                relative = file.relative_to(root).as_posix()
                complaints += check_file(relative, file.read_text(encoding="utf-8"))
    for complaint in complaints:
        print(complaint)
    print(f"{count} files, {len(complaints)} includes that are not allowed")
    return 1 if complaints else 0


if __name__ == "__main__":
    here = pathlib.Path(__file__).resolve().parent.parent
    sys.exit(main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here))
