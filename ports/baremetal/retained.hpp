// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>

#include "aiot/hal/system.hpp"

namespace aiot::baremetal {

/// Why the board started, on boards without a register that says so (QEMU's have none): a few words
/// at the end of RAM, `_retained` in firmware.ld, which neither start-up of a boot loader nor of a
/// firmware clears, and which a reset leaves alone.
///
/// Who starts first, the boot loader or a firmware without one, calls `begin_boot` once. It finds
/// the mark that `reset` left (software), or the one that `begin_boot` left the last time: then the
/// run was ended by something else, which is taken for the watchdog (a reset pin looks the same),
/// or none: the memory has lost its content, the power was off. Others just ask for the cause.
class RetainedReset {
 public:
  /// Finds out and keeps the cause of this start; marks the run. Call it once a start.
  static hal::ResetCause begin_boot() noexcept;

  /// What `begin_boot` found, also in a firmware that was started by a boot loader; `kUnknown` when
  /// nobody has called it.
  [[nodiscard]] hal::ResetCause cause() const noexcept;

  /// Resets the board (AIRCR.SYSRESETREQ); does not return.
  [[noreturn]] void reset() noexcept;
};

static_assert(hal::ResetControl<RetainedReset>);

}  // namespace aiot::baremetal
