// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "aiot/hal/transport.hpp"

namespace aiot::baremetal {

/// UART of the nRF51 series (reference manual 3.0, chapter 29), polled, 115200 baud, no flow
/// control.
class Nrf51Uart {
 public:
  /// `base` of the registers.
  explicit Nrf51Uart(std::uintptr_t base) noexcept;

  Result<std::size_t> send(Bytes in) noexcept;
  Result<std::size_t> receive(MutableBytes out) noexcept;

  hal::LinkState state() const noexcept { return hal::LinkState::kUp; }

 private:
  std::uintptr_t base_;
  bool transmitting_ = false;
};

static_assert(hal::Transport<Nrf51Uart>);

}  // namespace aiot::baremetal
