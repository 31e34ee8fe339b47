#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Installs a build, moves it, and uses it from outside: run.py BUILD CMAKE CC CXX

Nothing is built for it in BUILD: `cmake --install` copies what is there. The prefix is moved to another
folder, the name of which has a blank, before anybody looks. C programs are built with what pkg-config
says, C and C++ programs with find_package; all are run.
"""

import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]


def run(*command, folder=None, status=0, **variables):
    done = subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, text=True,
                          timeout=300, env=os.environ | variables, check=False)
    assert done.returncode == status, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def check_tree(prefix, version):
    """What has to be there, and what must not."""
    files = {path.relative_to(prefix).as_posix() for path in prefix.rglob("*") if not path.is_dir()}
    library = next(path for path in files if path.endswith("/libaiot.a")).removesuffix("/libaiot.a")
    wanted = {"bin/aiot", "include/aiot/aiot.h", "include/aiot/device/device.hpp",
              "include/aiot-host/ports/linux/store_dir.hpp", "include/aiot-host/aiot_packages/machine.hpp",
              "share/aiot/models/machine.aipk", "share/aiot/schema/record.cddl", f"{library}/libaiot.so",
              f"{library}/libaiot.so.{version.split('.')[0]}", f"{library}/libaiot.so.{version}",
              f"{library}/pkgconfig/aiot.pc", f"{library}/cmake/aiot/aiotConfig.cmake"}
    assert wanted <= files, f"missing: {wanted - files}"
    strange = {path for path in files
               if "toolkit" in path or "gtest" in path or path.endswith((".cpp", ".o", ".py"))}
    assert not strange, f"installed for nothing: {strange}"
    for name in files:
        if name.endswith((".cmake", ".pc", ".h", ".hpp")):
            text = (prefix / name).read_text()
            for path in (ROOT, prefix.with_name("first")):
                assert str(path) not in text, f"{name} names {path}"
    return prefix / library


def undated(out):
    """Lines of the example without the records that say what time it is, and the sequences behind them."""
    return [line for line in out.splitlines() if " kind 3 " not in line and "acknowledged bulk" not in line]


def use_pkg_config(prefix, library, compiler, folder):
    """A C program as a vendor builds it, and what it does."""
    found = {"PKG_CONFIG_PATH": str(library / "pkgconfig")}
    flags = shlex.split(run("pkg-config", "--cflags", "--libs", "aiot", **found))
    program = folder / "embed_c"
    run(compiler, "-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", ROOT / "examples/embed_c/main.c",
        *flags, "-lm", "-o", program)
    assert "libaiot.so.0" in run("readelf", "-d", program)
    package = prefix / "share/aiot/models/machine.aipk"
    out = run(program, package, folder / "c.store", 3, LD_LIBRARY_PATH=str(library))
    assert out.startswith("bulk 0 kind 0 ") and "normal" in out and "acknowledged routine" in out, out
    # Without the shared library: the archive, and what it wants.
    static = folder / "embed_c_static"
    flags = shlex.split(run("pkg-config", "--static", "--cflags", "--libs", "aiot", **found))
    flags = [str(library / "libaiot.a") if flag == "-laiot" else flag for flag in flags]
    run(compiler, "-std=c99", ROOT / "examples/embed_c/main.c", *flags, "-lm", "-o", static)
    assert "libaiot" not in run("readelf", "-d", static)
    again = run(static, package, folder / "static.store", 3)
    assert undated(again) == undated(out), "the archive decides as the shared library does"
    return run("pkg-config", "--modversion", "aiot", **found).strip()


def use_find_package(prefix, library, cmake, compilers, folder):
    readme = folder / "readme.cpp"
    run(sys.executable, ROOT / "tests/examples/extract.py", ROOT / "README.md", readme)
    build = folder / "build"
    run(cmake, "-S", pathlib.Path(__file__).parent, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}",
        f"-DCMAKE_C_COMPILER={compilers[0]}", f"-DCMAKE_CXX_COMPILER={compilers[1]}", f"-DREADME_PROGRAM={readme}",
        f"-DEXAMPLE_C={ROOT / 'examples/embed_c/main.c'}")
    run(cmake, "--build", build, "-j", "2")
    assert "empty" in run(build / "cpp_shared")
    assert "libaiot" not in run("readelf", "-d", build / "cpp_static")
    run(build / "cpp_static", folder=folder)
    assert (folder / "pump.cbor").stat().st_size > 0
    package = prefix / "share/aiot/models/machine.aipk"
    assert "kind 0" in run(build / "c_shared", package, folder / "cmake.store", 3)
    # A version that does not fit is refused.
    other = (pathlib.Path(__file__).parent / "CMakeLists.txt").read_text().replace("aiot 0.1 ", "aiot 0.2 ")
    (folder / "other").mkdir()
    (folder / "other" / "CMakeLists.txt").write_text(other)
    run(cmake, "-S", folder / "other", "-B", folder / "other_build", "-G", "Ninja",
        f"-DCMAKE_PREFIX_PATH={prefix}", status=1)


def main():
    build, cmake, *compilers = sys.argv[1:]
    if not shutil.which("pkg-config"):
        sys.exit("pkg-config not found; install the package pkgconf, or run ./dev")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        first = folder / "first"
        run(cmake, "--install", build, "--prefix", first)
        prefix = folder / "moved here"
        first.rename(prefix)
        cache = (pathlib.Path(build) / "CMakeCache.txt").read_text()
        version = next(line.split("=")[1] for line in cache.splitlines()
                       if line.startswith("CMAKE_PROJECT_VERSION:"))
        library = check_tree(prefix, version)
        told = use_pkg_config(prefix, library, compilers[0], folder)
        assert told == version, (told, version)
        use_find_package(prefix, library, cmake, compilers, folder)
        assert version in run(prefix / "bin/aiot", "--version")
        print(f"installed {sum(1 for _ in prefix.rglob('*'))} files, moved, used from C and C++")


main()
