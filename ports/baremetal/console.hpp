// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "board.hpp"

namespace aiot::baremetal {

/// Text on a UART; waits until all of it is in the hands of the UART.
class Console {
 public:
  explicit Console(board::Uart& uart) noexcept : uart_(uart) {}

  const Console& operator<<(std::string_view text) const noexcept;
  const Console& operator<<(std::uint32_t number) const noexcept;

 private:
  board::Uart& uart_;
};

}  // namespace aiot::baremetal
