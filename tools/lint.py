#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy on the project's own sources: lint.py [-j N] BUILD [FILE...]

BUILD holds compile_commands.json of a Clang configuration (preset lint). A file whose preprocessed text
and configuration were clean before is not looked at again; the notes are in ~/.cache/aiot/lint. Tests are
left out: they are read by people and run by machines, and GoogleTest makes them slow to parse.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
NOTES = pathlib.Path(CACHE) / "aiot" / "lint"
OWN = ("src/", "ports/", "tools/", "examples/")


def own_commands(build):
    """{path relative to the root: entry} of the compile commands that are ours."""
    commands = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if path.is_relative_to(ROOT) and str(path.relative_to(ROOT)).startswith(OWN):
            commands[str(path.relative_to(ROOT))] = entry
    return commands


def preprocessed(entry):
    """The text that the compiler sees, or None when it does not compile."""
    words = shlex.split(entry["command"])
    while words and not words[0].rsplit("/", 1)[-1].startswith("clang"):
        words.pop(0)  # a launcher such as ccache
    output = words.index("-o")
    words = words[:output] + words[output + 2:]
    # With comments, which may hold suppressions, and without the paths of this clone.
    words = [word for word in words if word != "-c"] + ["-E", "-C", "-P"]
    result = subprocess.run(words, cwd=entry["directory"], capture_output=True, check=False)
    return result.stdout if result.returncode == 0 else None


def lint(build, entry):
    """What clang-tidy has to say about one file; empty when it is clean."""
    text = preprocessed(entry)
    note = None
    if text is not None:
        key = hashlib.sha256(text + (ROOT / ".clang-tidy").read_bytes()).hexdigest()
        note = NOTES / key
        if note.exists():
            return ""
    result = subprocess.run(["clang-tidy", "--quiet", "-p", str(build), entry["file"]],
                            capture_output=True, text=True, check=False)
    if result.returncode != 0:
        return result.stdout + result.stderr
    if note is not None:
        note.parent.mkdir(parents=True, exist_ok=True)
        note.touch()
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-j", dest="jobs", type=int, default=2)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("files", nargs="*", help="only these, relative to the repository")
    options = parser.parse_args()
    commands = own_commands(options.build)
    chosen = options.files or sorted(commands)
    unknown = [name for name in chosen if name not in commands]
    if unknown:
        sys.exit(f"lint.py: {options.build} does not compile {', '.join(unknown)}; name files that it does")
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        reports = list(pool.map(lambda name: lint(options.build, commands[name]), chosen))
    bad = [report for report in reports if report]
    print("".join(bad), end="")
    print(f"{len(chosen)} files, {len(bad)} with findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
