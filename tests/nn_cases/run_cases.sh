#!/bin/sh
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# The cases of the tests on an emulated board: run_cases.sh NN_CASES TARGET BOARD FIRMWARE [options of
# NN_CASES]... Without the host's tool it is skipped (77). AIOT_FULL=1 makes more cases.
set -eu
cases=$1
target=$2
board=$3
firmware=$4
shift 4
if [ ! -x "$cases" ]; then
  echo "skipped: no $cases to make the cases with; the host's build makes it"
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
[ -z "${AIOT_FULL:-}" ] || set -- --count 5000 "$@"
"$cases" --target "$target" -o "$folder/cases.bin" "$@"
"$(dirname "$0")/../../ports/baremetal/run_qemu.sh" "$board" "$firmware" --timeout 86000 -- "cases=$folder/cases.bin"
