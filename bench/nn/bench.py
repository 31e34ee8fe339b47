#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""What an inference costs: instructions (on the host time), memory and code, operator by operator.

./dev bench nn calls it with everything built. A board's instructions are counted by QEMU -icount, where
each takes 64 ns of the board's timer; the firmware reads the timer around load, check, run and every
kernel, takes off what the reading costs, and counts a loop of known length to check itself. The outputs
are compared with the reference's. Code is what a firmware with the executor and this network's kernels has
more than one without; --gc-sections drops what they do not use.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RUN_QEMU = ROOT / "ports" / "baremetal" / "run_qemu.sh"
TFLM = json.loads((pathlib.Path(__file__).resolve().parent / "tflm_cmsis_nn.json").read_text())
KNOWN = ("hello_world_int8", "ad01", "micro_speech", "kws", "resnet")
OWN = "mobilenet_v1_025_96"
SMOKE = "separable"
SKIPPED = 77
SENTENCE = ("Instructions are not cycles: loads, branches, wait states of the flash and the width of the core's "
            "multiplier are not in them. They compare builds on one core, and say what a core has to do at least.")


def output_of(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bench: {' '.join(str(word) for word in command)}\n{done.stdout}{done.stderr}")
    return done.stdout


# --- models ---

def name_of(path):
    """Folder name of .../kws/model.tflite, else the stem."""
    return path.parent.name if path.stem == "model" else path.stem


def own_model(options, name):
    path = options.out / f"{name}.tflite"
    output_of([options.nn_bench, "model", name, "-o", path])
    return path


def models(options):
    if options.model:
        return [options.base / path for path in options.model]
    if options.smoke:
        return [own_model(options, SMOKE)]
    shared = os.environ.get("AIOT_SHARED")
    found = [pathlib.Path(shared, "models", name, "model.tflite") for name in KNOWN] if shared else []
    if not shared:
        print(f"AIOT_SHARED is not set: {OWN} only; name others with --model\n")
    return [path for path in found if path.exists()] + [own_model(options, OWN)]


# --- code ---

class Probe:
    """Builds bench/nn/probe.cpp with lists of kernels, by the commands that CMake made for it."""

    def __init__(self, options):
        lines = output_of(["ninja", "-C", options.board, "-t", "commands", "bench/nn/nn_probe.elf"]).splitlines()
        self.folder = options.board
        self.compile = next(line for line in lines if "probe.cpp.obj -c " in line)
        self.link = re.sub(r"-Wl,-Map=\S+", "", lines[-1])
        self.out = options.out.resolve()
        self.object = re.search(r"-o (\S+probe\.cpp\.obj)", self.compile).group(1)
        self.elf = re.search(r"-o (\S+nn_probe\.elf)", self.link).group(1)
        self.empty = self.text(self.folder / self.elf)

    @staticmethod
    def text(elf):
        """Bytes in flash: code, constants, initial data."""
        listing = output_of(["arm-none-eabi-size", "-A", "-d", elf])
        return sum(int(words[1]) for words in map(str.split, listing.splitlines())
                   if len(words) == 3 and words[0] in (".vectors", ".text", ".rodata", ".ARM.exidx", ".data"))

    def measure(self, name, kernels, load):
        """Bytes of code for a network of `kernels`, with the loader of packages or without."""
        stem = self.out / f"{name}{'_load' if load else ''}"
        definitions = f'"-DAIOT_BENCH_KERNELS={",".join(kernels)}"' + (" -DAIOT_BENCH_LOAD" if load else "")
        compile_line = self.compile.replace(self.object, f"{stem}.obj").replace(" -c ", f" {definitions} -c ")
        link = self.link.replace(self.object, f"{stem}.obj").replace(self.elf, f"{stem}.elf")
        for command in (compile_line, link):
            done = subprocess.run(command, shell=True, cwd=self.folder, capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"bench: {command}\n{done.stdout}{done.stderr}")
        return self.text(f"{stem}.elf") - self.empty


# --- measuring ---

def on_host(options, path):
    return json.loads(output_of([options.nn_bench, "time", path]))


def check_method(line):
    expected, counted = line
    if abs(expected - counted) > 2:
        sys.exit(f"bench: a loop of {expected} instructions counts as {counted}: is this run with --icount?")


def on_board(options, path, probe):
    name = name_of(path)
    package = options.out / f"{name}.aipk"
    result = json.loads(output_of([options.nn_bench, "compile", path, "--target", f"arm-{options.target}",
                                   "-o", package]))
    report = output_of([RUN_QEMU, f"qemu_{options.target}", options.board / "bench" / "nn" / "nn_bench.elf",
                        "--icount", "--timeout", "600", "--", f"package={package}"])
    for line in report.splitlines():
        word, *numbers = line.split()
        numbers = [int(number) for number in numbers]
        if word == "loop":
            check_method(numbers)
        elif word == "op":
            result["operators"][numbers[0]]["instructions"] = numbers[2]
        elif word == "sum" and numbers[0] != result["sum"]:
            sys.exit(f"bench: outputs of {path} on qemu_{options.target} are not those of the reference")
        elif word in ("load", "check", "run", "stack"):
            key = {"run": "instructions", "stack": "stack_bytes"}.get(word, f"{word}_instructions")
            result[key] = numbers[0]
    kernels = sorted({operator["kernel"] for operator in result["operators"]})
    result["code_bytes"] = probe.measure(name, kernels, load=False)
    result["code_with_load_bytes"] = probe.measure(name, kernels, load=True)
    return result


def measure(options):
    """{name: figures} of all models."""
    probe = None if options.target == "host" else Probe(options)
    results = {}
    for path in models(options):
        if not path.exists():
            sys.exit(f"bench: there is no {path}")
        results[name_of(path)] = on_host(options, path) if probe is None else on_board(options, path, probe)
        show(options, name_of(path), results[name_of(path)])
    return results


# --- showing ---

def tflm(name, figure, target):
    return TFLM["models"].get(name, {}).get(figure, {}).get(target)


def ratio(value, reference):
    return f"{value / reference:.2f}x of {reference:,}" if reference else ""


def show(options, name, result):
    """A network, line by line."""
    times = options.target == "host"
    unit = "microseconds" if times else "instructions"
    print(f"{name}, {options.target}, kernels {result['kernels']}: {result['macs']:,} multiply-accumulates")
    rows = [(unit, result[unit], tflm(name, unit, options.target))]
    rows.append(("arena bytes", result["arena_bytes"], tflm(name, "arena_bytes", options.target)))
    if options.target != "host":
        rows += [("code bytes", result["code_bytes"], tflm(name, "code_bytes", options.target)),
                 ("code with loader", result["code_with_load_bytes"], None),
                 ("load", result["load_instructions"], tflm(name, "boot_instructions", options.target)),
                 ("check", result["check_instructions"], None),
                 ("stack bytes", result["stack_bytes"], None)]
    rows.append(("package bytes", result["package_bytes"], None))
    for label, value, reference in rows:
        digits = 1 if label == "microseconds" else 0
        print(f"  {label:18} {value:14,.{digits}f}  {ratio(value, reference)}".rstrip())
    total = sum(operator[unit] for operator in result["operators"]) or 1
    print(f"    # {'kernel':20} {'operators':>12} {'MACs':>12} {unit:>14} {'per MAC':>8} {'share':>6}")
    for index, operator in enumerate(result["operators"]):
        sources = ",".join(str(source) for source in operator.get("sources", []))
        each = f"{operator[unit] / operator['macs']:8.2f}" if operator["macs"] and not times else " " * 8
        print(f"  {index:3} {operator['kernel'][1:]:20} {sources[:12]:>12} {operator['macs']:12,} "
              f"{operator[unit]:14,.{1 if times else 0}f} {each} {100 * operator[unit] / total:5.1f}%")
    print()


def thousands(value):
    return f"{value / 1000:,.1f} k" if value < 100_000 else f"{value / 1000:,.0f} k"


def table(target, results):
    """Markdown for README and DESIGN."""
    lines = [f"| network on Cortex-{target.upper()} | MACs | instructions | per MAC | of TFLM + CMSIS-NN | arena | "
             "code | load + check | package |",
             "|---|---|---|---|---|---|---|---|---|"]
    for name, result in results.items():
        reference = tflm(name, "instructions", target)
        lines.append("| " + " | ".join([
            name, f"{result['macs']:,}", thousands(result["instructions"]),
            f"{result['instructions'] / result['macs']:.2f}",
            f"{result['instructions'] / reference:.2f}" if reference else "-",
            f"{result['arena_bytes']:,}", f"{result['code_bytes']:,}",
            f"{result['load_instructions'] + result['check_instructions']:,}",
            f"{result['package_bytes']:,}"]) + " |")
    return "\n".join(lines)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", choices=["host", "m3", "m4", "m55"], required=True)
    parser.add_argument("--model", action="append", metavar="FILE.tflite")
    parser.add_argument("--from", dest="base", type=pathlib.Path, default=pathlib.Path(),
                        help="where paths of models and figures begin")
    parser.add_argument("--json", type=pathlib.Path, help="write all figures there as well")
    parser.add_argument("--table", action="store_true", help="end with the figures as a Markdown table")
    parser.add_argument("--smoke", action="store_true", help="one small network: does the bench work?")
    parser.add_argument("--host", type=pathlib.Path, default=ROOT / "build" / "host", help="the host's build")
    parser.add_argument("--board", type=pathlib.Path, help="the board's build")
    parser.add_argument("--out", type=pathlib.Path, help="folder for what is made")
    options = parser.parse_args()
    options.board = options.board or ROOT / "build" / f"arm-{options.target}"
    options.out = options.out or ROOT / "build" / "bench" / options.target
    options.nn_bench = options.host / "nn_bench"
    return options


def main():
    options = parse()
    if not options.nn_bench.exists():
        print(f"skipped: no {options.nn_bench}; the host's build makes it")
        sys.exit(SKIPPED)
    options.out.mkdir(parents=True, exist_ok=True)
    results = measure(options)
    if options.target != "host":
        print(SENTENCE)
        if any(name in TFLM["models"] for name in results):
            print(f"Compared with: {TFLM['versions']}.")
    if options.table and options.target != "host":
        print("\n" + table(options.target, results))
    if options.json:
        (options.base / options.json).write_text(json.dumps({"target": options.target, "models": results}, indent=1) + "\n")


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:  # the reader has seen enough
        os._exit(1)
