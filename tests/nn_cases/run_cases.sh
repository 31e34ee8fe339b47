#!/bin/sh
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes cases and runs them, on an emulated board or, without one, on this machine:
#   run_cases.sh cases|golden NN_CASES TARGET [BOARD FIRMWARE]
# Skipped (77) without the host's tool, or without AIOT_SHARED for the golden ones. AIOT_FULL=1 makes
# more cases.
set -eu
kind=$1
cases=$2
target=$3
board=${4:-}
firmware=${5:-}
if [ ! -x "$cases" ]; then
  echo "skipped: no $cases to make the cases with; the host's build makes it"
  exit 77
fi
set --
if [ "$kind" = golden ]; then
  if [ -z "${AIOT_SHARED:-}" ]; then
    echo "skipped: AIOT_SHARED is not set, no models with golden outputs"
    exit 77
  fi
  set -- --golden "$AIOT_SHARED/models"
elif [ -n "${AIOT_FULL:-}" ]; then
  set -- --count 50000
fi
if [ -z "$board" ]; then
  exec "$cases" --target "$target" --run "$@"
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0
"$cases" --target "$target" -o "$folder/cases.bin" "$@" || status=$?
"$(dirname "$0")/../../ports/baremetal/run_qemu.sh" "$board" "$firmware" --timeout 86000 -- \
  "cases=$folder/cases.bin" || status=$?
exit "$status"
