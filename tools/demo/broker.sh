#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# A device, a broker that is killed and a consumer, in about half a minute: see broker.py, which is also a
# test. Called by `./dev demo broker`, which builds what it needs.
exec python3 "$(dirname "$(readlink -f "$0")")/broker.py"
