// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "board.hpp"

namespace boot {

/// Text on a UART; waits until all of it is in the hands of the UART.
class Console {
 public:
  explicit Console(aiot::baremetal::board::Uart& uart) noexcept : uart_(uart) {}

  const Console& operator<<(std::string_view text) const noexcept;
  const Console& operator<<(std::uint32_t number) const noexcept;

 private:
  aiot::baremetal::board::Uart& uart_;
};

}  // namespace boot
