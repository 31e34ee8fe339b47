# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# Mbed TLS for a Cortex-M.
add_library(aiot_mbedcrypto INTERFACE)
