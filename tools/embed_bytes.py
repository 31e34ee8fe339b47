#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Turns a file into a C++ header with its bytes.

    embed_bytes.py INPUT OUTPUT NAMESPACE NAME

writes `alignas(16) inline constexpr std::uint8_t NAME[]` into NAMESPACE. OUTPUT is left alone when it has these contents already, so that nothing is
built again. Python standard library only.
"""

import pathlib
import re
import sys

PER_LINE = 16


def header(data, source, namespace, name):
    lines = [
        f"// Generated from {source} by tools/embed_bytes.py.",
        "#pragma once",
        "",
        "#include <cstdint>",
        "",
        f"namespace {namespace} {{",
        "",
        f"alignas(16) inline constexpr std::uint8_t {name}[{len(data)}] = {{",
    ]
    for start in range(0, len(data), PER_LINE):
        lines.append("    " + ", ".join(f"{byte:#04x}" for byte in data[start:start + PER_LINE]) + ",")
    lines += ["};", "", f"}}  // namespace {namespace}", ""]
    return "\n".join(lines)


def main(arguments):
    if len(arguments) != 4:
        print("usage: embed_bytes.py INPUT OUTPUT NAMESPACE NAME", file=sys.stderr)
        return 2
    source, target = pathlib.Path(arguments[0]), pathlib.Path(arguments[1])
    namespace, name = arguments[2], arguments[3]
    if not re.fullmatch(r"\w+(::\w+)*", namespace) or not re.fullmatch(r"[A-Za-z_]\w*", name):
        print("embed_bytes.py: NAMESPACE and NAME must be C++ names", file=sys.stderr)
        return 2
    try:
        data = source.read_bytes()
    except OSError as error:
        print(f"embed_bytes.py: {source}: {error.strerror}", file=sys.stderr)
        return 1
    if not data:
        print(f"embed_bytes.py: {source} is empty", file=sys.stderr)
        return 1
    text = header(data, source.name, namespace, name)
    if not target.exists() or target.read_text() != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
