// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ports/baremetal/boards/mps2.hpp"

/// QEMU mps2-an385: Cortex-M3 without FPU.
namespace aiot::baremetal::board {

inline constexpr const char* kName = "qemu_m3";

}  // namespace aiot::baremetal::board
