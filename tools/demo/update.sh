#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# The story of updates in about a minute, on an emulated Cortex-M4: see update.py, which is also a
# test. Called by `./dev demo update`, which builds what it needs.
exec python3 "$(dirname "$(readlink -f "$0")")/update.py" qemu_m4
