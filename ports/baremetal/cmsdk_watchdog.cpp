// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/baremetal/cmsdk_watchdog.hpp"

#include "ports/baremetal/registers.hpp"

namespace aiot::baremetal {
namespace {

constexpr std::uintptr_t kLoad = 0x00;
constexpr std::uintptr_t kControl = 0x08;
constexpr std::uintptr_t kClearInterrupt = 0x0C;  // and reload
constexpr std::uintptr_t kLock = 0xC00;

constexpr std::uint32_t kUnlock = 0x1ACC'E551;
constexpr std::uint32_t kCountAndReset = 3;

}  // namespace

Status CmsdkWatchdog::start_count(std::uint64_t count) noexcept {
  if (count == 0 || count > 0xFFFF'FFFFU) {
    return Error::kOutOfRange;
  }
  reg(base_ + kLock) = kUnlock;
  reg(base_ + kLoad) = static_cast<std::uint32_t>(count);
  reg(base_ + kControl) = kCountAndReset;
  reg(base_ + kClearInterrupt) = 1;
  return {};
}

void CmsdkWatchdog::feed() noexcept {
  reg(base_ + kClearInterrupt) = 1;
}

}  // namespace aiot::baremetal
