// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ports/baremetal/boards/mps2.hpp"

/// QEMU mps2-an386: Cortex-M4 with single-precision FPU.
namespace aiot::baremetal::board {

inline constexpr const char* kName = "qemu_m4";

}  // namespace aiot::baremetal::board
