#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# The story in under a minute: a machine develops a bearing defect and the decision turns; the process
# is killed in the middle and goes on; a Cortex-M4 gives the same records, byte for byte. Called by
# `./dev demo`, which builds what it needs.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
root=$PWD
aiot=$root/build/host/aiot
node=$root/build/arm-m4/examples/node/node.elf
run_qemu=$root/ports/baremetal/run_qemu.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

say "1. A simulated machine, 12.8 kHz. Its outer race begins to fail 20 s into the recording."
echo "   aiot run --simulate --store pump.store --sink delivered.cbor --pace 10     (ten times as fast)"
echo "   Watch rms, crest factor and kurtosis; the class is the vote of the last six windows."
"$aiot" run --simulate --store pump.store --sink delivered.cbor --pace 10 &
process=$!
for _ in $(seq 600); do  # until about 40 records are delivered
  [ "$(stat -c %s delivered.cbor 2>/dev/null || echo 0)" -lt 2400 ] || break
  sleep 0.05
done
kill -KILL $process 2>/dev/null || true
wait $process 2>/dev/null || true

say "2. That was SIGKILL, in the middle. The same command again, on the same store: it goes on behind the"
echo "   last durable record, votes anew, and delivers what was waiting. The end of its table:"
"$aiot" run --simulate --store pump.store --sink delivered.cbor --pace 30 | tail -n 12
"$aiot" records decode delivered.cbor --json >delivered.json
python3 - <<'PYTHON'
import collections, json
records = [json.loads(line) for line in open("delivered.json")]
identities = collections.Counter((r["stream"], r["sequence"]) for r in records)
windows = collections.Counter(r["sample"] for r in records if r["kind"] == "decision")
streams = collections.defaultdict(set)
for stream, sequence in identities:
    streams[stream].add(sequence)
holes = sum(max(s) + 1 - len(s) for s in streams.values())
contexts = sum(r["kind"] == "context" for r in records)
print(f"   the sink has {len(identities)} records of {contexts} runs: {holes} lost, "
      f"{sum(n > 1 for n in identities.values())} delivered twice, "
      f"{sum(n > 1 for n in windows.values())} windows with two records")
if holes or contexts < 2:
    raise SystemExit("the restart rule does not hold")
classes = [r["class"] for r in sorted(records, key=lambda r: r.get("sample", 0))
           if r["kind"] == "decision" and r["class"]]
print(f"   the decision turned from {classes[0]} to {classes[-1]}")
if (classes[0], classes[-1]) != ("normal", "bearing"):
    raise SystemExit("the decision does not follow the machine")
PYTHON

say "3. The same samples through the same code on an emulated Cortex-M4."
firmware=$(sha256sum "$node" | cut -c1-64)
"$aiot" run --simulate --sink host.cbor --device pump-7 --firmware-hash "$firmware" \
  --export samples.bin --quiet
"$run_qemu" qemu_m4 "$node" --flash flash.bin --timeout 120 -- \
  samples=samples.bin records=board.cbor device=pump-7 firmware_hash="$firmware"
printf '   host and Cortex-M4: '
"$aiot" records compare host.cbor board.cbor

say "4. What the firmware takes on a Cortex-M4 (bytes)."
# Here to be read; whether it is within the budget is what ./dev size and ./dev test say.
python3 "$root"/tools/size_report.py --build "$root"/build/arm-m4 | grep '^|'
echo "   (step 3 told the stack that was used; this is the worst that the call graph allows)"

say "Next: build/host/aiot run YOUR_RECORDING.wav, build/host/aiot --help, and README.md."
