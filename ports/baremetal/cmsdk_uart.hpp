// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "aiot/hal/transport.hpp"

namespace aiot::baremetal {

/// UART of Arm's Cortex-M System Design Kit (DDI 0479, chapter 4.3), polled. A wire has no idea of
/// a connection, so the state is always up and no call fails; bytes that came while nobody read are
/// gone, which the framing above notices.
class CmsdkUart {
 public:
  /// `base` of the registers; the baud rate is exact to 1/16 of a bit.
  CmsdkUart(std::uintptr_t base, std::uint32_t core_hz, std::uint32_t baud) noexcept;

  Result<std::size_t> send(Bytes in) noexcept;
  Result<std::size_t> receive(MutableBytes out) noexcept;

  hal::LinkState state() const noexcept { return hal::LinkState::kUp; }

 private:
  std::uintptr_t base_;
};

static_assert(hal::Transport<CmsdkUart>);

}  // namespace aiot::baremetal
