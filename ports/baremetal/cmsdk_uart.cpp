// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/baremetal/cmsdk_uart.hpp"

#include <algorithm>

#include "ports/baremetal/registers.hpp"

namespace aiot::baremetal {
namespace {

constexpr std::uintptr_t kData = 0x00;
constexpr std::uintptr_t kState = 0x04;
constexpr std::uintptr_t kControl = 0x08;
constexpr std::uintptr_t kBaudDivider = 0x10;

constexpr std::uint32_t kTransmitFull = 1U << 0U;
constexpr std::uint32_t kReceiveFull = 1U << 1U;
constexpr std::uint32_t kEnableBoth = 3;
constexpr std::uint32_t kSmallestDivider = 16;

}  // namespace

CmsdkUart::CmsdkUart(std::uintptr_t base, std::uint32_t core_hz, std::uint32_t baud) noexcept
    : base_(base) {
  reg(base_ + kBaudDivider) = std::max(core_hz / baud, kSmallestDivider);
  reg(base_ + kControl) = kEnableBoth;
}

Result<std::size_t> CmsdkUart::send(Bytes in) noexcept {
  std::size_t sent = 0;
  while (sent < in.size() && (reg(base_ + kState) & kTransmitFull) == 0) {
    reg(base_ + kData) = std::to_integer<std::uint32_t>(in[sent]);
    ++sent;
  }
  return sent;
}

Result<std::size_t> CmsdkUart::receive(MutableBytes out) noexcept {
  std::size_t received = 0;
  while (received < out.size() && (reg(base_ + kState) & kReceiveFull) != 0) {
    out[received] = static_cast<std::byte>(reg(base_ + kData) & 0xFFU);
    ++received;
  }
  return received;
}

}  // namespace aiot::baremetal
