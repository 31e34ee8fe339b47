// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/baremetal/nrf51_uart.hpp"

#include "ports/baremetal/registers.hpp"

namespace aiot::baremetal {
namespace {

constexpr std::uintptr_t kStartReceive = 0x000;
constexpr std::uintptr_t kStartTransmit = 0x008;
constexpr std::uintptr_t kReceiveReady = 0x108;
constexpr std::uintptr_t kTransmitReady = 0x11C;
constexpr std::uintptr_t kEnable = 0x500;
constexpr std::uintptr_t kReceiveData = 0x518;
constexpr std::uintptr_t kTransmitData = 0x51C;
constexpr std::uintptr_t kBaudRate = 0x524;

constexpr std::uint32_t kEnabled = 4;
constexpr std::uint32_t kBaud115200 = 0x01D7'E000;

}  // namespace

Nrf51Uart::Nrf51Uart(std::uintptr_t base) noexcept : base_(base) {
  reg(base_ + kBaudRate) = kBaud115200;
  reg(base_ + kEnable) = kEnabled;
  reg(base_ + kStartTransmit) = 1;
  reg(base_ + kStartReceive) = 1;
}

Result<std::size_t> Nrf51Uart::send(Bytes in) noexcept {
  std::size_t sent = 0;
  while (sent < in.size()) {
    // The event says that the byte before has left; there is none before the first byte.
    if (transmitting_ && reg(base_ + kTransmitReady) == 0) {
      break;
    }
    reg(base_ + kTransmitReady) = 0;
    reg(base_ + kTransmitData) = std::to_integer<std::uint32_t>(in[sent]);
    transmitting_ = true;
    ++sent;
  }
  return sent;
}

Result<std::size_t> Nrf51Uart::receive(MutableBytes out) noexcept {
  std::size_t received = 0;
  while (received < out.size() && reg(base_ + kReceiveReady) != 0) {
    reg(base_ + kReceiveReady) = 0;
    out[received] = static_cast<std::byte>(reg(base_ + kReceiveData) & 0xFFU);
    ++received;
  }
  return received;
}

}  // namespace aiot::baremetal
